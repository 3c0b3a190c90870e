import Testing

@testable import HTTP

@Suite struct RouteTableTests {
    /// What a path leads to: the pattern and its parameters, sorted, or the refusal.
    private func find(_ table: RouteTable<Int>, _ method: Method?, _ path: String) -> String {
        switch table.find(method, path) {
        case .found(let route, let parameters):
            ([route.method.rawValue, route.pattern] + parameters.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })
                .joined(separator: " ")
        case .wrongMethod(let allowed): "405 " + Set(allowed.map(\.rawValue)).sorted().joined(separator: ",")
        case .unknown: "404"
        }
    }

    private func table(_ routes: (Method, String)...) -> RouteTable<Int> {
        RouteTable(routes.map { Route($0.0, $0.1, .anyone) { _ in Response() } })
    }

    @Test func literalsGoBeforeParametersInAnyOrder() {
        for table in [
            table((.get, "/chats/{id}"), (.get, "/chats/all")), table((.get, "/chats/all"), (.get, "/chats/{id}")),
        ] {
            #expect(find(table, .get, "/chats/all") == "GET /chats/all")
            #expect(find(table, .get, "/chats/7") == "GET /chats/{id} id=7")
        }
    }

    @Test func aLiteralThatLeadsNowhereGivesWayToAParameter() {
        let table = table((.get, "/a/b/c"), (.get, "/a/{x}/d"), (.post, "/users/me"), (.get, "/users/{id}"))
        #expect(find(table, .get, "/a/b/d") == "GET /a/{x}/d x=b")
        #expect(find(table, .get, "/a/b/e") == "404")
        // As in the reference, the first route that takes path and method answers.
        #expect(find(table, .get, "/users/me") == "GET /users/{id} id=me")
        #expect(find(table, .put, "/users/me") == "405 GET,POST")
    }

    @Test func aTrailingSlashTellsPathsApart() {
        let table = table((.get, "/chats"), (.post, "/chats/"), (.get, "/"))
        #expect(find(table, .get, "/chats") == "GET /chats")
        #expect(find(table, .get, "/chats/") == "405 POST")
        #expect(find(table, .post, "/chats/") == "POST /chats/")
        #expect(find(table, .get, "/") == "GET /")
        #expect(find(table, .get, "/chats//") == "404")
    }

    @Test func aParameterIsNeverEmpty() {
        let table = table((.get, "/chats/{id}"), (.get, "/chats/{id}/tags"))
        #expect(find(table, .get, "/chats/") == "404")
        #expect(find(table, .get, "/chats//tags") == "404")
        #expect(find(table, .get, "/chats/1/tags") == "GET /chats/{id}/tags id=1")
    }

    @Test func theRestOfThePath() {
        let table = table((.get, "/cache/{path...}"), (.get, "/cache/info"), (.get, "/{a}/{b}"))
        #expect(find(table, .get, "/cache/a/b/c.png") == "GET /cache/{path...} path=a/b/c.png")
        #expect(find(table, .get, "/cache/info") == "GET /cache/info")
        #expect(find(table, .get, "/cache/") == "GET /cache/{path...} path=")
        #expect(find(table, .get, "/cache") == "404")
        #expect(find(table, .get, "/other/x") == "GET /{a}/{b} a=other b=x")
    }

    @Test func parametersAreDecodedAfterThePathIsCut() {
        let table = table((.get, "/files/{name}"), (.get, "/a/{x}/{y}"))
        #expect(find(table, .get, "/files/a%2Fb%20c") == "GET /files/{name} name=a/b c")
        #expect(find(table, .get, "/%66iles/x") == "GET /files/{name} name=x")
        #expect(find(table, .get, "/files/a+b%ZZ") == "GET /files/{name} name=a+b%ZZ")
        #expect(find(table, .get, "/a/1/2") == "GET /a/{x}/{y} x=1 y=2")
    }

    @Test func methods() {
        let table = table((.get, "/a"), (.delete, "/a"), (.post, "/b"))
        #expect(find(table, .head, "/a") == "GET /a")
        #expect(find(table, .head, "/b") == "405 POST")
        #expect(find(table, nil, "/a") == "405 DELETE,GET")
        #expect(find(table, nil, "/c") == "404")
    }

    @Test func pathsOfManySegmentsAreNotSearched() {
        let table = table((.get, "/{path...}"))
        #expect(find(table, .get, String(repeating: "/a", count: 32)).hasPrefix("GET"))
        #expect(find(table, .get, String(repeating: "/a", count: 33)) == "404")
    }
}
