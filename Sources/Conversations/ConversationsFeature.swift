package import Accounts
package import HTTP

/// Everything about chats and folders that the API answers.
package enum ConversationsFeature {
    package static var routes: [Route<Context>] {
        ChatRoutes.all + FolderRoutes.all
    }
}
