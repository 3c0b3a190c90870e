/// One Yjs update taken apart (version 1 of the encoding, as `Y.encodeStateAsUpdate` writes it and `Y.applyUpdate` reads it).
///
/// A document's items are called structs here as they are in Yjs: each has an id, its author's client and the author's clock, and
/// takes as many ticks of the clock as it is long. Items refer to each other by id and never by place, so that they can be
/// copied from one update into another byte by byte. The document itself is never built.
struct YjsUpdate {
    /// In the order they were written; those of one client by rising clock.
    private(set) var structs: [YjsStruct] = []
    private(set) var deletions = YjsDeletions()

    /// Structs of one update, and of all that are merged at once; each takes some 160 bytes of memory.
    static let maximumStructs = 500_000
    /// What a document without any content encodes to.
    static let empty: [UInt8] = [0, 0]

    var isEmpty: Bool { structs.isEmpty && deletions.isEmpty }

    /// - Throws: `YjsError` for what is no update. The work is bounded by the number of bytes.
    init(_ bytes: [UInt8]) throws(YjsError) {
        var reader = YjsReader(bytes[...])
        for _ in 0..<(try reader.count()) {
            let structCount = try reader.count()
            let client = try reader.number()
            var clock = try reader.number()
            guard structs.count + structCount <= Self.maximumStructs else { throw YjsError("Too many structs") }
            for _ in 0..<structCount {
                let next = try YjsStruct(client: client, clock: clock, &reader)
                clock += next.length
                guard clock <= YjsReader.maximumNumber else { throw YjsError("A clock is too large") }
                structs.append(next)
            }
        }
        for _ in 0..<(try reader.count()) {
            let client = try reader.number()
            for _ in 0..<(try reader.count()) {
                let (clock, length) = (try reader.number(), try reader.number())
                guard length > 0, clock + length <= YjsReader.maximumNumber else {
                    throw YjsError("An impossible deletion")
                }
                deletions.insert(clock..<(clock + length), of: client)
            }
        }
        guard reader.isAtEnd else { throw YjsError("Bytes after the end of the update") }
    }
}

struct YjsError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// What is deleted: ranges of clocks by client.
struct YjsDeletions {
    private(set) var ranges: [UInt64: [Range<UInt64>]] = [:]

    var isEmpty: Bool { ranges.isEmpty }

    mutating func insert(_ range: Range<UInt64>, of client: UInt64) {
        ranges[client, default: []].append(range)
    }

    mutating func formUnion(_ other: YjsDeletions) {
        ranges.merge(other.ranges, uniquingKeysWith: +)
    }

    /// The same with ranges in order that neither touch nor overlap.
    func normalized() -> YjsDeletions {
        var result = YjsDeletions()
        result.ranges = ranges.mapValues { ranges in
            var joined: [Range<UInt64>] = []
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = joined.last, range.lowerBound <= last.upperBound {
                    joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
                } else {
                    joined.append(range)
                }
            }
            return joined
        }
        return result
    }

    /// Whether all of a range is deleted. For normalized deletions only.
    func contain(_ range: Range<UInt64>, of client: UInt64) -> Bool {
        guard let ranges = ranges[client] else { return false }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= range.lowerBound
            && ranges[low].upperBound >= range.upperBound
    }
}
