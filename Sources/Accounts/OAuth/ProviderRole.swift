import Core

/// The role that a provider's roles make here.
struct ProviderRole {
    /// Nil where the provider does not decide on roles.
    private let mapped: Role?
    private let standard: Role

    init(_ roles: [String], _ settings: Settings) {
        standard = Role(rawValue: settings[Setting.defaultUserRole]) ?? .pending
        func have(_ names: SettingKey<[String]>) -> Bool {
            settings[names].contains { roles.contains($0) }
        }
        if !settings[Setting.enableOAuthRoleManagement] {
            mapped = nil
        } else if have(Setting.oauthAdminRoles) {
            mapped = .admin
        } else {
            mapped = have(Setting.oauthAllowedRoles) ? .user : standard
        }
    }

    var ofNewAccount: Role {
        mapped ?? standard
    }

    /// A server is never left without an admin, whatever the provider says.
    func of(_ current: Role, isOnlyAccount: Bool, isLastAdmin: Bool) -> Role {
        isOnlyAccount || isLastAdmin ? .admin : mapped ?? current
    }
}
