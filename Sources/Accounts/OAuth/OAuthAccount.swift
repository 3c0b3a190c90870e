import Core
import HTTP
import Postgres

/// What a provider's picture does to the account's.
enum PictureChange: Equatable {
    /// The provider has none.
    case absent
    /// It has one that could not be had, or may not be shown.
    case unavailable
    /// A `data:` URL.
    case new(String)
}

/// The account that an identity signs in to: the one bound to it, one with the same verified address, or a new one.
struct OAuthAccount {
    /// The lock of `SignUp`: whoever makes accounts or changes roles decides one after the other, so that one account is the first and
    /// one admin the last.
    private static let lock = 5_202_311

    private enum Match {
        case bound(Account)
        /// Not bound yet, and to be bound by its address.
        case mergeable(Account)
        case new
    }

    private let identity: OAuthIdentity
    private let context: Context
    private let match: Match

    /// - Throws: when the identity may not sign in; nothing is changed yet.
    init(_ identity: OAuthIdentity, _ context: Context) throws {
        self.identity = identity
        self.context = context
        match = try Self.match(identity, context)
    }

    /// Whether the provider's picture is asked for. That takes time, so it happens before anything is decided for good.
    var wantsPicture: Bool {
        get throws {
            guard case .new = match else { return try context.settings[Setting.oauthUpdatePictureOnLogin] }
            return true
        }
    }

    /// Makes or updates the account; to be called within a transaction.
    func settle(picture: PictureChange?) throws -> Account {
        let database = context.database
        try database.execute("select pg_advisory_xact_lock(\(Self.lock))")
        let id: String
        // Looked up again, as somebody may have been faster.
        switch try Self.match(identity, context) {
        case .bound(let account): id = try update(account, picture)
        case .mergeable(let account):
            try database.execute("update account set oauth_sub = \(identity.subject) where id = \(account.id)")
            id = try update(account, picture)
        case .new: id = try create(picture)
        }
        guard var account = try AccountStore.find(id, database) else { throw APIError.badRequest(Detail.notFound) }
        let settings = try context.settings
        if settings[Setting.enableOAuthGroupManagement], !account.isAdmin, !identity.groups.isEmpty {
            try ProviderGroups(identity.groups, settings).apply(to: account, database)
            try context.shared.accountHooks.membershipChanged(id, database)
            account = try AccountStore.find(id, database) ?? account
        }
        return account
    }

    private static func match(_ identity: OAuthIdentity, _ context: Context) throws -> Match {
        let database = context.database
        let settings = try context.settings
        let rows = try database.query(
            "select \(Account.columns) from account a where a.oauth_sub = \(identity.subject)"
        )
        if let account = try rows.first.map(Account.init) {
            guard try CredentialStore.isActive(account.id, database) else {
                throw APIError.forbidden(Detail.accessProhibited)
            }
            return .bound(account)
        }
        if let account = try AccountStore.find(email: identity.email, database) {
            guard settings[Setting.oauthMergeAccountsByEmail] || settings[Setting.enableOAuthSignup] else {
                throw APIError.forbidden(Detail.accessProhibited)
            }
            // An account that is bound already is somebody's, whoever else has its address now.
            guard settings[Setting.oauthMergeAccountsByEmail], identity.isEmailVerified,
                try !isBound(account, database), try CredentialStore.isActive(account.id, database)
            else { throw APIError.badRequest(Detail.emailTaken) }
            return .mergeable(account)
        }
        guard settings[Setting.enableOAuthSignup] else { throw APIError.forbidden(Detail.accessProhibited) }
        return .new
    }

    private static func isBound(_ account: Account, _ database: Connection) throws -> Bool {
        try database.query("select oauth_sub is not null from account where id = \(account.id)")[0].bool(0)
    }

    private func create(_ picture: PictureChange?) throws -> String {
        let database = context.database
        let isFirst = try AccountStore.isEmpty(database)
        let role = ProviderRole(identity.roles, try context.settings)
        var new = NewAccount(
            email: identity.email,
            name: identity.name,
            role: isFirst ? .admin : role.ofNewAccount,
            passwordHash: nil
        )
        if case .new(let url)? = picture { new.profileImageURL = url }
        let account = try AccountStore.insert(new, database)
        try database.execute("update account set oauth_sub = \(identity.subject) where id = \(account.id)")
        // As with the sign-up form: the first one closes the door.
        if isFirst { try SettingsStore.save([(Setting.enableSignup, false)], database) }
        try context.shared.accountHooks.signedUp(account, database)
        return account.id
    }

    private func update(_ account: Account, _ picture: PictureChange?) throws -> String {
        let database = context.database
        let settings = try context.settings
        let others = try database.query(
            """
            select exists (select from account where id <> \(account.id)),
                exists (select from account where id <> \(account.id) and role = 'admin')
            """
        )[0]
        let role = ProviderRole(identity.roles, settings).of(
            account.role,
            isOnlyAccount: try !others.bool(0),
            isLastAdmin: try account.isAdmin && !others.bool(1)
        )
        if role != account.role { try AccountStore.setRole(role, of: account, context) }
        if settings[Setting.oauthUpdatePictureOnLogin] { try update(picture, of: account) }
        return account.id
    }

    private func update(_ picture: PictureChange?, of account: Account) throws {
        let url: String
        switch picture {
        case .new(let picture): url = picture
        case .absent: url = ProfilePicture.standard
        case .unavailable, nil: return
        }
        try context.database.execute(
            """
            update account set profile_image_url = \(url), updated_at = \(Clock.nowSeconds)
            where id = \(account.id) and profile_image_url <> \(url)
            """
        )
    }
}
