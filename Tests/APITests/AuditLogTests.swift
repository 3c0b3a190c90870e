import Administration
import Core
import Foundation
import HTTP
import Postgres
import Testing

@testable import Administration

@Suite(.database) struct AuditLogTests {
    /// Runs `body` with a directory for one test's data, and gives the lines of the audit log there.
    private func run(_ environment: [String: String], _ body: (AuditSite) throws -> Void) throws -> [JSONValue] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "swiftlet-audit-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try AuditSite.run(environment.merging(["DATA_DIR": directory]) { own, _ in own }, body)
        guard let text = try? String(contentsOfFile: directory + "/audit.log", encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    private static let form: JSONValue = ["email": "ann@example.com", "password": "wrong \"word"]

    @Test func nothingIsNotedByDefault() throws {
        let lines = try run([:]) { site in _ = site.call(.post, "/api/v1/auths/signin", Self.form) }
        #expect(lines.isEmpty)
    }

    @Test func theMembersAreThoseOfTheReference() throws {
        var id = ""
        let lines = try run(["AUDIT_LOG_LEVEL": "metadata"]) { (site) throws in
            let ann = try site.person("ann")
            id = ann.id
            _ = site.call(.post, "/api/v1/users/user/settings/update?x=1", ["ui": ["theme": "dark"]], as: ann.token)
        }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(
            line.object.map { Array($0.keys) } == [
                "id", "timestamp", "user", "audit_level", "verb", "request_uri", "response_status_code", "source_ip",
                "user_agent",
                "request_object", "response_object", "extra",
            ]
        )
        #expect(line["user"] == ["id": .string(id), "name": "ann", "email": "ann@example.com", "role": "user"])
        #expect(line["audit_level"] == "METADATA")
        #expect(line["verb"] == "POST")
        #expect(line["request_uri"] == "http://chat.example.com/api/v1/users/user/settings/update?x=1")
        #expect(line["response_status_code"]?.int == 200)
        #expect(line["source_ip"] == "192.0.2.1")
        #expect(line["user_agent"] == "tests")
        #expect(line["request_object"] == "" && line["response_object"] == "")
    }

    @Test func onlyWhatTheReferenceNotesIsNoted() throws {
        let lines = try run(["AUDIT_LOG_LEVEL": "METADATA"]) { (site) throws in
            let ann = try site.person("ann")
            _ = site.call(.get, "/api/v1/users/user/settings", as: ann.token)
            _ = site.call(.post, "/api/v1/users/user/info/update", ["a": 1])
            _ = site.call(.post, "/api/v1/chats/new", ["chat": [:]], as: ann.token)
            _ = site.call(.post, "/api/chat/completed", [:], as: ann.token)
            _ = site.call(.post, "/api/v1/chatsabc", [:], as: ann.token)
            _ = site.call(.post, "/api/v1/auths/signin", Self.form)
            _ = site.call(.delete, "/api/v1/nowhere", as: "a.b.c")
        }
        #expect(
            lines.map { $0["request_uri"]?.string?.dropFirst("http://chat.example.com".count) } == [
                "/api/v1/chatsabc", "/api/v1/auths/signin", "/api/v1/nowhere",
            ]
        )
        #expect(lines.last?["user"] == [:])
    }

    @Test func bodiesAreCutAndTheirSecretsCovered() throws {
        let lines = try run([
            "AUDIT_LOG_LEVEL": "REQUEST_RESPONSE", "MAX_BODY_LOG_SIZE": "300", "ENABLE_SIGNUP": "true",
        ]) { (site) throws in
            let form: JSONValue = ["name": "Ann", "email": "ann@example.com", "password": "Pass-word-1"]
            _ = site.call(.post, "/api/v1/auths/signup", form)
            _ = site.call(.post, "/api/v1/auths/signin", Self.form)
        }
        #expect(lines.count == 2)
        #expect(
            lines[0]["request_object"]?.string == #"{"name":"Ann","email":"ann@example.com","password":"********"}"#
        )
        let answer = try #require(lines[0]["response_object"]?.string)
        #expect(answer.hasPrefix(#"{"token":"********","token_type":"Bearer""#))
        #expect(answer.utf8.count < 300)
        #expect(lines[1]["request_object"]?.string?.contains("word") == true)
        #expect(lines[1]["request_object"]?.string?.contains("wrong") == false)
    }

    @Test(arguments: [
        (#"{"a":"b","api_key": "s"}"#, #"{"a":"b","api_key": "********"}"#),
        (#"{"OPENAI_API_KEYS":["s1","s2",""],"b":"c"}"#, #"{"OPENAI_API_KEYS":["********","********",""],"b":"c"}"#),
        (#"{"secrets":{"x":"s","y":["s"]},"b":"c"}"#, #"{"secrets":{"x":"********","y":["********"]},"b":"c"}"#),
        (#"{"password":7,"b":"c"}"#, #"{"password":7,"b":"c"}"#),
        (#"{"password":"cut of"#, #"{"password":"********""#),
        (#"{"new_password":"a\"b","c":"d"}"#, #"{"new_password":"********","c":"d"}"#),
        (#"["password","x"]"#, #"["password","x"]"#),
        (#"{"x":"password","y":"z"}"#, #"{"x":"password","y":"z"}"#),
        ("no json \"", "no json \""),
    ]) func secretsInJSONAreCovered(body: String, shown: String) {
        let bytes = Array(body.utf8)
        #expect(AuditBody.text(type: "application/json", size: bytes.count, start: bytes) == shown)
    }

    @Test func otherBodies() {
        func shown(_ type: String, _ text: String) -> String {
            AuditBody.text(type: type, size: text.utf8.count, start: Array(text.utf8))
        }
        #expect(
            shown("application/x-www-form-urlencoded", "user=a&password=b%20c&x=1") == "user=a&password=********&x=1"
        )
        #expect(shown("multipart/form-data; boundary=x", "--x") == "(3 bytes of multipart/form-data; boundary=x)")
        #expect(shown("image/png", "") == "")
    }

    @Test func aFullFileIsPutAside() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "swiftlet-audit-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = AuditLogFile(path: directory + "/audit.log", limit: 1000)
        // Several writers at once, as the processes of a pool are.
        DispatchQueue.concurrentPerform(iterations: 4) { writer in
            for number in 0..<100 {
                do { try file.append(Array("\(writer) \(number) \(String(repeating: "x", count: 40))\n".utf8)) } catch {
                    Issue.record(error)
                }
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.contains("audit.log"))
        #expect(names.count > 15)
        var lines: Set<Substring> = []
        for name in names {
            let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
            #expect(text.utf8.count <= 1000)
            lines.formUnion(text.split(separator: "\n"))
        }
        #expect(lines.count == 400)
    }

    @Test func sizesAreRead() {
        #expect(AuditLogFile.size("10MB") == 10_000_000)
        #expect(AuditLogFile.size("500 kB") == 500_000)
        #expect(AuditLogFile.size("1 GiB") == 1 << 30)
        for text in ["", "1 day", "-5MB", "99999999999999999999 GB", "0"] {
            #expect(AuditLogFile.size(text) == AuditLogFile.standardSize, "\(text)")
        }
    }

    @Test func aLogThatCanNotBeWrittenRefusesNobody() throws {
        try AuditSite.run(["AUDIT_LOG_LEVEL": "METADATA", "DATA_DIR": "/proc/nowhere"]) { site in
            #expect(site.call(.post, "/api/v1/auths/signin", Self.form).status == 400)
        }
    }
}
