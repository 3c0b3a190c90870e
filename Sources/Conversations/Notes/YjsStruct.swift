/// A run of consecutive ids of one client in a Yjs document: an item with its content, or the place of one that is gone.
struct YjsStruct {
    /// The lower five bits of the first byte.
    enum Kind: UInt8 {
        /// Content that is deleted, with all that was known of its place.
        case collected = 0
        /// Deleted content; its place is kept.
        case deleted
        case json
        case binary
        case text
        case embed
        case format
        case type
        case any
        case document
        /// A gap: ids of which this update knows nothing.
        case skip
    }

    private static let hasOrigin: UInt8 = 0x80
    private static let hasRightOrigin: UInt8 = 0x40
    private static let hasKey: UInt8 = 0x20

    let client: UInt64
    let clock: UInt64
    private(set) var length: UInt64
    private(set) var kind: Kind
    /// The first byte without the kind.
    private let flags: UInt8
    /// What the item was put behind, if anything.
    private let origin: ID?
    /// From the second byte to the content: the neighbours when it was made, or else the parent.
    private let place: ArraySlice<UInt8>
    private let rightOrigin: ArraySlice<UInt8>
    private(set) var content: ArraySlice<UInt8>

    private struct ID: Equatable {
        let client: UInt64
        let clock: UInt64
    }

    var clocks: Range<UInt64> { clock..<(clock + length) }

    init(client: UInt64, clock: UInt64, _ reader: inout YjsReader) throws(YjsError) {
        self.client = client
        self.clock = clock
        let info = try reader.byte()
        guard let kind = Kind(rawValue: info & 0x1F) else { throw YjsError("Content of an unknown kind") }
        self.kind = kind
        flags = info & 0xE0
        let start = reader.position
        if kind == .collected || kind == .skip {
            (origin, rightOrigin, place) = (nil, [], [])
        } else {
            origin = flags & Self.hasOrigin != 0 ? ID(client: try reader.number(), clock: try reader.number()) : nil
            let middle = reader.position
            if flags & Self.hasRightOrigin != 0 { _ = (try reader.number(), try reader.number()) }
            rightOrigin = reader.slice(from: middle)
            if flags & (Self.hasOrigin | Self.hasRightOrigin) == 0 {
                if try reader.number() == 1 {
                    _ = try reader.text()
                } else {
                    _ = (try reader.number(), try reader.number())
                }
                if flags & Self.hasKey != 0 { _ = try reader.text() }
            }
            place = reader.slice(from: start)
        }
        (length, content) = try Self.content(of: kind, &reader)
        guard length > 0 else { throw YjsError("A struct without length") }
    }

    /// Passes over the content. That of a text is given without its length, that of the deleted not at all.
    private static func content(
        of kind: Kind,
        _ reader: inout YjsReader
    ) throws(YjsError) -> (UInt64, ArraySlice<UInt8>) {
        let start = reader.position
        var length: UInt64 = 1
        switch kind {
        case .collected, .deleted, .skip: return (try reader.number(), [])
        case .text:
            let text = try reader.text()
            return (utf16Length(text), text)
        case .json:
            length = UInt64(try reader.count())
            for _ in 0..<length { _ = try reader.text() }
        case .any:
            length = UInt64(try reader.count())
            for _ in 0..<length { try reader.skipAny() }
        case .binary: _ = try reader.blob()
        case .embed: _ = try reader.text()
        case .format: _ = (try reader.text(), try reader.text())
        case .type:
            switch try reader.number() {
            case 0, 1, 2, 4, 6: break
            case 3, 5: _ = try reader.text()  // An element's name, a hook's name.
            default: throw YjsError("A type of an unknown kind")
            }
        case .document:
            _ = try reader.text()
            try reader.skipAny()
        }
        return (length, reader.slice(from: start))
    }

    /// JavaScript counts UTF-16 units.
    private static func utf16Length(_ utf8: ArraySlice<UInt8>) -> UInt64 {
        utf8.reduce(0) { $0 + ($1 >= 0xF0 ? 2 : $1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    private init(gapOf client: UInt64, _ clocks: Range<UInt64>) {
        (self.client, clock, length, kind) = (client, clocks.lowerBound, UInt64(clocks.count), .skip)
        (flags, origin, rightOrigin, place, content) = (0, nil, [], [], [])
    }

    /// Ids of which nothing is known.
    static func gap(of client: UInt64, _ clocks: Range<UInt64>) -> YjsStruct {
        YjsStruct(gapOf: client, clocks)
    }

    func write(to writer: inout YjsWriter) {
        writer.append(CollectionOfOne(flags | kind.rawValue))
        writer.append(place)
        switch kind {
        case .collected, .deleted, .skip: writer.number(length)
        case .text:
            writer.number(UInt64(content.count))
            writer.append(content)
        default: writer.append(content)
        }
    }

    // MARK: - Taking less room

    /// Gives up content that is deleted, as Yjs itself does when it tidies up. Types stay, since others lie inside them.
    mutating func giveUpContent() {
        switch kind {
        case .json, .binary, .text, .embed, .format, .any, .document:
            kind = .deleted
            content = []
        case .collected, .deleted, .type, .skip: break
        }
    }

    /// Takes in the next struct of the client if the two say the same as one longer struct: a letter put right behind another.
    /// - Returns: whether it did.
    mutating func join(_ next: YjsStruct) -> Bool {
        guard next.client == client, next.clock == clocks.upperBound, next.kind == kind else { return false }
        switch kind {
        case .collected: break
        case .deleted, .text:
            guard next.origin == ID(client: client, clock: next.clock - 1), next.rightOrigin == rightOrigin,
                flags & Self.hasKey == 0, next.flags & Self.hasKey == 0
            else { return false }
            content += next.content
        default: return false
        }
        length += next.length
        return true
    }
}
