import NIOCore
import Wire

/// Hands a stream to the link, for a client of another daemon.
final class LinkedReader: StreamReader {
    private let key: String
    private weak var link: WorkerConnection?

    init(key: String, link: WorkerConnection) {
        self.key = key
        self.link = link
    }

    /// A link that does not read is closed as a whole.
    var backlog: Int { 0 }

    func begin(status: Int, headers: [EventFrame.Header]) {
        link?.send(.streamHead(key: key, status: UInt16(clamping: status), headers: headers))
    }

    func write(_ bytes: ByteBuffer) {
        link?.send(.streamWrite(key: key, bytes: Array(bytes.readableBytesView)))
    }

    func finish() {
        link?.send(.streamEnd(key: key))
    }

    func fail(_ failure: StreamFailure) {
        link?.send(.streamFail(key: key))
    }
}
