/// Who may call a route. There is no default: a route without one does not compile.
package enum Access: Sendable, Hashable {
    /// Everybody.
    case anyone
    /// Any account, also one that waits for approval.
    case signedIn
    /// An account with the role `user` or `admin`.
    case verified
    /// A verified account that holds this permission; admins hold all.
    case permission(String)
    case admin
    /// Our own daemon, by the internal socket.
    case daemon
}

/// One line of a feature's route list.
package struct Route<Context>: Sendable {
    package typealias Handler = @Sendable (Context) throws -> Response

    package let method: Method
    /// Segments between slashes; `{name}` takes one segment, `{name...}` the rest of the path.
    package let pattern: String
    package let access: Access
    package let handler: Handler
    /// The group of routes that this one is counted with: the first word of its path after the API's prefix.
    package let routeClass: String

    package init(_ method: Method, _ pattern: String, _ access: Access, _ handler: @escaping Handler) {
        self.method = method
        self.pattern = pattern
        self.access = access
        self.handler = handler
        routeClass = Self.routeClass(pattern)
    }

    private static func routeClass(_ pattern: String) -> String {
        let words = pattern.split(separator: "/").drop { $0 == "api" || $0 == "v1" }
        guard let word = words.first, !word.hasPrefix("{") else { return "root" }
        return String(word.drop { $0 == "_" }.prefix { $0 != "." })
    }
}
