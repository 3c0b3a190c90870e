import NIOCore

/// How a session's packets reach its client.
protocol EngineTransport: AnyObject {
    /// - Parameter packet: an Engine.IO text packet with its kind's digit.
    func send(text packet: ByteBuffer)
    /// - Parameter bytes: a binary message.
    func send(binary bytes: ByteBuffer)
    func close(_ reason: CloseReason)
    /// Ends the connection at once, whatever waits to be sent.
    func drop()
    /// Bytes that wait for the client to read.
    var backlog: Int { get }
}

/// Why the daemon ends a client's connection; the raw value is the WebSocket's close code.
enum CloseReason: UInt16 {
    case normal = 1000
    case protocolError = 1002
    case notText = 1007
    case policy = 1008
    case tooLarge = 1009
    /// The service restarts.
    case goingAway = 1012
    case unauthorized = 4401
}
