import Core
import Foundation
import Metrics
import Postgres
import Testing

@testable import Administration

/// `swiftlet doctor` on installations of which one thing is wrong.
@Suite(.database) struct ExaminationTests {
    private final class Installation {
        let directory = NSTemporaryDirectory() + "swiftlet-doctor-" + UUID().uuidString.prefix(8)
        var environment: [String: String]
        var migrations = URL(filePath: #filePath).appending(path: "../../../migrations").standardized.path
        let page: CounterPage

        init(_ schema: String) throws {
            try FileManager.default.createDirectory(atPath: "\(directory)/site", withIntermediateDirectories: true)
            page = try CounterPage.open(in: "\(directory)/counters", pool: "web", threads: 1)
            try Data().write(to: URL(filePath: "\(directory)/site/index.html"))
            try Data("http {\n  include conf/*.conf;\n}".utf8).write(to: URL(filePath: "\(directory)/nginx.conf"))
            try FileManager.default.createDirectory(atPath: "\(directory)/conf", withIntermediateDirectories: true)
            try Data("upstream swiftlet_web {}".utf8).write(to: URL(filePath: "\(directory)/conf/site.conf"))
            let separator = TestDatabase.url.contains("?") ? "&" : "?"
            environment = [
                "DATABASE_URL": "\(TestDatabase.url)\(separator)options=-c%20search_path%3D\(schema)%2Cpublic",
                "DATA_DIR": directory, "SWIFTLET_COUNTERS_DIR": "\(directory)/counters",
                "WEBUI_SECRET_KEY": "0123456789abcdef0123456789abcdef", "WEBUI_URL": "https://chat.example.org",
                "FRONTEND_BUILD_DIR": "\(directory)/site", "ENABLE_OPENAI_API": "false",
            ]
        }

        deinit {
            try? FileManager.default.removeItem(atPath: directory)
        }

        func examine() -> [String: Finding] {
            let examination = Examination(
                migrations: migrations,
                nginx: "\(directory)/nginx.conf",
                source: Settings.Source(environment: environment)
            )
            return Dictionary(examination.run().map { ($0.check, $0) }) { first, _ in first }
        }
    }

    private func run(_ body: (Installation) throws -> Void) throws {
        try AuditSite.run { (site) throws in try body(Installation(site.schema)) }
    }

    @Test func whatIsRightIsSaidToBe() throws {
        try run { (installation) throws in
            let findings = installation.examine()
            for check in [
                "secret key", "address", "database", "Postgres", "migrations", "clock", "connections", "data directory",
                "disk",
                "web client", "counters", "nginx",
            ] {
                #expect(
                    findings[check]?.state == .good,
                    Comment(rawValue: "\(check): \(findings[check]?.description ?? "-")")
                )
            }
            // Of the processes only one runs here, and there is no provider.
            #expect(findings["processes"]?.state == .bad)
            #expect(findings["processes"]?.found.contains("slow, password, turns, jobs, streamd") == true)
            #expect(findings["providers"]?.state == .doubtful)
            #expect(findings["events"]?.state == .bad)
            for finding in findings.values { #expect((finding.state == .good) == finding.remedy.isEmpty) }
        }
    }

    @Test(arguments: [
        ("secret key", ["WEBUI_SECRET_KEY": ""], Finding.State.bad),
        ("secret key", ["WEBUI_SECRET_KEY": "short"], .doubtful),
        ("accounts", ["WEBUI_AUTH": "false"], .doubtful),
        ("address", ["WEBUI_URL": ""], .doubtful),
        ("configuration", ["SLOW_REQUEST_MS": "soon"], .bad),
        ("database", ["DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"], .bad),
        ("data directory", ["DATA_DIR": "/nowhere/data"], .bad),
        ("counters", ["SWIFTLET_COUNTERS_DIR": "/nowhere/counters"], .bad),
        ("processes", ["SWIFTLET_COUNTERS_DIR": "/nowhere/counters"], .bad),
        ("web client", ["FRONTEND_BUILD_DIR": ""], .doubtful),
        ("web client", ["FRONTEND_BUILD_DIR": "/nowhere/site"], .bad),
        (
            "provider 1",
            [
                "ENABLE_OPENAI_API": "true", "OPENAI_API_BASE_URLS": "http://127.0.0.1:1/secret-path",
                "OPENAI_API_KEYS": "sk-secret",
            ], .bad
        ),
    ])
    func whatIsWrongIsFound(check: String, environment: [String: String], state: Finding.State) throws {
        try run { (installation) throws in
            installation.environment.merge(environment) { $1 }
            let finding = try #require(installation.examine()[check])
            #expect(finding.state == state)
            #expect(!finding.remedy.isEmpty)
            #expect(!finding.description.contains("secret-path") && !finding.description.contains("sk-secret"))
        }
    }

    @Test func migrationsThatAreMissingAreNamed() throws {
        try run { (installation) throws in
            let copy = "\(installation.directory)/migrations"
            try FileManager.default.copyItem(atPath: installation.migrations, toPath: copy)
            let last = try #require(
                FileManager.default.contentsOfDirectory(atPath: copy).compactMap { Int($0.prefix(4)) }.max()
            )
            let number = String(String(10_001 + last).suffix(4))
            try Data("select 1;".utf8).write(to: URL(filePath: "\(copy)/\(number)_more.sql"))
            installation.migrations = copy
            let finding = try #require(installation.examine()["migrations"])
            #expect(
                finding.state == .bad && finding.found.contains("\(number)_more")
                    && finding.remedy.contains("swiftlet migrate")
            )
            installation.migrations = "/nowhere"
            #expect(installation.examine()["migrations"]?.state == .doubtful)
        }
    }

    @Test func anotherSitesNginxIsFound() throws {
        try run { (installation) throws in
            try Data("server {}".utf8).write(to: URL(filePath: "\(installation.directory)/conf/site.conf"))
            #expect(installation.examine()["nginx"]?.state == .bad)
            try FileManager.default.removeItem(atPath: "\(installation.directory)/nginx.conf")
            #expect(installation.examine()["nginx"]?.state == .doubtful)
        }
    }

    @Test func aDirectoryThatEverybodyWritesIsNoPlaceForData() throws {
        try run { (installation) throws in
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: installation.directory)
            #expect(installation.examine()["data directory"]?.state == .bad)
        }
    }
}
