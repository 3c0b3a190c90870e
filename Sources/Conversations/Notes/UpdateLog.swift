import Core
import Crypto
import Postgres

/// The updates of a note's document, in order: what the document is. A row of `note_document` stands for the whole and is locked by
/// whoever appends, and by whoever reads for somebody who joins; so there is no update between what he is given and what he hears.
enum UpdateLog {
    /// Bytes of one update. More does not fit into a Socket.IO message.
    static let maximumUpdate = 1_000_000
    /// Bytes of all updates of one document.
    static let maximumDocument = 16 << 20
    /// With so many entries, the older ones are merged into one.
    static let mergeThreshold = 200
    /// The entries that are left as they came: pages may still send them back.
    private static let recentCount = 50

    struct Document {
        let position: Int
        let entries: Int
        let bytes: Int
    }

    /// - Returns: nil when nobody has opened the document yet.
    @discardableResult
    static func lock(_ note: String, _ database: Connection) throws -> Document? {
        try database.query(
            "select position, entries, bytes from note_document where note_id = \(note) for no key update"
        ).first.map { Document(position: try $0.int(0), entries: try $0.int(1), bytes: try $0.int(2)) }
    }

    /// Locks the document, which is made if need be.
    /// - Returns: nil when the note is gone.
    static func open(_ note: String, _ database: Connection) throws -> Document? {
        if let document = try lock(note, database) { return document }
        try database.execute(
            """
            insert into note_document (note_id) select id from note where id = \(note) for key share
            on conflict do nothing
            """
        )
        return try lock(note, database)
    }

    /// Forgets all updates. The document must be locked.
    static func clear(_ note: String, _ database: Connection) throws {
        try database.execute("delete from note_update where note_id = \(note)")
        try database.execute("update note_document set entries = 0, bytes = 0 where note_id = \(note)")
    }

    /// Adds an update to a document that is locked.
    /// - Returns: false when the log has it already.
    static func append(
        _ update: [UInt8],
        by sid: String?,
        to document: Document,
        of note: String,
        _ database: Connection
    ) throws -> Bool {
        let isNew = try database.execute(
            """
            insert into note_update (note_id, position, sid, update, hash)
            values (\(note), \(document.position + 1), \(sid), \(update), \(Digest.sha256(update)))
            on conflict (note_id, hash) do nothing
            """
        )
        if isNew == 0 { return false }
        try database.execute(
            """
            update note_document set position = position + 1, entries = entries + 1, bytes = bytes + \(update.count)
            where note_id = \(note)
            """
        )
        let entries = document.entries + 1
        // Where merging is not possible it is not tried again at once.
        if entries >= mergeThreshold, entries.isMultiple(of: recentCount) { try merge(note, database) }
        return true
    }

    /// Whether what a page wrote before this update never came. That happens when it lost its connection and went on writing: it
    /// does not send what it wrote meanwhile, and without that nobody can read what comes after.
    static func lacksPredecessor(
        of update: YjsUpdate,
        by sid: String,
        in note: String,
        _ database: Connection
    ) throws -> Bool {
        var starts: [UInt64: UInt64] = [:]
        for item in update.structs { starts[item.client] = min(starts[item.client] ?? item.clock, item.clock) }
        starts = starts.filter { $0.value > 0 }
        // Nothing is lost between two updates of one socket.
        let isKnown = try !database.query("select from note_update where note_id = \(note) and sid = \(sid) limit 1")
            .isEmpty
        if starts.isEmpty || isKnown { return false }
        for row in try database.query("select update from note_update where note_id = \(note)") {
            guard let known = try? YjsUpdate(row.bytes(0)) else { continue }
            for item in known.structs where item.kind != .skip {
                if let start = starts[item.client], item.clocks.contains(start - 1) { starts[item.client] = nil }
            }
            if starts.isEmpty { return false }
        }
        return true
    }

    /// Whether a page that sends back this update has seen everything that others wrote: what it shows is the whole document.
    static func isLatest(_ update: [UInt8], for sid: String, of note: String, _ database: Connection) throws -> Bool {
        try database.query(
            """
            select not exists (
                select from note_update later
                where later.note_id = u.note_id and later.position > u.position and later.sid is distinct from \(sid)
            )
            from note_update u where u.note_id = \(note) and u.hash = \(Digest.sha256(update))
            """
        ).first?.bool(0) ?? false
    }

    /// The document as one update, or as several that are to be applied in order; none when it is empty.
    static func state(of note: String, _ database: Connection) throws -> [[UInt8]] {
        let updates = try database.query("select update from note_update where note_id = \(note) order by position")
            .map { try $0.bytes(0) }
        return updates.count < 2 ? updates : merged(updates).map { [$0] } ?? updates
    }

    private static func merge(_ note: String, _ database: Connection) throws {
        let rows = try database.query(
            """
            select update, position, octet_length(update) from note_update
            where note_id = \(note) order by position
            """
        ).dropLast(recentCount)
        guard let last = rows.last, let merged = merged(try rows.map { try $0.bytes(0) }) else { return }
        let position = try last.int(1)
        let saved = try rows.reduce(0) { try $0 + $1.int(2) } - merged.count
        try database.execute("delete from note_update where note_id = \(note) and position <= \(position)")
        try database.execute(
            """
            insert into note_update (note_id, position, update, hash)
            values (\(note), \(position), \(merged), \(Digest.sha256(merged)))
            """
        )
        try database.execute(
            """
            update note_document set entries = entries - \(rows.count - 1), bytes = bytes - \(saved) where note_id = \(note)
            """
        )
    }

    /// Entries were read once before they were taken, so that none is malformed. Should the log be damaged, it stays as it is.
    private static func merged(_ updates: [[UInt8]]) -> [UInt8]? {
        do { return try YjsUpdate.merging(updates) } catch { return nil }
    }
}
