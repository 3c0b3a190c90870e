package import Accounts
import Core
package import HTTP
import Postgres

/// Feedback on answers: everybody has his own, admins have all. What it is about, the arena, is set up by an admin's page of settings.
package enum FeedbackRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/evaluations/feedbacks/all", .admin, list),
        Route(.delete, "/api/v1/evaluations/feedbacks/all", .admin, deleteAll),
        Route(.get, "/api/v1/evaluations/feedbacks/all/export", .admin, export),
        Route(.get, "/api/v1/evaluations/feedbacks/user", .verified, listOwn),
        Route(.delete, "/api/v1/evaluations/feedbacks", .verified, deleteOwn),
        Route(.post, "/api/v1/evaluations/feedback", .permission(permission), create),
        Route(.get, "/api/v1/evaluations/feedback/{id}", .verified, show),
        Route(.post, "/api/v1/evaluations/feedback/{id}", .permission(permission), update),
        Route(.delete, "/api/v1/evaluations/feedback/{id}", .verified, delete),
    ]

    private static let permission = "chat.rate_response"

    static func list(_ context: Context) throws -> Response {
        try .json { try FeedbackStore.writeEverybodys(to: &$0, context.database) }
    }

    static func deleteAll(_ context: Context) throws -> Response {
        .json(.bool(try FeedbackStore.deleteAll(of: nil, context.database)))
    }

    static func export(_ context: Context) throws -> Response {
        try .json { try FeedbackStore.writeExport(to: &$0, context.database) }
    }

    static func listOwn(_ context: Context) throws -> Response {
        let owner = try context.account.id
        return try .json { try FeedbackStore.writeOwn(of: owner, to: &$0, context.database) }
    }

    static func deleteOwn(_ context: Context) throws -> Response {
        .json(.bool(try FeedbackStore.deleteAll(of: context.account.id, context.database)))
    }

    static func create(_ context: Context) throws -> Response {
        let form = try FeedbackForm(context.request)
        let row = try refusingUnstorable { try FeedbackStore.insert(form, owner: context.account.id, context.database) }
        return try .json { try Feedback.write(row, to: &$0) }
    }

    static func show(_ context: Context) throws -> Response {
        try answer(FeedbackStore.find(context.parameter("id"), owner: owner(context), context.database))
    }

    static func update(_ context: Context) throws -> Response {
        let form = try FeedbackForm(context.request)
        return try answer(
            refusingUnstorable {
                try FeedbackStore.update(context.parameter("id"), form, owner: owner(context), context.database)
            }
        )
    }

    static func delete(_ context: Context) throws -> Response {
        guard try FeedbackStore.delete(context.parameter("id"), owner: owner(context), context.database) else {
            throw APIError.notFound(Detail.notFound)
        }
        return .json(true)
    }

    /// Whose feedback the caller may reach: nil for everybody's.
    private static func owner(_ context: Context) throws -> String? {
        let account = try context.account
        return account.isAdmin ? nil : account.id
    }

    private static func answer(_ row: Row?) throws -> Response {
        guard let row else { throw APIError.notFound(Detail.notFound) }
        return try .json { try Feedback.write(row, to: &$0) }
    }

    private static func refusingUnstorable<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState.hasPrefix("22") || error.sqlState.hasPrefix("54") {
            throw APIError.badRequest(Detail.error("The feedback can not be stored: \(error.message)"))
        }
    }
}
