import Accounts
import Core
import HTTP
import Postgres
import Testing

@Suite(.database) struct RequestLimitTests {
    @Test func whoTriesTokensIsCountedByAddress() throws {
        try AuditSite.run(["ADDRESS_RATE_LIMIT": "3"]) { (site) throws in
            let statuses = (0..<5).map { _ in site.call(.get, "/api/v1/chats/", as: "no.such.token").status }
            #expect(statuses == [401, 401, 401, 429, 429])
            let refused = site.call(.get, "/api/v1/chats/")
            #expect(refused.status == 429)
            #expect(refused.header("retry-after") != nil)
            #expect(refused.header("ratelimit-remaining") == "0")
        }
    }

    @Test func anAdminWhoEndsSessionsIsInTheTrail() throws {
        try AuditSite.run { (site) throws in
            let boss = try site.person("boss", .admin)
            let ann = try site.person("ann")
            #expect(site.call(.delete, "/api/v1/users/\(ann.id)/sessions", as: boss.token).status == 200)
            let entries = site.call(.get, "/api/v1/audit?action=account.sign_out", as: boss.token).json["entries"]
            #expect(entries?.array?.count == 1)
            #expect(entries?[0]?["subject"]?["name"] == "ann@example.com")
            #expect(entries?[0]?["actor"]?["name"] == "boss@example.com")
            #expect(site.call(.get, "/api/v1/auths/", as: ann.token).status == 401)
        }
    }
}
