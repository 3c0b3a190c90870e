import Logging
import Synchronization
import Testing

@testable import Core

@Suite struct LogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func logger(_ level: Logger.Level = .trace) -> Logger {
            Logger(label: "test") { label in
                JSONLogHandler(label: label, level: level, now: { 1_445_412_480_007_000_000 }) { line in
                    self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                }
            }
        }
    }

    private struct Broken: Error {}

    @Test func aLineIsOneObject() throws {
        let lines = Lines()
        lines.logger().info("said \"hi\"\nand left")
        let line = try #require(lines.all.first)
        #expect(
            line
                == #"{"ts":"2015-10-21T07:28:00.007Z","level":"info","label":"test","message":"said \"hi\"\nand left"}"#
                + "\n"
        )
        #expect(line.count { $0 == "\n" } == 1)
    }

    @Test func metadataIsMergedAndSorted() throws {
        let lines = Lines()
        var logger = lines.logger()
        logger[metadataKey: "pool"] = "web"
        logger[metadataKey: "b"] = "kept"
        logger.error("x", metadata: ["pool": "slow", "a": ["1", ["n": "2"]], "count": "\(3)"])
        let json = try JSONValue(parsing: try #require(lines.all.first))
        #expect(json["metadata"]?.text == #"{"a":["1",{"n":"2"}],"b":"kept","count":"3","pool":"slow"}"#)
        #expect(json["level"] == "error")
    }

    @Test func secretsAreCovered() throws {
        let lines = Lines()
        lines.logger().info(
            "x",
            metadata: [
                "token": "t0p", "API_KEY": "t0p", "Authorization": "Bearer t0p", "set-cookie": "t0p",
                "newPassword": ["t0p"],
                "request": ["client_secret": "t0p", "path": "/x"], "list": [["access_token": "t0p"]],
            ]
        )
        let line = try #require(lines.all.first)
        #expect(!line.contains("t0p"))
        #expect(line.contains(#""path":"/x""#))
        #expect(line.contains(#""token":"•••""#))
    }

    @Test func errorsAreTold() throws {
        let lines = Lines()
        lines.logger().error("failed", error: Broken())
        #expect(try JSONValue(parsing: try #require(lines.all.first))["metadata"]?["error"] == "Broken()")
    }

    @Test func lowerLevelsAreLeftOut() {
        let lines = Lines()
        let logger = lines.logger(.warning)
        logger.info("no")
        logger.warning("yes")
        #expect(lines.all.count == 1)
    }

    @Test func longTextsAreCut() throws {
        let lines = Lines()
        lines.logger().info(
            "\(String(repeating: "é", count: 20_000))",
            metadata: ["body": "\(String(repeating: "x", count: 9000))"]
        )
        let line = try #require(lines.all.first)
        #expect(line.utf8.count < 2 * JSONLogHandler.longestText + 300)
        #expect(line.contains("…"))
    }

    @Test(arguments: [
        ("DEBUG", Logger.Level.debug), ("debug", .debug), ("INFO", .info), ("WARNING", .warning), ("WARN", .warning),
        ("ERROR", .error),
        ("CRITICAL", .critical), ("NOTSET", .trace), ("loud", .info), ("", .info),
    ])
    func levels(text: String, expected: Logger.Level) throws {
        #expect(try Settings(source: .init(environment: ["GLOBAL_LOG_LEVEL": text])).logLevel == expected)
    }
}
