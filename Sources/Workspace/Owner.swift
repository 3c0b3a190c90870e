import Core
import Postgres

/// Whose a thing of the workspace is, as lists show it: `{id, name, email, role, profile_image_url}`.
enum Owner {
    /// What `write` reads, of the table `account o`. A picture that is stored as data would be repeated with each thing of a list, so
    /// the address that serves it stands for it.
    static let columns: SQL = """
        o.id, o.name, o.email, o.role,
        case when length(o.profile_image_url) <= 512 then o.profile_image_url
            else '/api/v1/users/' || o.id || '/profile/image' end
        """

    /// Writes null when the account is gone. `first` is the column of the id.
    static func write(_ row: Row, from first: Int, _ json: inout JSONWriter) throws {
        if row.isNull(first) { return json.null() }
        try json.object {
            $0.field("id", try row.text(first))
            $0.field("name", try row.text(first + 1))
            $0.field("email", try row.text(first + 2))
            $0.field("role", try row.text(first + 3))
            $0.field("profile_image_url", try row.text(first + 4))
        }
    }
}
