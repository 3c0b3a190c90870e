import Core
package import HTTP
import Postgres

package enum AuthRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/auths/", .signedIn, session),
        Route(.post, "/api/v1/auths/signin", .anyone, signIn),
        Route(.post, "/api/v1/auths/signup", .anyone, signUp),
        Route(.post, "/api/v1/auths/ldap", .anyone, signInByDirectory),
        Route(.get, "/api/v1/auths/signout", .anyone, signOut),
        Route(.post, "/api/v1/auths/signout", .anyone, signOut),
        Route(.post, "/api/v1/auths/add", .admin, add),
        Route(.post, "/api/v1/auths/update/profile", .verified, updateProfile),
        Route(.post, "/api/v1/auths/update/password", .signedIn, updatePassword),
        Route(.get, "/api/v1/auths/admin/details", .signedIn, adminDetails),
    ]

    /// The session that a client holds, by header or cookie; the cookie is set anew, with a new token where the session was renewed.
    static func session(_ context: Context) throws -> Response {
        let caller = try context.caller
        let settings = try context.settings
        let session = try OpenedSession.current(caller, context)
        let picture = try AccountStore.profileImageURL(of: caller.account, context.database)
        let permissions = try context.permissions.tree
        let response = Response.json { json in
            json.object {
                session.writeSession(&$0, picture)
                $0.field("expires_at", session.expiresAt)
                $0.field("bio", caller.account.bio)
                $0.field("gender", caller.account.gender)
                $0.field("date_of_birth", caller.account.dateOfBirth)
                $0.field("permissions", permissions)
            }
        }
        if case .apiKey = caller.credential { return response }
        return response.with("Set-Cookie", SessionCookie.set(session.token, expiresAt: session.expiresAt, settings))
    }

    static func signIn(_ context: Context) throws -> Response {
        let form = try Form(secret: context.request)
        let (email, password) = try (form.string("email"), form.string("password"))
        let account = try SignInLimits(name: email, context).guarding {
            try SignIn.account(email: email, password: password, context)
        }
        return try OpenedSession.open(for: account, context).response(context)
    }

    static func signUp(_ context: Context) throws -> Response {
        let form = try SignUpForm(Form(secret: context.request))
        try SignUpLimit.count(context)
        try PasswordRules(context.settings).check(form.password)
        let account = try SignUp.register(form, context)
        return try OpenedSession.open(for: account, context).response(context)
    }

    static func signInByDirectory(_ context: Context) throws -> Response {
        let form = try Form(secret: context.request)
        let (user, password) = try (form.string("user"), form.string("password"))
        let account = try SignInLimits(name: user, context).guarding {
            try DirectorySignIn.account(user: user, password: password, context)
        }
        return try OpenedSession.open(for: account, context).response(context)
    }

    /// Ends the sessions of the header's and of the cookie's token. Public, as a client with a dead token wants to be rid of it.
    ///
    /// Signing out is also a GET, which any page elsewhere can cause by a link or a picture: what a browser marks as coming from
    /// another site is refused, unless it carries the token in a header, which no such page can.
    static func signOut(_ context: Context) throws -> Response {
        let request = context.request
        guard request.headers["sec-fetch-site"] != "cross-site" || request.headers["authorization"] != nil else {
            throw APIError.forbidden(Detail.accessProhibited)
        }
        try SignOut.end(context)
        var answer: JSONObject = ["status": true]
        let provider = try OAuthSignOut.end(context)
        let target = try provider ?? context.settings[Setting.webUIAuthSignoutRedirectURL]
        if !target.isEmpty { answer["redirect_url"] = .string(target) }
        return SignOut.cookies(request).reduce(.json(.object(answer))) {
            $0.with("Set-Cookie", SessionCookie.clear($1))
        }
    }

    /// An admin makes an account, and gets its first token.
    static func add(_ context: Context) throws -> Response {
        let form = try Form(secret: context.request)
        let person = try SignUpForm(form)
        let role = form.present("role") ? try form.role("role") : .pending
        try SignUp.checkAddress(person.email, context.database)
        try PasswordRules(context.settings).check(person.password)
        var new = NewAccount(email: person.email, name: person.name, role: role, passwordHash: nil)
        new.passwordHash = try PasswordWork.hash(person.password)
        new.profileImageURL = person.profileImageURL
        let account = try AccountStore.insert(new, context.database)
        let session = try OpenedSession.open(for: account, context)
        return .json { json in json.object { session.writeSession(&$0, person.profileImageURL) } }
    }

    static func updateProfile(_ context: Context) throws -> Response {
        let profile = try Profile(Form(context.request))
        let id = try context.account.id
        try AccountStore.update(id, profile, context.database)
        guard let account = try AccountStore.find(id, context.database) else {
            throw APIError.badRequest(Detail.somethingWrong)
        }
        return .json([
            "id": .string(account.id), "name": .string(account.name), "email": .string(account.email),
            "role": .string(account.role.rawValue), "profile_image_url": .string(profile.profileImageURL),
        ])
    }

    /// Ends all other sessions of the account.
    static func updatePassword(_ context: Context) throws -> Response {
        guard try context.settings[Setting.webUIAuthTrustedEmailHeader].isEmpty else {
            throw APIError.badRequest(Detail.actionProhibited)
        }
        let form = try Form(secret: context.request)
        let caller = try context.caller
        let id = caller.account.id
        let (old, new) = try (form.string("password"), form.string("new_password"))
        try SignInLimits(name: caller.account.email, context).guarding {
            guard PasswordWork.verify(old, against: try CredentialStore.hash(of: id, context.database)) else {
                throw APIError.badRequest(Detail.invalidPassword)
            }
        }
        try PasswordRules(context.settings).check(new)
        let hash = try PasswordWork.hash(new)
        try context.database.transaction {
            try CredentialStore.set(hash, of: id, context.database)
            try SessionStore.endAll(of: id, except: caller.credential, context)
        }
        return .json(true)
    }

    /// Whom those ask who wait for approval.
    static func adminDetails(_ context: Context) throws -> Response {
        let settings = try context.settings
        guard settings[Setting.showAdminDetails] else { throw APIError.badRequest(Detail.actionProhibited) }
        let email = settings[Setting.adminEmail]
        let admin =
            try email.isEmpty
            ? AccountStore.primaryAdmin(context.database) : AccountStore.find(email: email, context.database)
        let shown = email.isEmpty ? admin?.email : email
        return .json(["name": JSONValue(admin?.name), "email": JSONValue(shown)])
    }
}
