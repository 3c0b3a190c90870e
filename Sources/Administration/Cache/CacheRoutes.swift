import Accounts
import Core
import HTTP

enum CacheRoutes {
    static let all: [Route<Context>] = [Route(.get, "/cache/{path...}", .verified, send)]

    private static func send(_ context: Context) throws -> Response {
        let root = try context.settings.directories.cache
        guard let file = CachedFile(context.parameter("path"), below: root) else {
            throw APIError.notFound("File not found")
        }
        return file.response
    }
}
