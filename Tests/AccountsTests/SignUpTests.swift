import Accounts
import Core
import Foundation
import HTTP
import Postgres
import Synchronization
import Testing

@Suite(.database) struct SignUpTests {
    private static let path = "/api/v1/auths/signup"

    private func form(_ email: String, password: String = TestServer.password) -> JSONValue {
        ["name": "New Person", "email": .string(email), "password": .string(password)]
    }

    @Test func theFirstBecomesAdminAndClosesTheDoor() throws {
        try TestServer.run { (server) throws in
            let first = try server.call(.post, Self.path, form("Boss@Example.com"))
            #expect(first.status == 200)
            #expect(first.json["role"] == "admin")
            #expect(first.json["email"] == "boss@example.com")
            #expect(first.json["profile_image_url"] == "/user.png")
            #expect(first.json["expires_at"] == .null)
            #expect(first.json["permissions"]?["chat"]?["delete"] == true)
            let second = try server.call(.post, Self.path, form("late@example.com"))
            #expect(second.status == 403)
            #expect(second.detail == Detail.accessProhibited)
        }
    }

    @Test func ofManyAtOnceExactlyOneIsTheFirst() throws {
        try TestServer.run { (server) throws in
            let outcomes = Mutex<[String]>([])
            let group = DispatchGroup()
            for number in 0..<50 {
                group.enter()
                Thread {
                    let new = NewAccount(
                        email: "n\(number)@example.com",
                        name: "N",
                        role: .pending,
                        passwordHash: nil
                    )
                    let outcome: String
                    do {
                        outcome = try SignUp.create(new, server.context()).role.rawValue
                    } catch let error as APIError {
                        outcome = "\(error.status)"
                    } catch {
                        outcome = "\(error)"
                    }
                    outcomes.withLock { $0.append(outcome) }
                    group.leave()
                }.start()
            }
            group.wait()
            let all = outcomes.withLock { $0 }
            #expect(all.count { $0 == "admin" } == 1)
            #expect(all.count { $0 == "403" } == 49)
            #expect(try server.connect().query("select count(*) from account")[0].int(0) == 1)
        }
    }

    @Test func laterOnesGetTheDefaultRole() throws {
        try TestServer.run(["DEFAULT_USER_ROLE": "user"]) { (server) throws in
            let boss = try server.account("boss", role: .admin)
            #expect(try server.call(.post, Self.path, form("a@example.com")).json["role"] == "user")
            #expect(try server.call(.get, "/api/v1/auths/", token: boss.token).status == 200)
        }
    }

    @Test func theFirstMayBeLetInAlone() throws {
        try TestServer.run(["ENABLE_SIGNUP": "false"]) { (server) throws in
            #expect(try server.call(.post, Self.path, form("a@example.com")).status == 403)
        }
        try TestServer.run(["ENABLE_SIGNUP": "false", "ENABLE_INITIAL_ADMIN_SIGNUP": "true"]) { (server) throws in
            #expect(try server.call(.post, Self.path, form("a@example.com")).json["role"] == "admin")
            #expect(try server.call(.post, Self.path, form("b@example.com")).status == 403)
        }
    }

    @Test(arguments: ["nobody", "a@b", "@example.com", "a@b@example.com", "a b@example.com", "a@.com", "a@example."])
    func anAddressThatIsNoneIsRefused(address: String) throws {
        try TestServer.run { (server) throws in
            let answer = try server.call(.post, Self.path, form(address))
            #expect(answer.status == 400)
            #expect(answer.detail == Detail.invalidEmail)
        }
    }

    @Test func aTakenAddressIsRefusedInAnyCase() throws {
        try TestServer.run { (server) throws in
            _ = try server.account("boss", role: .admin)
            let answer = try server.call(.post, Self.path, form("BOSS@example.com"))
            #expect(answer.status == 400)
            #expect(answer.detail == Detail.emailTaken)
        }
    }

    @Test func aPasswordMustFitBcryptAndMustNotBeEmpty() throws {
        try TestServer.run { (server) throws in
            let long = try server.call(
                .post,
                Self.path,
                form("a@example.com", password: String(repeating: "ä", count: 37))
            )
            #expect(long.status == 400)
            #expect(long.detail == Detail.passwordTooLong)
            #expect(try server.call(.post, Self.path, form("a@example.com", password: "")).status == 400)
            #expect(
                try server.call(.post, Self.path, form("a@example.com", password: String(repeating: "p", count: 72)))
                    .status
                    == 200
            )
        }
    }

    @Test func aFormWithoutAFieldIsRefusedWithoutItsPassword() throws {
        try TestServer.run { (server) throws in
            let answer = try server.call(.post, Self.path, ["name": "x", "password": "hunter2"])
            #expect(answer.status == 422)
            #expect(answer.json["detail"]?[0]?["loc"] == ["body", "email"])
            #expect(!answer.json.text.contains("hunter2"))
            let list = try server.call(.post, Self.path, ["hunter2"])
            #expect(list.status == 422)
            #expect(!list.json.text.contains("hunter2"))
        }
    }

    @Test func nobodyChoosesRoleOrID() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let body: JSONValue = [
                "name": "x", "email": "x@example.com", "password": "Pass-word-1", "role": "admin",
                "id": .string(boss.id),
            ]
            let answer = try server.call(.post, Self.path, body)
            #expect(answer.json["role"] == "pending")
            #expect(answer.json["id"] != .string(boss.id))
        }
    }

    @Test(arguments: [
        "data:image/svg+xml;base64,PHN2Zz4=", "data:Image/SVG+XML;base64,PHN2Zz4=", "data:text/html;base64,PGI+",
        "javascript:alert(1)", "data:image/png,<script>alert(1)</script>", "/api/v1/auths/signout",
    ])
    func aPictureThatCouldRunIsRefused(url: String) throws {
        try TestServer.run { (server) throws in
            var body = form("a@example.com")
            body["profile_image_url"] = .string(url)
            #expect(try server.call(.post, Self.path, body).status == 422)
            body["profile_image_url"] = "data:image/png;base64,iVBORw0KGgo="
            #expect(
                try server.call(.post, Self.path, body).json["profile_image_url"]
                    == "data:image/png;base64,iVBORw0KGgo="
            )
        }
    }

    @Test func theHookRunsWithinTheTransaction() throws {
        struct Failure: Error {}
        try TestServer.run(hooks: AccountHooks { _, _ in throw Failure() }) { (server) throws in
            #expect(throws: Failure.self) { try server.call(.post, Self.path, form("a@example.com")) }
            let database = server.connect()
            #expect(try AccountStore.isEmpty(database))
        }
    }
}
