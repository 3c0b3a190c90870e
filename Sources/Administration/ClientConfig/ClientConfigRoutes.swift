import Accounts
import Core
import HTTP
import Postgres

/// The first question of every page.
enum ClientConfigRoutes {
    static let all: [Route<Context>] = [Route(.get, "/api/config", .anyone, show)]

    private static func show(_ context: Context) throws -> Response {
        let visitor = try pageVisitor(context)
        let count: SQL =
            visitor == nil ? "select count(*) from (select from account limit 1) a" : "select count(*) from account"
        let config = try ClientConfig(
            visitor: visitor,
            settings: context.settings,
            accountCount: context.database.query(count)[0].int(0)
        )
        return .json { config.write(&$0) }
    }

    private static func pageVisitor(_ context: Context) throws -> Account? {
        guard let account = try context.visitor else { return nil }
        if case .apiKey = try context.caller.credential { return nil }
        return account
    }
}
