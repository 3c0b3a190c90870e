import Foundation
import Testing

@testable import FastCGIServer

@Suite(.timeLimit(.minutes(2))) struct ListeningSocketTests {
    private func withDirectory(_ use: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "swiftlet-socket-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try use(directory)
    }

    @Test func aDeadProcessesFileIsReplacedAndALivingOnesIsNot() throws {
        try withDirectory { directory in
            let path = directory + "/s"
            let first = try ListeningSocket.open(path: path)
            #expect(throws: ListeningSocket.Failure.inUse(path)) { try ListeningSocket.open(path: path) }
            // Still the first one's, which is not harmed by the attempt.
            _ = try FastCGIClient(path)
            close(first)
            #expect(throws: FastCGIClient.NoConnection.self) { try FastCGIClient(path) }
            let second = try ListeningSocket.open(path: path)
            _ = try FastCGIClient(path)
            close(second)
        }
    }

    @Test func otherFilesAreLeftAlone() throws {
        try withDirectory { directory in
            let path = directory + "/file"
            try "precious".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: ListeningSocket.Failure.notASocket(path)) { try ListeningSocket.open(path: path) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
            try FileManager.default.createSymbolicLink(atPath: directory + "/link", withDestinationPath: path)
            #expect(throws: ListeningSocket.Failure.notASocket(directory + "/link")) {
                try ListeningSocket.open(path: directory + "/link")
            }
        }
    }

    @Test func permissionsAndInheritance() throws {
        try withDirectory { directory in
            let listener = try ListeningSocket.open(path: directory + "/s", mode: 0o640)
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/s")
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(fcntl(listener, F_GETFD) & FD_CLOEXEC != 0)
            close(listener)
        }
    }

    @Test func pathsThatCanNotBe() throws {
        let long = "/tmp/" + String(repeating: "x", count: 110)
        #expect(throws: ListeningSocket.Failure.pathTooLong(long)) { try ListeningSocket.open(path: long) }
        #expect(throws: SystemCallError.self) { try ListeningSocket.open(path: "/nonexistent/s") }
    }
}
