package import Postgres

/// What other parts of the product do when something happens to an account.
///
/// A hook runs inside the transaction that makes the change, on its connection: a job it enqueues is committed with the change or not
/// at all. It must not call another machine.
package struct AccountHooks: Sendable {
    /// Somebody signed up, by the form or through a proxy's trusted header.
    package var signedUp: @Sendable (Account, Connection) throws -> Void

    /// Sessions of the account with this id were ended: what runs on their behalf should end too.
    package var sessionsEnded: @Sendable (String, Connection) throws -> Void

    /// The account with this id is about to be deleted: what runs in its name should end.
    package var accountDeleted: @Sendable (String, Connection) throws -> Void

    /// The group with this id has other members than before, or is gone.
    package var groupChanged: @Sendable (String, Connection) throws -> Void

    /// The account with this id is in other groups than before, perhaps.
    package var membershipChanged: @Sendable (String, Connection) throws -> Void

    package init(
        signedUp: @escaping @Sendable (Account, Connection) throws -> Void = { _, _ in },
        sessionsEnded: @escaping @Sendable (String, Connection) throws -> Void = { _, _ in },
        accountDeleted: @escaping @Sendable (String, Connection) throws -> Void = { _, _ in },
        groupChanged: @escaping @Sendable (String, Connection) throws -> Void = { _, _ in },
        membershipChanged: @escaping @Sendable (String, Connection) throws -> Void = { _, _ in }
    ) {
        self.signedUp = signedUp
        self.sessionsEnded = sessionsEnded
        self.accountDeleted = accountDeleted
        self.groupChanged = groupChanged
        self.membershipChanged = membershipChanged
    }
}
