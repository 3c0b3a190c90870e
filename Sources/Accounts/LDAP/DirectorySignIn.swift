import Core
import HTTP

/// Sign-in through an LDAP directory. It waits on another machine: its route belongs to the slow pool.
enum DirectorySignIn {
    static let failed = "LDAP authentication failed."
    private static let notEnabled = "LDAP authentication is not enabled"
    private static let noTLS = "Failed to configure TLS for LDAP connection."

    /// - Throws: 400, which says nothing of its reason; the log has it, without names.
    static func account(user: String, password: String, _ context: Context) throws -> Account {
        let settings = try context.settings
        guard settings[Setting.enableLDAP] else { throw APIError.badRequest(notEnabled) }
        return try DirectoryAccount.settle(person(user, password, settings, context), context)
    }

    private static func person(
        _ user: String,
        _ password: String,
        _ settings: Settings,
        _ context: Context
    ) throws -> DirectoryPerson {
        let log = context.shared.log
        do {
            return try DirectoryPerson(user: user, password: password, Directory(settings))
        } catch let refusal as DirectoryPerson.Refusal {
            log.info("sign-in by LDAP was refused", metadata: ["reason": "\(refusal.rawValue)"])
        } catch let error as Directory.Misconfiguration {
            log.error("sign-in by LDAP is not set up well", metadata: ["reason": "\(error.message)"])
            if error.isAboutTLS { throw APIError.badRequest(noTLS) }
        } catch let error as DirectoryError {
            log.error("the directory could not be asked", metadata: ["reason": "\(error)"])
        }
        throw APIError.badRequest(failed)
    }
}
