package import Accounts
package import HTTP

/// Everything about the workspace that the API answers.
package enum WorkspaceFeature {
    package static var routes: [Route<Context>] {
        ModelRoutes.all + ModelTransferRoutes.all + PromptRoutes.all + PluginListRoutes.all
    }
}
