import CCrypt

/// One bcrypt hash: `$2b$12$` and 22 characters of salt, 31 of checksum.
struct Bcrypt {
    /// The cost of new hashes, which is Open WebUI's: 2^12 rounds.
    static let cost: UInt = 12

    /// The most that a stored hash may cost: 2^16 rounds, some seconds.
    private static let maximumCost: UInt = 16
    /// bcrypt takes no more of a password than this, and libcrypt refuses long ones, so the rest is cut off first.
    private static let significantBytes = 72
    private static let length = 60
    private static let checksumLength = 31

    /// Whether the hash has the kind and cost of new hashes.
    let isCurrent: Bool
    private let setting: String
    private let checksum: [UInt8]

    /// Reads the parameters; fails for other kinds of hashes and for a cost beyond the limit.
    init?(hash: String) {
        let fields = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard hash.utf8.count == Self.length, !hash.utf8.contains(0), fields.count == 4, fields[0].isEmpty,
            ["2a", "2b", "2y"].contains(fields[1]),
            fields[2].utf8.count == 2, let cost = UInt(fields[2]), cost <= Self.maximumCost
        else { return nil }
        isCurrent = fields[1] == "2b" && cost == Self.cost
        // All three prefixes mean one algorithm today, but libcrypt gives "2a" its historical treatment of some
        // non-ASCII passwords, which the libraries that wrote these hashes do not have.
        setting = "$2b$\(fields[2])$\(fields[3])"
        checksum = Array(hash.utf8.suffix(Self.checksumLength))
    }

    /// Returns a new hash, or `nil` when libcrypt refuses.
    static func hash(_ password: String) -> String? {
        let salt = Random.bytes(16).map { CChar(truncatingIfNeeded: $0) }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$2b$", cost, salt, Int32(salt.count), &setting, Int32(setting.count)) != nil
        else { return nil }
        return crypt(password, setting: setting).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the password fits. Checksums are compared in constant time; the salt is not, since its last character
    /// has unused bits that some writers left set.
    func verify(_ password: String) -> Bool {
        guard let computed = Self.crypt(password, setting: setting.utf8CString.map { $0 }) else { return false }
        return constantTimeEquals(Array(computed.suffix(Self.checksumLength)), checksum)
    }

    private static func crypt(_ password: String, setting: [CChar]) -> [UInt8]? {
        let phrase = password.utf8.prefix(significantBytes).map { CChar(truncatingIfNeeded: $0) } + [0]
        let size = Int(crypt_work_area_size())
        let area = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        area.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        defer { area.deallocate() }
        guard let result = crypt_rn(phrase, setting, area, Int32(size)) else { return nil }
        let text = String(cString: result)
        return text.utf8.count == length ? Array(text.utf8) : nil
    }
}
