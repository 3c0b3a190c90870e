import Testing
import Wire

@testable import Hosts

@Suite struct HostMessageTests {
    private let parts = [
        HostMessage.Part(target: "", frame: .close(room: "user:1")),
        HostMessage.Part(target: "höst", frame: .streamWrite(key: "k", bytes: [0, 255])),
    ]

    @Test func messagesAreReadAsTheyWereWritten() throws {
        let bytes = HostMessage.encode(parts)
        #expect(try HostMessage.decode(bytes) == parts)
        for body in [HostMessage.Body.parts(bytes), .row(12), .parts([])] {
            let message = HostMessage(host: "a", epoch: "e", number: 3, body: body)
            #expect(HostMessage(payload: message.payload) == message)
        }
    }

    @Test func theLongestInlineBodyFitsIntoANotification() {
        let message = HostMessage(
            host: String(repeating: "h", count: 255),
            epoch: "\(UInt64.max)",
            number: .max,
            body: .parts([UInt8](repeating: 1, count: HostMessage.maximumInline))
        )
        #expect(message.payload.utf8.count < 8000)
    }

    @Test(arguments: ["", "a", "a e 1", "a e x AA==", "a e 1 #x", "a e 1 ?", "a e 1 AA== more"])
    func whatIsNoMessageIsRefused(payload: String) {
        #expect(HostMessage(payload: payload) == nil)
    }

    @Test func aBodyThatEndsEarlyIsRefused() {
        let bytes = HostMessage.encode([parts[1]])
        for count in 1..<bytes.count {
            #expect(throws: FrameError.self) { try HostMessage.decode(Array(bytes.prefix(count))) }
        }
    }
}
