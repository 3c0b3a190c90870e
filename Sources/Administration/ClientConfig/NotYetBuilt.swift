import Accounts
import HTTP

/// Lists of things that can not be made yet, and which pages ask for when they load: they are empty, truly. Each goes when its feature
/// comes. Nothing else of these features is answered.
enum NotYetBuilt {
    static let routes: [Route<Context>] = [
        "/api/v1/knowledge/", "/api/v1/knowledge/list",
    ].map { path in Route(.get, path, .verified) { _ in .json([]) } }
}
