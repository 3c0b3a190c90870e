import Core
import Crypto
import Foundation
import HTTP
import Metrics
import Postgres
import Testing

@testable import Administration

@Suite(.database) struct StatusTests {
    /// Runs `body` on a site whose counters lie in a directory of their own, with the page of one process in it.
    private func run(
        _ environment: [String: String] = [:],
        _ body: (AuditSite, CounterPage, CounterDirectory) throws -> Void
    ) throws {
        let directory = NSTemporaryDirectory() + "swiftlet-status-" + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let page = try CounterPage.open(in: directory, pool: "web", threads: 4)
        let own = ["SWIFTLET_COUNTERS_DIR": directory, "SWIFTLET_HOST": "one"]
        try AuditSite.run(own.merging(environment) { $1 }) { (site) throws in
            try body(site, page, CounterDirectory(directory))
        }
        withExtendedLifetime(page) {}
    }

    // MARK: - Metrics

    @Test func metricsAreForAdministratorsAndTheToken() throws {
        try run(["METRICS_TOKEN": "a-token"]) { (site, page, _) throws in
            page.series(.requests, "chats").observe(3_000_000)
            page.series(.requests, "chats").add(to: Column.Requests.success)
            let admin = try site.person("boss", .admin).token
            let user = try site.person("ann").token
            for (token, status) in [(nil, 401), (user, 401), ("wrong", 401), ("", 401), (admin, 200), ("a-token", 200)]
            {
                let answer = site.call(.get, "/metrics", as: token)
                #expect(answer.status == status, "\(token ?? "nobody")")
                #expect(answer.text.contains("swiftlet_http_requests_total") == (status == 200))
            }
            let text = site.call(.get, "/metrics", as: "a-token").text
            let name = "swiftlet_http_request_duration_seconds"
            for line in [
                #"swiftlet_http_requests_total{pool="web",class="chats",status="2xx"} 1"#,
                #"\#(name)_bucket{pool="web",class="chats",le="0.0025"} 0"#,
                #"\#(name)_bucket{pool="web",class="chats",le="0.005"} 1"#,
                #"\#(name)_bucket{pool="web",class="chats",le="+Inf"} 1"#,
                #"\#(name)_sum{pool="web",class="chats"} 0.003"#, #"swiftlet_turns{state="queued"} 0"#,
                "swiftlet_database_up 1", #"swiftlet_threads{pool="web",state="idle"} 4"#,
            ] {
                #expect(text.contains("\n\(line)\n"), Comment(rawValue: line))
            }
        }
    }

    @Test func anEmptyTokenOpensNothing() throws {
        try run { (site, _, _) throws in
            for token in ["", " "] { #expect(site.call(.get, "/metrics", as: token).status == 401) }
        }
    }

    @Test func countersThatCanNotBeReadAreSaidToBe() throws {
        try run(["SWIFTLET_COUNTERS_DIR": "/nowhere/counters"]) { (site, _, _) throws in
            let admin = try site.person("boss", .admin).token
            for path in ["/metrics", "/status.json", "/status.txt"] {
                let answer = site.call(.get, path, as: admin)
                #expect(answer.status == 503, Comment(rawValue: path))
                #expect(answer.detail?.contains("/nowhere") == false)
            }
        }
    }

    @Test func labelsAreEscaped() {
        var text = PrometheusText()
        text.counter("swiftlet_x", "X.", [([("model", "a\"b\\c\nd\r\ne")], 3)])
        #expect(
            text.text
                == "# HELP swiftlet_x_total X.\n# TYPE swiftlet_x_total counter\nswiftlet_x_total{model=\"a\\\"b\\\\c\\nd\\ne\"} 3\n"
        )
        text = PrometheusText()
        text.gauge("swiftlet_y", "Y.", [])
        #expect(text.text.isEmpty)
    }

    // MARK: - The status

