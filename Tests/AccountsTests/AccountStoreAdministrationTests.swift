import Accounts
import HTTP
import Postgres
import Testing

/// What the command line does to accounts.
@Suite(.database) struct AccountStoreAdministrationTests {
    private func find(_ server: TestServer, _ id: String) throws -> Account {
        try #require(try AccountStore.find(id, server.connect()))
    }

    @Test func anAccountIsMadeWithOrWithoutAPassword() throws {
        try TestServer.run(["PASSWORD_MINIMUM_LENGTH": "8"]) { (server) throws in
            let context = server.context()
            let ann = try AccountStore.create(
                email: "Ann@Example.com",
                name: "Ann",
                role: .user,
                password: TestServer.password,
                context
            )
            #expect(ann.email == "ann@example.com" && ann.role == .user)
            _ = try server.signIn("ann")
            let bob = try AccountStore.create(
                email: "bob@example.com",
                name: "Bob",
                role: .admin,
                password: nil,
                context
            )
            #expect(bob.isAdmin)
            for (email, password) in [
                ("ANN@example.com", "Pass-word-1"), ("nobody", "Pass-word-1"), ("c@example.com", "short"),
            ] {
                #expect(throws: APIError.self) {
                    try AccountStore.create(email: email, name: "x", role: .user, password: password, context)
                }
            }
            #expect(try AccountStore.summaries(matching: "", role: nil, context.database).count == 2)
            #expect(try AccountStore.summaries(matching: "ANN@", role: nil, context.database).map(\.id) == [ann.id])
            #expect(try AccountStore.summaries(matching: "%", role: nil, context.database).isEmpty)
            #expect(try AccountStore.summaries(matching: "", role: .admin, context.database).map(\.id) == [bob.id])
        }
    }

    @Test func aNewPasswordEndsAllSessions() throws {
        try TestServer.run { (server) throws in
            let ann = try server.account("ann")
            try AccountStore.resetPassword(of: find(server, ann.id), to: "New-word-2", server.context())
            #expect(try server.call(.get, "/api/v1/auths/", token: ann.token).status == 401)
            #expect(try server.closedRooms == ["user:\(ann.id)"])
            _ = try server.signIn("ann", password: "New-word-2")
        }
    }

    @Test func oneAdminStays() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let ann = try server.account("ann")
            let context = server.context()
            #expect(throws: APIError.self) { try AccountStore.setRole(.user, of: find(server, boss.id), context) }
            #expect(throws: APIError.self) { try AccountStore.remove(find(server, boss.id), context) }
            try AccountStore.setRole(.admin, of: find(server, ann.id), context)
            try AccountStore.setRole(.pending, of: find(server, boss.id), context)
            #expect(try find(server, boss.id).role == .pending)
            #expect(try server.closedRooms == ["user:\(boss.id)"])
            try AccountStore.remove(find(server, boss.id), context)
            #expect(try AccountStore.find(boss.id, context.database) == nil)
        }
    }
}
