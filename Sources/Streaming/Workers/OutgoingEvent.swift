import NIOCore
import Wire

/// A Socket.IO event encoded once for all who receive it; the buffers' storage is shared between them.
struct OutgoingEvent {
    /// An Engine.IO text packet, `42…` or `45N-…`.
    let text: ByteBuffer
    let attachments: [ByteBuffer]

    /// The JSON is `["name",argument…]`; an id asks the client for an answer.
    init(json: [UInt8], attachments: [[UInt8]] = [], id: UInt64? = nil) {
        var text = ByteBuffer()
        text.reserveCapacity(json.count + 24)
        if attachments.isEmpty {
            text.writeStaticString("42")
        } else {
            text.writeString("45\(attachments.count)-")
        }
        if let id { text.writeString(String(id)) }
        text.writeBytes(json)
        self.text = text
        self.attachments = attachments.map { ByteBuffer(bytes: $0) }
    }

    /// The answer to a client's event.
    init(acknowledging id: UInt64, arguments json: [UInt8]) {
        text = ByteBuffer(bytes: Array("43\(id)".utf8) + json)
        attachments = []
    }
}

/// Who can be a member of a room.
protocol Recipient: AnyObject {
    var sid: String { get }
    func deliver(_ event: OutgoingEvent)
    /// Disconnects the client, and tells it not to come back by itself.
    func dismiss()
}
