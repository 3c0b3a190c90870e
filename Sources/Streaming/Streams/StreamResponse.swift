import NIOCore
import NIOHTTP1
import Wire

/// The HTTP answer that a worker writes from afar.
final class StreamResponse: StreamReader {
    /// Headers of the connection are the daemon's, not the worker's.
    private static let ownHeaders: Set<String> = [
        "connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-connection",
    ]

    private weak var connection: ClientConnection?
    private let hub: Hub
    private let key: String
    private var hasBegun = false
    private var isEventStream = false
    /// Whether the last byte sent ends an event: nothing may be put between the lines of one.
    private var isBetweenEvents = true
    private var tail: (UInt8, UInt8) = (10, 10)
    private var ping: Scheduled<Void>?

    init(connection: ClientConnection, hub: Hub, key: String) {
        self.connection = connection
        self.hub = hub
        self.key = key
    }

    func attach() {
        hub.streams.attach(self, to: key)
    }

    /// The client has closed its connection.
    func abandoned() {
        ping?.cancel()
        hub.streams.detach(self, from: key)
    }

    // MARK: - StreamReader

    func begin(status: Int, headers: [EventFrame.Header]) {
        hasBegun = true
        var fields: [(String, String)] = []
        for header in headers where !Self.ownHeaders.contains(header.name.lowercased()) && isSound(header) {
            fields.append((header.name, header.value))
        }
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
        isEventStream = type.hasPrefix("text/event-stream")
        // nginx hands each piece on as it comes.
        fields.append(("X-Accel-Buffering", "no"))
        if isEventStream, !headers.contains(where: { $0.name.lowercased() == "cache-control" }) {
            fields.append(("Cache-Control", "no-cache"))
        }
        let isFinal = (200...599).contains(status)
        connection?.begin(isFinal ? HTTPResponseStatus(statusCode: status) : .badGateway, fields)
        connection?.flush()
        schedulePing()
    }

    func write(_ bytes: ByteBuffer) {
        let view = bytes.readableBytesView
        for byte in view.suffix(2) { tail = (tail.1, byte) }
        isBetweenEvents = tail == (10, 10)
        connection?.write(bytes)
        connection?.flush()
        schedulePing()
    }

    func finish() {
        ping?.cancel()
        connection?.end()
    }

    func fail(_ failure: StreamFailure) {
        ping?.cancel()
        // An answer that has begun can only be broken off: the client misses the end of the last chunk.
        guard !hasBegun, let connection else {
            connection?.drop()
            return
        }
        switch failure {
        case .broken, .slow: connection.respond(.badGateway, detail: "The answer broke off")
        case .late: connection.respond(.gatewayTimeout, detail: "The answer did not begin in time")
        case .taken: connection.respond(.gone, detail: "This answer has been taken")
        case .full: connection.respond(.serviceUnavailable, detail: "There are too many connections")
        }
    }

    var backlog: Int {
        connection?.backlog ?? 0
    }

    /// A header may come from a provider; one that would break the answer's head is left out.
    private func isSound(_ header: EventFrame.Header) -> Bool {
        !header.name.isEmpty
            && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#"(),/:;<=>?@[\]{}""#.utf8.contains($0) }
            && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    private func schedulePing() {
        ping?.cancel()
        guard isEventStream else { return }
        ping = hub.schedule(in: hub.configuration.streamPingInterval) { [weak self] in
            guard let self else { return }
            if isBetweenEvents {
                connection?.write(ByteBuffer(string: ": ping\n\n"))
                connection?.flush()
            }
            schedulePing()
        }
    }
}
