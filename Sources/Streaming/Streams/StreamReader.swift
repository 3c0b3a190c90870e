import NIOCore
import Wire

/// Who takes a stream: an HTTP answer or a chat over a WebSocket.
protocol StreamReader: AnyObject {
    func begin(status: Int, headers: [EventFrame.Header])
    func write(_ bytes: ByteBuffer)
    func finish()
    /// The stream ends here, though it is not whole.
    func fail(_ failure: StreamFailure)
    /// Bytes that wait for the client to read.
    var backlog: Int { get }
}

enum StreamFailure {
    /// The worker broke it off, or was lost.
    case broken
    /// No worker has begun it in time.
    case late
    /// The stream has ended already, or has a reader: a key is good for one answer.
    case taken
    /// The client does not read.
    case slow
    case full
}
