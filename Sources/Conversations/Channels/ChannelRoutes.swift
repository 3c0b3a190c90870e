package import Accounts
import Core
package import HTTP
import Postgres

/// Channels: admins make them, and those whom their access control names read and write in them.
package enum ChannelRoutes {
    package static let all: [Route<Context>] = channels + ChannelMessageRoutes.all + ChannelReactionRoutes.all

    static let path = "/api/v1/channels"

    private static let channels: [Route<Context>] = [
        Route(.get, "\(path)/", .verified, list),
        Route(.get, "\(path)/list", .verified, listAll),
        Route(.post, "\(path)/create", .admin, create),
        Route(.get, "\(path)/{id}", .verified, show),
        Route(.post, "\(path)/{id}/update", .admin, update),
        Route(.delete, "\(path)/{id}/delete", .admin, delete),
    ]

    static func list(_ context: Context) throws -> Response {
        respond(try ChannelStore.all(readableBy: context.account.id, context.database))
    }

    /// Admins see all.
    static func listAll(_ context: Context) throws -> Response {
        try context.account.isAdmin ? respond(ChannelStore.all(context.database)) : list(context)
    }

    static func create(_ context: Context) throws -> Response {
        let form = try ChannelForm(Form(context.request))
        let owner = try context.account.id
        let channel = try storing {
            try context.database.transaction {
                let channel = try ChannelStore.insert(form, owner: owner, context.database)
                try ChannelRooms.refresh(channel, context.publisher, context.database)
                return channel
            }
        }
        return .json { channel.write(to: &$0) }
    }

    static func show(_ context: Context) throws -> Response {
        let channel = try find(context, .read)
        let mayWrite = channel.allows(.write, try context.account)
        return .json { channel.write(to: &$0, mayWrite: mayWrite) }
    }

    static func update(_ context: Context) throws -> Response {
        let form = try ChannelForm(Form(context.request))
        let channel = try storing {
            try context.database.transaction {
                guard let channel = try ChannelStore.update(context.parameter("id"), form, context.database) else {
                    throw APIError.notFound(Detail.notFound)
                }
                if form.has("access_control") { try ChannelRooms.refresh(channel, context.publisher, context.database) }
                return channel
            }
        }
        return .json { channel.write(to: &$0) }
    }

    static func delete(_ context: Context) throws -> Response {
        guard try ChannelStore.delete(context.parameter("id"), context.database) else {
            throw APIError.notFound(Detail.notFound)
        }
        return .json(true)
    }

    /// The channel of the path.
    ///
    /// - Throws: 404 when there is none, 403 when the caller may not.
    static func find(_ context: Context, _ right: AccessControl.Right) throws -> Channel {
        guard let channel = try ChannelStore.find(context.parameter("id"), context.database) else {
            throw APIError.notFound(Detail.notFound)
        }
        guard channel.allows(right, try context.account) else { throw APIError.forbidden(Detail.somethingWrong) }
        return channel
    }

    /// JSON that Postgres can not hold, such as a number of a million digits, is the client's mistake.
    static func storing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState.hasPrefix("22") || error.sqlState.hasPrefix("54") {
            throw APIError.badRequest(Detail.error("It can not be stored: \(error.message)"))
        }
    }

    private static func respond(_ channels: [Channel]) -> Response {
        .json { $0.array(of: channels) { $1.write(to: &$0) } }
    }
}
