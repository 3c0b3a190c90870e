package import Accounts
import Administration
import Conversations
package import HTTP
import Inference
import Workspace

/// The composition root: the list of features.
package enum API {
    package static let routes: [Route<Context>] =
        AccountsFeature.routes + WorkspaceFeature.routes + ConversationsFeature.routes + InferenceFeature.routes
        + AdministrationFeature.routes
        + NotBuiltRoutes.all

    package static let table = RouteTable(routes)
}
