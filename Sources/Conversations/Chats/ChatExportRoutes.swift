import Accounts
import Core
import HTTP
import Postgres

/// Lists of whole chats.
enum ChatExportRoutes {
    static func own(_ context: Context) throws -> Response {
        try respond(.own(by: context.account.id), context)
    }

    static func archived(_ context: Context) throws -> Response {
        try respond(.archived(by: context.account.id), context)
    }

    /// The chats of a folder and of those below it.
    static func ofFolder(_ context: Context) throws -> Response {
        let owner = try context.account.id
        let folders = try FolderStore.tree(context.parameter("folder_id"), owner: owner, context.database)
        return try respond(.filed(in: folders, by: owner), context)
    }

    static func everybodys(_ context: Context) throws -> Response {
        guard try context.settings[Setting.enableAdminExport] else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        return try respond(.everybodys, context)
    }

    private static func respond(_ selection: ChatStore.Selection, _ context: Context) throws -> Response {
        try .json { try ChatStore.write(selection, to: &$0, context.database) }
    }
}
