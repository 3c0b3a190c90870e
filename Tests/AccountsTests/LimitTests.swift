import Accounts
import Core
import HTTP
import Postgres
import Testing

@Suite(.database) struct LimitTests {
    private static let signIn = "/api/v1/auths/signin"
    private static let few = ["SIGNIN_FAILURE_LIMIT": "3", "SIGNIN_FAILURE_LIMIT_PER_ADDRESS": "6"]

    private func credentials(_ name: String, _ password: String) -> JSONValue {
        ["email": .string("\(name)@example.com"), "password": .string(password)]
    }

    @Test func guessingIsStoppedForThatAccountAndAddressAlone() throws {
        try TestServer.run(Self.few) { (server) throws in
            _ = try server.account("ann", viaPassword: false)
            _ = try server.account("bob", viaPassword: false)
            for left in [2, 1, 0] {
                let answer = try server.call(Self.signIn, credentials("ann", "wrong"), from: "203.0.113.7")
                #expect(answer.status == 400)
                #expect(answer.headers("ratelimit-limit") == ["3"])
                #expect(answer.headers("ratelimit-remaining") == [String(left)])
            }
            let refused = try server.call(Self.signIn, credentials("Ann", TestServer.password), from: "203.0.113.7")
            #expect(refused.status == 429)
            let wait = try #require(refused.headers("retry-after").first.flatMap { Int($0) })
            #expect((1...300).contains(wait))
            #expect(refused.headers("ratelimit-reset") == [String(wait)])
            #expect(refused.detail?.contains("failed sign-ins") == true)
            // The owner, who is elsewhere, is not locked out, nor is anybody else at the same address.
            #expect(
                try server.call(Self.signIn, credentials("ann", TestServer.password), from: "203.0.113.8").status == 200
            )
            #expect(
                try server.call(Self.signIn, credentials("bob", TestServer.password), from: "203.0.113.7").status == 200
            )
        }
    }

    @Test func anAddressThatTriesManyAccountsIsStopped() throws {
        try TestServer.run(Self.few) { (server) throws in
            _ = try server.account("ann", viaPassword: false)
            for number in 0..<6 {
                #expect(
                    try server.call(Self.signIn, credentials("n\(number)", "x"), from: "2001:db8:0:1::\(number)").status
                        == 400
                )
            }
            // Of IPv6 the first half counts.
            let right = credentials("ann", TestServer.password)
            #expect(try server.call(Self.signIn, right, from: "2001:db8:0:1:ffff::1").status == 429)
            #expect(try server.call(Self.signIn, right, from: "2001:db8:0:2::1").status == 200)
        }
    }

    @Test func successIsNotCountedAndForgivesFailures() throws {
        try TestServer.run(Self.few) { (server) throws in
            _ = try server.account("ann", viaPassword: false)
            for _ in 0..<2 { _ = try server.call(Self.signIn, credentials("ann", "wrong"), from: "192.0.2.1") }
            for _ in 0..<4 {
                #expect(
                    try server.call(Self.signIn, credentials("ann", TestServer.password), from: "192.0.2.1").status
                        == 200
                )
            }
            let answer = try server.call(Self.signIn, credentials("ann", "wrong"), from: "::ffff:192.0.2.1")
            #expect(answer.headers("ratelimit-remaining") == ["2"])
        }
    }

    @Test func timeForgives() throws {
        try TestServer.run(Self.few) { (server) throws in
            _ = try server.account("ann", viaPassword: false)
            for _ in 0..<3 { _ = try server.call(Self.signIn, credentials("ann", "wrong"), from: "192.0.2.1") }
            #expect(
                try server.call(Self.signIn, credentials("ann", TestServer.password), from: "192.0.2.1").status == 429
            )
            let database = server.connect()
            try database.execute("update rate_limit set resets_at = now() - interval '1 second'")
            #expect(
                try server.call(Self.signIn, credentials("ann", "wrong"), from: "192.0.2.1").headers(
                    "ratelimit-remaining"
                ) == ["2"]
            )
            // What has ended is removed when something new begins.
            try database.execute("update rate_limit set resets_at = now() - interval '1 second'")
            _ = try server.call(Self.signIn, credentials("bob", "wrong"), from: "192.0.2.9")
            #expect(try database.query("select count(*) from rate_limit")[0].int(0) == 2)
        }
    }

    @Test func noLimitIsALimitOfZero() throws {
        let none = ["SIGNIN_FAILURE_LIMIT": "0", "SIGNIN_FAILURE_LIMIT_PER_ADDRESS": "0"]
        try TestServer.run(none) { (server) throws in
            let answer = try server.call(Self.signIn, credentials("ann", "wrong"), from: "192.0.2.1")
            #expect(answer.status == 400)
            #expect(answer.headers("ratelimit-limit").isEmpty)
            #expect(try server.connect().query("select count(*) from rate_limit")[0].int(0) == 0)
        }
    }

    @Test func theOldPasswordIsNotForGuessingEither() throws {
        try TestServer.run(Self.few) { (server) throws in
            let person = try server.account("ann")
            let wrong: JSONValue = ["password": "wrong", "new_password": "New-word-2"]
            let path = "/api/v1/auths/update/password"
            for _ in 0..<3 {
                #expect(try server.call(path, wrong, from: "192.0.2.1", token: person.token).status == 400)
            }
            #expect(try server.call(path, wrong, from: "192.0.2.1", token: person.token).status == 429)
        }
    }

    @Test func signUpsAreLimitedPerAddress() throws {
        try TestServer.run(["SIGNUP_LIMIT_PER_ADDRESS": "2", "ENABLE_SIGNUP": "true"]) { (server) throws in
            func signUp(_ name: String, _ address: String) throws -> Int {
                let form: JSONValue = ["name": "x", "email": .string("\(name)@example.com"), "password": "Pass-word-1"]
                return try server.call("/api/v1/auths/signup", form, from: address).status
            }
            #expect(try signUp("a", "192.0.2.1") == 200)
            #expect(try signUp("b", "192.0.2.1") == 200)
            #expect(try signUp("c", "192.0.2.1") == 429)
            #expect(try signUp("c", "192.0.2.2") == 200)
        }
    }

    @Test func requestsAreLimitedPerKeyAccountAndAddress() throws {
        let limits = ["API_KEY_RATE_LIMIT": "2", "ACCOUNT_RATE_LIMIT": "4", "ADDRESS_RATE_LIMIT": "7"]
        try TestServer.run(limits) { (server) throws in
            let person = try server.account("ann")
            let key = try #require(
                try server.call(.post, "/api/v1/auths/api_key", token: person.token).json["api_key"]?.string
            )
            func count(_ token: String?) throws -> (status: Int, headers: [(name: String, value: String)]) {
                var request = Request(method: .get, path: "/api/models")
                request.client.address = "192.0.2.1"
                if let token { request.headers.add("Authorization", "Bearer \(token)") }
                let context = server.context(request)
                do {
                    if token != nil { try context.check(.signedIn) }
                    return (200, try RequestLimits.count(context))
                } catch let error as APIError {
                    return (error.status, error.headers)
                }
            }
            #expect(try count(key).headers.map(\.value).prefix(2) == ["2", "1"])
            #expect(try count(key).status == 200)
            let refused = try count(key)
            #expect(refused.status == 429)
            #expect(refused.headers.contains { $0.name == "Retry-After" })
            #expect(try count(person.token).status == 200)
            #expect(try count(person.token).status == 429)
            #expect(try count(nil).status == 200)
            #expect(try count(nil).status == 200)
            #expect(try count(nil).status == 429)
        }
    }

    @Test func withoutLimitsNothingIsCounted() throws {
        try TestServer.run { (server) throws in
            let context = server.context(Request(method: .get, path: "/api/models"))
            #expect(try RequestLimits.count(context).isEmpty)
            #expect(try server.connect().query("select count(*) from rate_limit")[0].int(0) == 0)
        }
    }

    @Test func passwordsFollowTheRulesWhereverTheyAreSet() throws {
        let rules = ["PASSWORD_MINIMUM_LENGTH": "8", "PASSWORD_MINIMUM_KINDS": "3", "ENABLE_SIGNUP": "true"]
        try TestServer.run(rules) { (server) throws in
            let boss = try server.account("boss", role: .admin, age: 10)
            let ann = try server.account("ann")
            for (weak, problem) in [("aB3", "8 characters"), ("longenough", "3 of these"), ("LONG-1234", nil)]
                as [(JSONValue, String?)]
            {
                let person: JSONValue = [
                    "name": "n", "email": .string("n\(weak.text.utf8.count)@example.com"), "password": weak,
                ]
                let edit: JSONValue = [
                    "role": "user", "name": "Ann", "email": "ann@example.com", "profile_image_url": "/user.png",
                    "password": weak,
                ]
                let change: JSONValue = ["password": .string(TestServer.password), "new_password": weak]
                let answers = [
                    try server.call(.post, "/api/v1/auths/signup", person),
                    try server.call(.post, "/api/v1/auths/add", person, token: boss.token),
                    try server.call(.post, "/api/v1/auths/update/password", change, token: ann.token),
                    try server.call(.post, "/api/v1/users/\(ann.id)/update", edit, token: boss.token),
                ]
                for (index, answer) in answers.enumerated() {
                    // The address was taken by the first of two that make an account.
                    if problem == nil, index == 1 { continue }
                    #expect(answer.status == (problem == nil ? 200 : 400), "\(weak) \(index)")
                    #expect(problem.map { answer.detail?.contains($0) == true } ?? true, "\(answer.json)")
                }
            }
        }
    }
}

extension TestServer {
    /// Posts from an address.
    fileprivate func call(_ path: String, _ body: JSONValue, from address: String, token: String? = nil) throws
        -> Answer
    {
        var request = Request(method: .post, path: path, body: .bytes(body.bytes))
        request.client.address = address
        if let token { request.headers.add("Authorization", "Bearer " + token) }
        let route = try #require(AccountsFeature.routes.first { $0.method == .post && $0.pattern == path })
        let context = context(request)
        do {
            try context.check(route.access)
            return Answer(try route.handler(context))
        } catch let error as APIError {
            return Answer(error.response)
        }
    }
}
