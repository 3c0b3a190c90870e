import Core

/// Where a text lies among all texts, according to a model: a vector of length 1 (or of zeros, if the model gave nothing else).
struct Embedding: Equatable {
    /// More than any model in use gives.
    static let maximumDimensions = 16_384

    let components: [Float]

    var dimensions: Int { components.count }

    /// - Returns: nil for what is no list of numbers, is empty or too long.
    init?(_ json: JSONValue) {
        guard let numbers = json.array, (1...Self.maximumDimensions).contains(numbers.count) else { return nil }
        let values = numbers.compactMap(\.double)
        guard values.count == numbers.count else { return nil }
        // Scaled first, so that squares of large numbers do not overflow.
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard largest.isFinite else { return nil }
        guard largest > 0 else {
            components = values.map { _ in 0 }
            return
        }
        let length = values.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
        components = values.map { Float($0 / largest / length) }
    }

    /// - Parameter bytes: as `bytes` gives them; nil for another number of them.
    init?(bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: 4) else { return nil }
        components = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map { start in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
            }
        }
    }

    /// Four for each component, the lowest first.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * dimensions)
        for component in components {
            withUnsafeBytes(of: component.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Half of one plus the cosine between the two: 1 for the same direction, 0 for the opposite one. Both have the same dimensions.
    func closeness(to other: Embedding) -> Double {
        var cosine: Float = 0
        for index in 0..<min(dimensions, other.dimensions) { cosine += components[index] * other.components[index] }
        return min(max((1 + Double(cosine)) / 2, 0), 1)
    }
}
