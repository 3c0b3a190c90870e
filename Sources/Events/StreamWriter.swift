import Synchronization
import Wire

/// The writing end of one streamed HTTP answer. A writer that is let go before `end` breaks the answer off.
package final class StreamWriter: Sendable {
    package let key: String
    private let publisher: Publisher
    private let gone = Atomic(false)
    private let ended = Atomic(false)
    private let whenGone = Mutex<(@Sendable () -> Void)?>(nil)

    init(key: String, publisher: Publisher) {
        self.key = key
        self.publisher = publisher
    }

    deinit {
        fail()
    }

    /// Whether nobody reads any more: the client left, did not read fast enough, or streamd was restarted.
    package var isGone: Bool {
        gone.load(ordering: .relaxed)
    }

    /// Runs the function when the client leaves, at once if it has left already. It runs in the publisher's reading
    /// thread and must not block.
    package func onGone(_ run: @escaping @Sendable () -> Void) {
        whenGone.withLock { $0 = run }
        if isGone { reportGone() }
    }

    /// Begins the answer. `Content-Length` makes it a plain answer, else it is sent in chunks.
    package func head(status: Int, headers: [(name: String, value: String)]) {
        let fields = headers.map { EventFrame.Header(name: $0.name, value: $0.value) }
        send { publisher.send(.streamHead(key: key, status: UInt16(clamping: status), headers: fields)) }
    }

    package func write(_ bytes: [UInt8]) {
        if !bytes.isEmpty { send { publisher.write(bytes, key: key) } }
    }

    package func end() {
        finish(.streamEnd(key: key))
    }

    /// Breaks the answer off: the client sees that it is not whole.
    package func fail() {
        finish(.streamFail(key: key))
    }

    func markGone() {
        gone.store(true, ordering: .relaxed)
        reportGone()
    }

    private func send(_ write: () -> Bool) {
        if isGone || ended.load(ordering: .relaxed) { return }
        // A gap in the middle would look like a whole answer.
        if !write() { markGone() }
    }

    private func finish(_ frame: EventFrame) {
        if ended.exchange(true, ordering: .relaxed) { return }
        publisher.forget(stream: key)
        if !isGone { publisher.send(frame) }
    }

    private func reportGone() {
        let run = whenGone.withLock { handler in
            defer { handler = nil }
            return handler
        }
        run?()
    }
}
