import Crypto
package import Postgres

/// The chain of hashes through the audit trail. Whoever changes, removes or slips in an entry must make all hashes after it anew, and
/// then the last one is not the one that somebody noted elsewhere.
package struct AuditChain: Sendable {
    /// A point of the chain, written `NUMBER:HASH`.
    package struct Mark: Sendable, Equatable, CustomStringConvertible {
        package let id: Int
        /// 64 hexadecimal digits in lower case.
        package let hash: String

        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let id = Int(parts[0]), id >= 0, parts[1].utf8.count == 64,
                parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else { return nil }
            self.id = id
            hash = String(parts[1])
        }

        init(id: Int, hash: [UInt8]) {
            self.id = id
            self.hash = Hex.encode(hash)
        }

        package var description: String { "\(id):\(hash)" }
    }

    package enum Result: Sendable, Equatable {
        /// The mark to note where the server can not reach it.
        case whole(Mark)
        /// With what is wrong, in words.
        case broken(String)
    }

    static let start = Digest.sha256(Array("swiftlet audit".utf8))
    private static let batch = 1000

    /// Computes every hash again, from the first entry to the last. A mark that was noted earlier must lie on the chain.
    package static func verify(contains known: Mark? = nil, _ database: Connection) throws -> Result {
        // One snapshot, so that entries that are added meanwhile are not taken for a wrong end.
        try database.transaction {
            try database.execute("set transaction isolation level repeatable read, read only")
            return try check(contains: known, database)
        }
    }

    /// The same inside a transaction of the caller's.
    package static func check(contains known: Mark? = nil, _ database: Connection) throws -> Result {
        var last = (id: 0, hash: start)
        var hasKnown = known == nil || known == Mark(id: 0, hash: start)
        while true {
            let entries = try AuditStore.following(last.id, limit: batch, database)
            for entry in entries {
                guard entry.id == last.id + 1 else { return .broken("Entry \(last.id + 1) is missing.") }
                guard entry.hash == entry.expectedHash(after: last.hash) else {
                    return .broken("Entry \(entry.id) is not as it was written, or an earlier one was taken out.")
                }
                last = (entry.id, entry.hash)
                if let known, known == Mark(id: entry.id, hash: entry.hash) { hasKnown = true }
            }
            if entries.count < batch { break }
        }
        guard let head = try AuditStore.head(database), head.id == last.id, head.hash == last.hash else {
            return .broken("The end is missing: entries after number \(last.id) were taken away.")
        }
        guard hasKnown else {
            return .broken("The mark \(known?.description ?? "") is not on the chain: the trail was written anew.")
        }
        return .whole(Mark(id: last.id, hash: last.hash))
    }
}
