import Core
import Glibc

/// Where Debian's package keeps things.
enum Installation {
    static let configuration = "/etc/swiftlet/swiftlet.conf"
    static let credentials = "/etc/swiftlet/credentials"
    static let user = "swiftlet"
    static let migrations = "/usr/share/swiftlet/migrations"

    /// What configures this command: the environment and `.env`, as for the server's processes; or, when these name no database, the
    /// files of the installed service. Root may read them, and then goes on as the service's user, as whom the database knows it.
    static func source() throws -> Settings.Source {
        let isInstalled = access(configuration, R_OK) == 0
        guard isInstalled, getenv("DATABASE_URL") == nil, access(".env", F_OK) != 0 else { return .process() }
        let source = Settings.Source.process(dotenv: configuration, credentials: credentials)
        if geteuid() == 0 { try becomeServiceUser() }
        return source
    }

    private static func becomeServiceUser() throws {
        guard let entry = getpwnam(user) else { throw Failure("There is no user “\(user)”.") }
        let (id, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        guard initgroups(user, group) == 0, setgid(group) == 0, setuid(id) == 0 else {
            throw Failure("The rights of root can not be given up: \(String(cString: strerror(errno)))")
        }
    }
}
