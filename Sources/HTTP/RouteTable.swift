/// Finds the route of a path in as many steps as the path has segments. A literal segment goes before a parameter, whatever the order
/// of registration; a trailing slash is a segment of its own, because the API tells `/chats` and `/chats/` apart.
package struct RouteTable<Context>: Sendable {
    private final class Node: Sendable {
        let literals: [String: Node]
        let parameter: Node?
        let rest: [Method: Match]
        let routes: [Method: Match]

        init(_ draft: Draft) {
            literals = draft.literals.mapValues(Node.init)
            parameter = draft.parameter.map(Node.init)
            rest = draft.rest
            routes = draft.routes
        }
    }

    private final class Draft {
        var literals: [String: Draft] = [:]
        var parameter: Draft?
        var rest: [Method: Match] = [:]
        var routes: [Method: Match] = [:]
    }

    private struct Match: Sendable {
        let route: Route<Context>
        let names: [String]
    }

    package enum Result {
        case found(Route<Context>, parameters: [String: String])
        case wrongMethod(allowed: [Method])
        case unknown
    }

    package let routes: [Route<Context>]
    private let root: Node

    /// - Precondition: no two routes have the same method and the same shape; the first test that builds the table finds out.
    package init(_ routes: [Route<Context>]) {
        self.routes = routes
        let draft = Draft()
        for route in routes { Self.insert(route, into: draft) }
        root = Node(draft)
    }

    package func find(_ method: Method?, _ path: String) -> Result {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.decode($0) }
        if segments.first == "" { segments.removeFirst() }
        guard segments.count <= 32 else { return .unknown }
        var values: [String] = []
        var allowed: [Method] = []
        if let match = search(root, segments[...], method, &values, &allowed) {
            return .found(match.route, parameters: Dictionary(zip(match.names, values), uniquingKeysWith: { $1 }))
        }
        return allowed.isEmpty ? .unknown : .wrongMethod(allowed: allowed)
    }

    private func search(
        _ node: Node,
        _ path: ArraySlice<String>,
        _ method: Method?,
        _ values: inout [String],
        _ allowed: inout [Method]
    ) -> Match? {
        guard let segment = path.first else { return pick(node.routes, method, &allowed) }
        if let next = node.literals[segment], let match = search(next, path.dropFirst(), method, &values, &allowed) {
            return match
        }
        if let next = node.parameter, !segment.isEmpty {
            values.append(segment)
            if let match = search(next, path.dropFirst(), method, &values, &allowed) { return match }
            values.removeLast()
        }
        if !node.rest.isEmpty, let match = pick(node.rest, method, &allowed) {
            values.append(path.joined(separator: "/"))
            return match
        }
        return nil
    }

    private func pick(_ routes: [Method: Match], _ method: Method?, _ allowed: inout [Method]) -> Match? {
        if let method, let match = routes[method] ?? (method == .head ? routes[.get] : nil) { return match }
        allowed += routes.keys
        return nil
    }

    private static func insert(_ route: Route<Context>, into root: Draft) {
        var node = root
        var names: [String] = []
        for segment in route.pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if segment.hasSuffix("...}") {
                names.append(String(segment.dropFirst().dropLast(4)))
                precondition(node.rest[route.method] == nil, "two routes for \(route.method) \(route.pattern)")
                node.rest[route.method] = Match(route: route, names: names)
                return
            }
            if segment.hasPrefix("{") {
                names.append(String(segment.dropFirst().dropLast()))
                let next = node.parameter ?? Draft()
                node.parameter = next
                node = next
            } else {
                let next = node.literals[String(segment)] ?? Draft()
                node.literals[String(segment)] = next
                node = next
            }
        }
        precondition(node.routes[route.method] == nil, "two routes for \(route.method) \(route.pattern)")
        node.routes[route.method] = Match(route: route, names: names)
    }
}
