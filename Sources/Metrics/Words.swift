import Synchronization

/// Memory as a row of words, each of which several threads and processes may read and write at once.
///
/// Unchecked: the memory is touched by atomic operations alone, and whoever hands out words keeps it mapped.
struct Words: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Atomic<Int>>

    static let size = MemoryLayout<Int>.size

    /// - Parameter memory: aligned to a word; zeros are words of value 0.
    init(_ memory: UnsafeMutableRawPointer) {
        base = memory.assumingMemoryBound(to: Atomic<Int>.self)
    }

    private init(base: UnsafeMutablePointer<Atomic<Int>>) {
        self.base = base
    }

    func dropping(_ count: Int) -> Words {
        Words(base: base + count)
    }

    subscript(_ index: Int) -> Int {
        get { base[index].load(ordering: .relaxed) }
        nonmutating set { base[index].store(newValue, ordering: .relaxed) }
    }

    /// Makes everything written before visible to whoever sees this value by `acquire`.
    func publish(_ value: Int, at index: Int) {
        base[index].store(value, ordering: .releasing)
    }

    func acquire(_ index: Int) -> Int {
        base[index].load(ordering: .acquiring)
    }

    @discardableResult
    func add(_ count: Int, at index: Int) -> Int {
        base[index].wrappingAdd(count, ordering: .relaxed).newValue
    }

    func raise(_ index: Int, to value: Int) {
        // Mostly it is no new height, and reading is all.
        if base[index].load(ordering: .relaxed) < value { _ = base[index].max(value, ordering: .relaxed) }
    }

    // MARK: - Text

    /// Writes as much of a text as fits; the rest is zeros.
    func write(_ text: String, at start: Int, count: Int) {
        var bytes = text.utf8.makeIterator()
        for index in 0..<count {
            var word: UInt64 = 0
            for shift in 0..<8 {
                guard let byte = bytes.next() else { break }
                word |= UInt64(byte) << UInt64(shift * 8)
            }
            self[start + index] = Int(bitPattern: UInt(word))
        }
    }

    func text(at start: Int, count: Int) -> String {
        Words.text((start..<start + count).map { self[$0] }[...])
    }

    /// The text in words that were copied. What was cut in the middle of a character ends before that.
    static func text(_ words: ArraySlice<Int>) -> String {
        var bytes: [UInt8] = []
        for word in words {
            for shift in 0..<8 {
                let byte = UInt8(truncatingIfNeeded: word >> (shift * 8))
                if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes.append(byte)
            }
        }
        while let last = bytes.last, String(validating: bytes, as: UTF8.self) == nil, last >= 0x80 {
            bytes.removeLast()
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
