import Foundation
import Outbound
import Testing

struct CertificateTests {
    private static let openssl = "/usr/bin/openssl"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl)))
    func aCertificateOfNobodyIsNotTrusted() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "key.pem").path
        let certificate = folder.appending(path: "certificate.pem").path
        try start([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
            certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
        ]).process.waitUntilExit()

        let (server, output) = try start([
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www",
        ])
        defer { server.terminate() }
        var announced = ""
        while !announced.contains("\n") || !announced.contains("ACCEPT") {
            let data = output.availableData
            try #require(!data.isEmpty)
            announced += String(decoding: data, as: UTF8.self)
        }
        let line = announced.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
        let port = try #require(line?.split(separator: ":").last.flatMap { UInt16($0) })

        let request = HTTPRequest(url: "https://127.0.0.1:\(port)/")
        #expect {
            _ = try HTTPClient(policy: .administrator).send(request)
        } throws: { error in
            let error = error as? OutboundError
            return error?.kind == .unreachable && error?.message.contains("certificate") == true
        }
    }

    private func start(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: Self.openssl)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, pipe.fileHandleForReading)
    }
}
