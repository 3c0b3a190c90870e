import Core
import Events
import Synchronization
import Wire

/// A connection to the local daemon by which it hears of other hosts. One thread reads; any may send.
final class DaemonLink: Sendable {
    /// How the daemon calls itself.
    let name: String
    private let socket: EventsSocket
    private let sending = Mutex(())
    /// What came together with the daemon's answer.
    private let decoder: Mutex<EventFrameDecoder>

    /// Seconds that a write waits for a daemon that does not read.
    private static let sendTimeout = 5

    /// Nil when the daemon does not listen, or has a link already.
    init?(socketPath: String) {
        guard let socket = try? EventsSocket(path: socketPath, sendTimeout: Self.sendTimeout),
            let frame = try? EventFrame.link(isOpen: false).encoded(), socket.send(frame)
        else { return nil }
        var decoder = EventFrameDecoder()
        var answer: EventFrame?
        while answer == nil {
            let bytes = socket.receive()
            if bytes.isEmpty { return nil }
            decoder.append(bytes)
            do { answer = try decoder.next() } catch { return nil }
        }
        // A blank parts the fields of a message.
        guard case .linked(let name, _) = answer, !name.isEmpty, !name.contains(" ") else { return nil }
        self.name = name
        self.socket = socket
        self.decoder = Mutex(decoder)
    }

    /// - Returns: false when the connection is of no further use.
    @discardableResult
    func send(_ frame: EventFrame) -> Bool {
        guard let bytes = try? frame.encoded() else { return true }
        let isSent = sending.withLock { _ in socket.send(bytes) }
        if !isSent { close() }
        return isSent
    }

    /// Waits for frames of the daemon; nil at the end of the connection.
    func receive() -> [EventFrame]? {
        while true {
            let bytes = socket.receive()
            if bytes.isEmpty { return nil }
            let frames = decoder.withLock { decoder -> [EventFrame]? in
                decoder.append(bytes)
                var frames: [EventFrame] = []
                do {
                    while let frame = try decoder.next() { frames.append(frame) }
                } catch {
                    return nil
                }
                return frames
            }
            guard let frames else { return nil }
            if !frames.isEmpty { return frames }
        }
    }

    /// Ends the connection; the reading thread wakes.
    func close() {
        socket.shutdown()
    }
}
