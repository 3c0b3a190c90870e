import Accounts
import Core
import Foundation
import HTTP
import Testing

@Suite(.database) struct AdministrationCacheTests {
    /// A DATA_DIR with files in its cache and one beside it.
    private static func withData(_ body: (WorkspaceServer, String) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "swiftlet-cache-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for folder in ["cache/audio/speech", "cache2", "uploads"] {
            try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
        }
        for file in [
            "cache/audio/speech/a b.mp3", "cache/page.html", "cache/image.svg", "cache/noname", "cache/photo.PNG",
            "cache2/secret.txt",
            "uploads/secret.txt",
        ] { try Data("x".utf8).write(to: root.appending(path: file)) }
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "cache/link"),
            withDestinationURL: root.appending(path: "uploads/secret.txt")
        )
        try WorkspaceServer.run(["DATA_DIR": root.path + "/"]) { try body($0, root.path) }
    }

    @Test func filesAreForUsers() throws {
        try Self.withData { server, _ in
            try server.expectRefusals(
                [(.get, "/cache/page.html"), (.get, "/cache/none")],
                as: [try server.person("pat", .pending)]
            )
        }
    }

    @Test func theWebServerSendsTheFile() throws {
        try Self.withData { (server, _) throws in
            let answer = try server.call(.get, "/cache/audio/speech/a%20b.mp3", as: try server.person("ann"))
            #expect(answer.status == 200)
            #expect(answer.response.body.isEmpty)
            #expect(answer.header("x-accel-redirect") == "/_cache/audio/speech/a%20b.mp3")
            #expect(answer.header("content-type") == "audio/mpeg")
            #expect(answer.header("content-disposition") == "inline")
            #expect(answer.header("content-security-policy")?.hasPrefix("sandbox;") == true)
        }
    }

    @Test func whatABrowserCouldRunIsOnlyDownloaded() throws {
        try Self.withData { (server, _) throws in
            let user = try server.person("ann")
            for name in ["page.html", "image.svg", "noname"] {
                let answer = try server.call(.get, "/cache/\(name)", as: user)
                #expect(answer.header("content-type") == "application/octet-stream")
                #expect(answer.header("content-disposition") == "attachment")
            }
            #expect(try server.call(.get, "/cache/photo.PNG", as: user).header("content-type") == "image/png")
        }
    }

    @Test(arguments: [
        "none", "audio", "audio/speech", "audio/speech/", "", "../uploads/secret.txt", "%2e%2e/uploads/secret.txt",
        "..%2fuploads%2fsecret.txt",
        "..%252fuploads%252fsecret.txt", "audio/../../uploads/secret.txt", "../cache2/secret.txt", "link",
        "/etc/passwd", "//etc/passwd",
        "audio//speech/a%20b.mp3", "./page.html", "..%5cuploads%5csecret.txt", "....//....//etc/passwd",
        "page.html%00.png",
    ])
    func nothingBesideTheCacheIsFound(_ path: String) throws {
        try Self.withData { (server, _) throws in
            let answer = try server.call(.get, "/cache/\(path)", as: try server.person("ann"))
            #expect(answer.status == 404)
            #expect(answer.detail == "File not found")
        }
    }
}
