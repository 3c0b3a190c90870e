import Core
import Foundation
import HTTP
import Logging
import Synchronization

@testable import FastCGIServer

/// A real server on a socket of its own in this process.
final class ServingPool: Sendable {
    let directory: String
    let path: String
    let listener: Int32
    let log = LogLines()

    init() throws {
        directory = NSTemporaryDirectory() + "swiftlet-fastcgi-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        path = directory + "/pool.sock"
        listener = try ListeningSocket.open(path: path)
    }

    deinit {
        close(listener)
        try? FileManager.default.removeItem(atPath: directory)
    }

    var spooled: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { $0.contains("body") }
    }

    /// Starts another server on the socket.
    func serve(
        _ change: (inout PoolConfiguration) -> Void = { _ in },
        onReady: @escaping @Sendable () -> Void = {},
        makeResponder: @escaping @Sendable (Int) throws -> any Responder
    ) throws -> Serving {
        var configuration = PoolConfiguration(spoolDirectory: directory)
        configuration.threads = 1
        change(&configuration)
        let log = log
        let server = try Server(
            listening: listener,
            configuration: configuration,
            logger: log.logger,
            onReady: onReady,
            makeResponder: makeResponder
        )
        return Serving(server)
    }

    func serve(
        _ change: (inout PoolConfiguration) -> Void = { _ in },
        respond: @escaping @Sendable (Request) -> Response
    ) throws -> Serving {
        try serve(change) { _ in Answering(respond) }
    }

    func client() throws -> FastCGIClient {
        try FastCGIClient(path)
    }

    /// Sends one request and waits for its answer.
    func ask(
        _ method: String,
        _ uri: String,
        _ others: [(String, String)] = [],
        body: [UInt8]? = nil
    ) throws -> FastCGIClient.Answer {
        let client = try client()
        client.request(method, uri, others, body: body)
        return client.answer()
    }
}

/// A server that runs on a thread of its own; drained when the test lets go of it.
final class Serving: Sendable {
    let server: Server
    private let outcome: Slot<Server.Outcome>

    init(_ server: Server) {
        let outcome = Slot<Server.Outcome>()
        self.server = server
        self.outcome = outcome
        NativeThread.start("test-server") {
            if let result = try? server.run() { outcome.put(result) }
        }
    }

    deinit {
        server.drain()
        _ = outcome.wait()
    }

    /// Waits until the server has ended by itself.
    func end() -> Server.Outcome? {
        outcome.wait()
    }

    func drain() -> Server.Outcome? {
        server.drain()
        return outcome.wait()
    }
}

final class Answering: Responder {
    private let answer: @Sendable (Request) -> Response

    init(_ answer: @escaping @Sendable (Request) -> Response) {
        self.answer = answer
    }

    func respond(to request: Request) -> Response {
        answer(request)
    }
}

/// A value that one thread puts and others wait for; it stays.
final class Slot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let condition = Condition()

    func put(_ new: Value) {
        value.withLock { $0 = new }
        condition.signal()
    }

    func wait() -> Value? {
        _ = condition.wait(seconds: 60) { value.withLock { $0 != nil } }
        return value.withLock { $0 }
    }

    var isEmpty: Bool {
        value.withLock { $0 == nil }
    }
}
