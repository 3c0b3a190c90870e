import Core
import Crypto
import HTTP
import Postgres

/// Finds out whose session a visitor may open.
enum SignIn {
    private static let invalidCredentials =
        "The email or password provided is incorrect. Please check for typos and try logging in again."
    private static let noTrustedHeader =
        "Your provider has not provided a trusted header. Please contact your administrator for assistance."
    private static let existingUsers =
        "You can't turn off authentication because there are existing users. If you want to disable WEBUI_AUTH, make sure your "
        + "web interface doesn't have any existing users and is a fresh installation."

    /// By the header of a trusted proxy where there is one, as the only account where sign-in is off, else by password.
    static func account(email: String, password: String, _ context: Context) throws -> Account {
        let settings = try context.settings
        if !settings[Setting.webUIAuthTrustedEmailHeader].isEmpty { return try byTrustedHeader(settings, context) }
        if !settings[Setting.webUIAuth] { return try onlyAccount(context) }
        return try byPassword(email: email, password, secret: settings[Setting.webUISecretKey], context.database)
    }

    /// A failure says nothing of its reason, and takes as long whatever it is: for an unknown address somebody else's hash is computed, since
    /// imported ones of bcrypt take longer than those made here.
    private static func byPassword(email: String, _ password: String, secret: String, _ database: Connection) throws
        -> Account
    {
        let email = email.lowercased()
        let found = try CredentialStore.find(email: email, database)
        let other = try CredentialStore.stranger(to: email, secret: secret, database)
        guard PasswordWork.verify(password, against: found?.hash ?? other), let found else {
            throw APIError.badRequest(invalidCredentials)
        }
        if Password.needsRehash(found.hash) {
            let hash = try PasswordWork.hash(password)
            try CredentialStore.replace(found.hash, by: hash, of: found.account.id, database)
        }
        return found.account
    }

    private static func byTrustedHeader(_ settings: Settings, _ context: Context) throws -> Account {
        // Else whoever reaches the web server could say that he is anybody.
        guard context.request.client.isVouchedFor else { throw APIError.badRequest(noTrustedHeader) }
        let headers = context.request.headers
        guard let email = headers[settings[Setting.webUIAuthTrustedEmailHeader].lowercased()]?.lowercased(),
            !email.isEmpty
        else { throw APIError.badRequest(noTrustedHeader) }
        if try AccountStore.find(email: email, context.database) == nil {
            let name = headers[settings[Setting.webUIAuthTrustedNameHeader].lowercased()] ?? email
            _ = try SignUp.register(
                SignUpForm(name: String(name.prefix(255)), email: email, password: Random.urlSafe(24)),
                context
            )
        }
        guard let account = try AccountStore.find(email: email, context.database),
            try CredentialStore.isActive(account.id, context.database)
        else { throw APIError.badRequest(invalidCredentials) }
        let groups = (headers[settings[Setting.webUIAuthTrustedGroupsHeader].lowercased()] ?? "")
            .split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        if account.isAdmin || groups.isEmpty { return account }
        try context.database.transaction {
            try GroupStore.setGroups(named: groups, of: account.id, context.database)
            try context.shared.accountHooks.membershipChanged(account.id, context.database)
        }
        return try AccountStore.find(account.id, context.database) ?? account
    }

    /// The address and the password are the reference's, which must find the account when it takes over again.
    private static func onlyAccount(_ context: Context) throws -> Account {
        let email = "admin@localhost"
        if let account = try AccountStore.find(email: email, context.database) { return account }
        guard try AccountStore.isEmpty(context.database) else { throw APIError.badRequest(existingUsers) }
        return try SignUp.register(SignUpForm(name: "User", email: email, password: "admin"), context)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
