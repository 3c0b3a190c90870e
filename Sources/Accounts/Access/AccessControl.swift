package import Core
package import Postgres

/// Who besides its owner may read or write a thing, by the `access_control` stored with it:
///
/// | value | read | write |
/// | --- | --- | --- |
/// | null | every verified account | nobody |
/// | `{}` | nobody | nobody |
/// | `{"read": {"user_ids": […], "group_ids": […]}, "write": {…}}` | the listed accounts and members | likewise |
///
/// Writing does not include reading. A value of any other shape gives nothing to anybody. The owner may always do everything;
/// what admins may do beyond that is the feature's to say.
package enum AccessControl {
    package enum Right: String, Sendable {
        case read, write
    }

    /// The group ids are the account's (`Account.groupIDs`). With `everyoneWrites` null opens a thing for writing too, as
    /// it does for channels.
    package static func allows(
        _ control: JSONValue?,
        _ right: Right,
        account: String,
        groupIDs: Set<String>,
        owner: String,
        everyoneWrites: Bool = false
    ) -> Bool {
        if account == owner { return true }
        guard let control, !control.isNull else { return right == .read || everyoneWrites }
        let listed = control[right.rawValue]
        if listed?["user_ids"]?.array?.contains(.string(account)) == true { return true }
        return listed?["group_ids"]?.array?.contains { $0.string.map(groupIDs.contains) ?? false } == true
    }

    /// The same for a `where` clause; true or false, never null. The column is of type `jsonb`, such as `n.access_control`; the
    /// owner's is the one with the owner's id.
    package static func condition(
        column: SQL,
        owner: SQL,
        account: String,
        _ right: Right,
        everyoneWrites: Bool = false
    ) -> SQL {
        let isOpen: SQL =
            right == .read || everyoneWrites ? "\(column) is null or jsonb_typeof(\(column)) = 'null'" : "false"
        let users = list(column, right, "user_ids")
        let groups = list(column, right, "group_ids")
        return """
            (\(owner) = \(account) or \(isOpen) or coalesce(jsonb_exists(\(users), \(account)), false)
            or exists (select from membership am where am.account_id = \(account) and jsonb_exists(\(groups), am.group_id)))
            """
    }

    /// One of the four lists; null when it is not a list.
    private static func list(_ column: SQL, _ right: Right, _ name: String) -> SQL {
        let path: SQL = "\(column) -> \(unsafe: "'\(right.rawValue)'") -> \(unsafe: "'\(name)'")"
        return "case when jsonb_typeof(\(path)) = 'array' then \(path) end"
    }
}
