import HTTP
import Postgres

/// What admins do to accounts, and what follows from it.
struct AccountAdministration {
    private let context: Context

    init(_ context: Context) {
        self.context = context
    }

    /// A new password ends the account's sessions. A new role is in force with the next request, since every request reads it; sockets
    /// of an account that may no longer have any are closed.
    func update(_ id: String, _ edit: AccountEdit) throws {
        let caller = try context.caller
        if try AccountStore.primaryAdmin(context.database)?.id == id {
            guard caller.account.id == id, edit.role == .admin else {
                throw APIError.forbidden(Detail.actionProhibited)
            }
        }
        guard let account = try AccountStore.find(id, context.database) else {
            throw APIError.badRequest(Detail.notFound)
        }
        try check(edit, against: account)
        if let password = edit.password { try PasswordRules(context.settings).check(password) }
        let hash = try edit.password.map(PasswordWork.hash)
        try context.database.transaction {
            try AccountStore.update(id, edit, context.database)
            if let hash {
                try CredentialStore.set(hash, of: id, context.database)
                try SessionStore.endAll(of: id, except: id == caller.account.id ? caller.credential : nil, context)
            }
            if edit.role == .pending, account.role != .pending {
                context.closeSockets(ofAccount: id)
                try context.shared.accountHooks.sessionsEnded(id, context.database)
            }
        }
    }

    func delete(_ id: String) throws {
        let primary = try AccountStore.primaryAdmin(context.database)
        if try id == primary?.id || id == context.account.id { throw APIError.forbidden(Detail.actionProhibited) }
        try AccountStore.delete(id, context)
    }

    /// What an account has already, perhaps from the reference, may stay.
    private func check(_ edit: AccountEdit, against account: Account) throws {
        if edit.email != account.email {
            guard EmailAddress.isAcceptable(edit.email) else { throw APIError.badRequest(Detail.invalidEmail) }
            if let holder = try AccountStore.find(email: edit.email, context.database), holder.id != account.id {
                throw APIError.badRequest(Detail.emailTaken)
            }
        }
        if !ProfilePicture.isAcceptable(edit.profileImageURL),
            try AccountStore.profileImageURL(of: account, context.database) != edit.profileImageURL
        {
            throw Form.unacceptablePicture("profile_image_url")
        }
    }
}
