package import Accounts
package import HTTP

/// Everything about chats, folders, channels, notes, memories and feedback that the API answers.
package enum ConversationsFeature {
    package static var routes: [Route<Context>] {
        ChatRoutes.all + FolderRoutes.all + ChannelRoutes.all + NoteRoutes.all + MemoryRoutes.all + FeedbackRoutes.all
            + EmbeddingSettingsRoutes.all
    }
}
