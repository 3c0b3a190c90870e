/// What workers and streamd say to each other over the events socket.
///
/// A frame is its length (u32, big-endian, without itself), a byte for its kind, and its fields in order: numbers
/// big-endian, strings and bytes as a u32 length and their bytes, lists as a u32 count and their elements. Both ends
/// are of one release, but frames may grow at their end: what follows the known fields is ignored.
package enum EventFrame: Equatable, Sendable {
    // MARK: Worker to streamd

    /// Sends a Socket.IO event to each socket that is in one of the rooms, once.
    /// - `except`: socket ids that do not get it.
    /// - `event`: the packet's JSON, `["name",argument…]`, with attachments as `{"_placeholder":true,"num":0}`.
    case emit(rooms: [String], except: [String], event: [UInt8], attachments: [[UInt8]])
    /// Sends an event to one socket and waits for its answer, which comes back as `answer` with the same correlation.
    case call(correlation: UInt64, sid: String, event: [UInt8], timeoutMilliseconds: UInt32)
    case join(sid: String, rooms: [String])
    case leave(sid: String, rooms: [String])
    /// Disconnects every socket of a room, for good: clients do not come back by themselves.
    case close(room: String)

    /// Says who writes the stream, so that `streamGone` finds its way even before the first write.
    case streamExpect(key: String)
    /// Begins the HTTP answer of a stream.
    case streamHead(key: String, status: UInt16, headers: [Header])
    case streamWrite(key: String, bytes: [UInt8])
    case streamEnd(key: String)
    /// Breaks the answer off: the client sees that it is not whole.
    case streamFail(key: String)
    /// Between a daemon and its link: on the other side a client waits for this stream.
    case streamWanted(key: String)

    /// Asks for client events of this name as `incoming`; they are not asked about then.
    case subscribe(name: String)
    case unsubscribe(name: String)
    case ping(correlation: UInt64)
    case statisticsQuery(correlation: UInt64)
    /// This worker is the daemon's link to other hosts. While it is open it gets, as they came, the frames of other workers that may concern
    /// sockets elsewhere, and its own frames are those of workers elsewhere. `linked` answers.
    case link(isOpen: Bool)

    // MARK: streamd to worker

    /// The arguments of a client's answer to a `call`, as a JSON array.
    case answer(correlation: UInt64, arguments: [UInt8])
    case noAnswer(correlation: UInt64, reason: NoAnswer)
    /// The client of a stream went away before its end, or the key is unknown here (streamd was restarted).
    case streamGone(key: String)
    /// An event that was subscribed to; the arguments are a JSON array without the name.
    case incoming(name: String, sid: String, arguments: [UInt8])
    case pong(correlation: UInt64)
    case statistics(correlation: UInt64, json: [UInt8])
    /// The daemon's name and the present start of it; without a name there is a link already.
    case linked(name: String, epoch: String)

    package struct Header: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package enum NoAnswer: UInt8, Sendable {
        case timeout = 1
        case disconnected
        case unknownSocket
        /// The socket has too many unanswered calls.
        case tooManyCalls
    }

    /// Bytes of one frame without its length.
    package static let maximumLength = 64 << 20

    enum Kind: UInt8 {
        case emit = 1
        case call
        case join
        case leave
        case close
        case streamExpect = 16
        case streamHead
        case streamWrite
        case streamEnd
        case streamFail
        case streamWanted
        case subscribe = 32
        case unsubscribe
        case ping
        case statisticsQuery
        case link
        case answer = 64
        case noAnswer
        case streamGone
        case incoming
        case pong
        case statistics
        case linked
    }
}

/// Why bytes are no frame. The connection they came on is of no further use.
package struct FrameError: Error, Equatable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
