import Core
import HTTP
import Postgres

/// What a visitor writes to get an account: `{name, email, password, profile_image_url?}`.
struct SignUpForm {
    let name: String
    let email: String
    let password: String
    let profileImageURL: String

    init(_ form: Form) throws {
        name = try form.name("name")
        email = try form.string("email").lowercased()
        password = try form.string("password")
        profileImageURL =
            form.present("profile_image_url") ? try form.picture("profile_image_url") : ProfilePicture.standard
    }

    init(name: String, email: String, password: String) {
        self.name = name
        self.email = email
        self.password = password
        profileImageURL = ProfilePicture.standard
    }
}

/// Makes an account for a visitor. The first one of a server becomes its admin and closes the door behind it.
package enum SignUp {
    /// Any number, the same for every sign-up of a database: one is decided after the other.
    private static let lock = 5_202_311

    static func register(_ form: SignUpForm, _ context: Context) throws -> Account {
        let database = context.database
        let settings = try context.settings
        guard try isOpen(settings, isFirst: AccountStore.isEmpty(database)) else {
            throw APIError.forbidden(Detail.accessProhibited)
        }
        try checkAddress(form.email, database)
        var new = NewAccount(
            email: form.email,
            name: form.name,
            role: .pending,
            passwordHash: try PasswordWork.hash(form.password)
        )
        new.profileImageURL = form.profileImageURL
        return try create(new, context)
    }

    /// Decides the role, and once more whether signing up is open: however many come at once, one of them is the first.
    package static func create(_ draft: NewAccount, _ context: Context) throws -> Account {
        let database = context.database
        return try database.transaction {
            try database.execute("select pg_advisory_xact_lock(\(lock))")
            // Whoever waited for the first sign-up finds that it has closed the door.
            let isFirst = try AccountStore.isEmpty(database)
            try context.shared.settings.refresh(toVersion: SettingsStore.version(database), database)
            let settings = context.shared.settings.current
            guard isOpen(settings, isFirst: isFirst) else { throw APIError.forbidden(Detail.accessProhibited) }
            var new = draft
            new.role = isFirst ? .admin : Role(rawValue: settings[Setting.defaultUserRole]) ?? .pending
            let account = try AccountStore.insert(new, database)
            if isFirst { try SettingsStore.save([(Setting.enableSignup, false)], database) }
            try context.shared.accountHooks.signedUp(account, database)
            return account
        }
    }

    /// - Throws: 400 for what is no address, or is somebody's already.
    static func checkAddress(_ email: String, _ database: Connection) throws {
        guard EmailAddress.isAcceptable(email) else { throw APIError.badRequest(Detail.invalidEmail) }
        if try AccountStore.find(email: email, database) != nil { throw APIError.badRequest(Detail.emailTaken) }
    }

    /// Without sign-in there is one account, which the first visitor makes.
    private static func isOpen(_ settings: Settings, isFirst: Bool) -> Bool {
        guard settings[Setting.webUIAuth] else { return isFirst }
        if settings[Setting.enableSignup], settings[Setting.enableLoginForm] { return true }
        return isFirst && settings[Setting.enableInitialAdminSignup]
    }
}