    @Test func aHostThatSpokeLatelyIsShown() throws {
        try run { (site, page, directory) throws in
            let line = page.line(2)
            line.begin(at: Clock.monotonicNanoseconds)
            line.describe("GET", "/api/v1/chats/7")
            try HostStatusStore.save(["name": "two"], name: "two", directory: "/run/x", site.database)
            try HostStatusStore.save(["name": "gone"], name: "gone", directory: "/run/x", site.database)
            try site.database.execute(
                "update host_status set seen_at = seen_at - interval '11 seconds' where name = 'gone'"
            )
            // What this host has told is known better here.
            try HostStatusStore.save(["name": "old"], name: "one", directory: directory.path, site.database)

            let admin = try site.person("boss", .admin).token
            let status = site.call(.get, "/status.json", as: admin).json
            #expect(status["hosts"]?.array?.compactMap { $0["name"]?.string } == ["one", "two"])
            let process = status["hosts"]?[0]?["processes"]?[0]
            #expect(process?["pool"]?.string == "web")
            #expect(process?["pid"]?.int == Int(getpid()))
            #expect(process?["busy"]?.int == 1)
            #expect(process?["threads"]?[0]?["request"]?.string == "GET /api/v1/chats")
            #expect(status["hosts"]?[0]?["pools"]?[0]?["threads"]?.int == 4)
            #expect(status["shared"]?["turns"]?["queued"]?.int == 0)

            let text = site.call(.get, "/status.txt", as: admin).text
            #expect(text.contains("host one") && text.contains("host two") && text.contains("GET /api/v1/chats"))
        }
    }

    @Test func aReportIsSavedAndOldOnesAreRemoved() throws {
        try run { (site, _, directory) throws in
            try HostStatusStore.save([:], name: "gone", directory: "/run/x", site.database)
            try site.database.execute("update host_status set seen_at = seen_at - interval '2 minutes'")
            let schema = site.schema
            let reporter = HostReporter(site.shared.settings.current, site.shared.log) { AuditSite.connect(schema) }
            for _ in 0..<2 { try reporter.reportOnce(site.database) }
            let rows = try site.database.query("select name, directory, document->>'version' from host_status")
            #expect(try rows.map { try $0.text(0) } == ["one"])
            #expect(try rows[0].text(1) == directory.path)
            #expect(try rows[0].text(2) == Build.version)
        }
    }

    @Test func thePageAllowsItsOwnScriptAlone() throws {
        try run { (site, _, _) throws in
            let answer = site.call(.get, "/status", as: try site.person("boss", .admin).token)
            #expect(answer.status == 200)
            let headers = Dictionary(answer.response.headers.map { ($0.name, $0.value) }) { first, _ in first }
            #expect(headers["Content-Type"] == "text/html; charset=utf-8")
            let policy = try #require(headers["Content-Security-Policy"])
            for tag in ["script", "style"] {
                let start = try #require(answer.text.firstRange(of: "<\(tag)>"))
                let end = try #require(answer.text.firstRange(of: "</\(tag)>"))
                let content = Array(answer.text[start.upperBound..<end.lowerBound].utf8)
                #expect(content.count > 1000)
                #expect(policy.contains("\(tag)-src 'sha256-\(Base64.encode(Digest.sha256(content)))'"))
            }
            #expect(policy.hasPrefix("default-src 'none';"))
            #expect(!policy.contains("unsafe"))
            // Nothing is loaded from anywhere, and no attribute runs anything.
            #expect(answer.text.firstRange(of: /(src|href)="(?!\/status\.txt")/) == nil)
            #expect(answer.text.firstRange(of: /\son[a-z]+=|\sstyle=/) == nil)
        }
    }

    // MARK: - Readiness

    @Test func aHostThatDrainsIsNotReady() throws {
        try run { (site, _, directory) throws in
            #expect(site.call(.get, "/ready").status == 200)
            try directory.setDraining(true)
            #expect(site.call(.get, "/ready").status == 503)
            #expect(site.call(.get, "/health").status == 200)
            try directory.setDraining(false)
            #expect(site.call(.get, "/ready").status == 200)
        }
    }

    @Test func effortIsThatOfTheLastRequest() throws {
        try run { (site, _, _) throws in
            let admin = try site.person("boss", .admin).token
            _ = site.call(.get, "/api/v1/auths/", as: admin)
            #expect(site.effort.routeClass == "auths")
            #expect(site.effort.statements > 0 && site.effort.database > 0)
            #expect(site.effort.slowest > 0 && site.effort.slowestStatement.contains("account"))
            _ = site.call(.get, "/health")
            #expect(site.effort.routeClass == "health")
            #expect(site.effort.statements == 0 && site.effort.database == 0)
            _ = site.call(.get, "/no/such/path")
            #expect(site.effort.routeClass == "unknown")
        }
    }
}
