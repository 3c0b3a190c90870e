package import HTTP

/// Everything about accounts that the API answers.
package enum AccountsFeature {
    package static var routes: [Route<Context>] {
        AuthRoutes.all + SessionRoutes.all + AuthSettingsRoutes.all + LDAPSettingsRoutes.all + APIKeyRoutes.all
            + OwnAccountRoutes.all
            + PermissionRoutes.all + UserRoutes.all + GroupRoutes.all + SCIMRoutes.all + OAuthRoutes.all
    }
}
