package import Postgres

/// What other parts of the product do when something happens to an account.
///
/// A hook runs inside the transaction that makes the change, on its connection: a job it enqueues is committed with the change or not
/// at all. It must not call another machine.
package struct AccountHooks: Sendable {
    /// Somebody signed up, by the form or through a proxy's trusted header.
    package var signedUp: @Sendable (Account, Connection) throws -> Void

    package init(signedUp: @escaping @Sendable (Account, Connection) throws -> Void = { _, _ in }) {
        self.signedUp = signedUp
    }
}
