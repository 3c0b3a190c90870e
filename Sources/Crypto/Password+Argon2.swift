import CArgon2

/// One argon2 hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`.
struct Argon2 {
    /// The parameters of new hashes: OWASP's recommendation for argon2id.
    static let memoryKiB: UInt32 = 19456
    static let passes: UInt32 = 2
    static let lanes: UInt32 = 1
    static let saltLength = 16
    static let tagLength = 32

    /// The most that a stored hash may ask of this machine: 256 MiB, 20 passes, 16 lanes (each lane is a thread).
    private static let maximumMemoryKiB: UInt32 = 256 * 1024
    private static let maximumPasses: UInt32 = 20
    private static let maximumLanes: UInt32 = 16
    private static let maximumHashLength = 512

    /// Whether the hash has the kind and the parameters of new hashes.
    let isCurrent: Bool
    private let hash: String
    private let kind: argon2_type

    /// Reads the parameters; fails for other kinds of hashes and for parameters beyond the limits.
    init?(hash: String) {
        let fields = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard hash.utf8.count <= Self.maximumHashLength, !hash.utf8.contains(0), fields.count == 6,
            fields[0].isEmpty, fields[2] == "v=19"
        else { return nil }
        switch fields[1] {
        case "argon2id": kind = Argon2_id
        case "argon2i": kind = Argon2_i
        default: return nil
        }
        let costs = fields[3].split(separator: ",", omittingEmptySubsequences: false)
        guard costs.count == 3,
            let memory = Self.number(costs[0], named: "m="), memory <= Self.maximumMemoryKiB,
            let passes = Self.number(costs[1], named: "t="), passes <= Self.maximumPasses,
            let lanes = Self.number(costs[2], named: "p="), lanes <= Self.maximumLanes
        else { return nil }
        isCurrent =
            kind == Argon2_id && memory == Self.memoryKiB && passes == Self.passes && lanes == Self.lanes
        self.hash = hash
    }

    private static func number(_ field: Substring, named name: String) -> UInt32? {
        field.hasPrefix(name) ? UInt32(field.dropFirst(name.count)) : nil
    }

    /// Returns a new hash, or `nil` when memory is short.
    static func hash(_ password: String) -> String? {
        let salt = Random.bytes(saltLength)
        let length = argon2_encodedlen(
            passes,
            memoryKiB,
            lanes,
            UInt32(saltLength),
            UInt32(tagLength),
            Argon2_id
        )
        var encoded = [CChar](repeating: 0, count: length)
        let result = argon2id_hash_encoded(
            passes,
            memoryKiB,
            lanes,
            password,
            password.utf8.count,
            salt,
            salt.count,
            tagLength,
            &encoded,
            length
        )
        guard result == ARGON2_OK.rawValue else { return nil }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    /// Whether the password fits. The library compares in constant time.
    func verify(_ password: String) -> Bool {
        argon2_verify(hash, password, password.utf8.count, kind) == ARGON2_OK.rawValue
    }
}
