import Core
import Postgres

/// The ids of a stored history, and what a save that lacks some of them means.
///
/// A client always sends its whole history. One that lacks stored messages has either deleted them, or has not heard of them (a second tab).
/// It is taken for a deletion when it adds nothing new. Two kinds of messages stay in any case: an answer that is being written with the
/// messages it answers, and those of another tab that is known not to have heard of this one (`Fork`).
struct StoredTree {
    private var parents: [String: String?] = [:]
    private var streaming: [String] = []
    private(set) var forks: [Fork]

    init(forks: [Fork] = []) {
        self.forks = forks
    }

    mutating func add(id: String, parent: String?, isStreaming: Bool) {
        parents.updateValue(parent, forKey: id)
        if isStreaming { streaming.append(id) }
    }

    /// Takes note when a save with these ids shows that its tab has not heard of another one's messages.
    mutating func noteFork(by sent: Set<String>) {
        let new = sent.filter { parents[$0] == nil }
        let unknown = parents.keys.filter { !sent.contains($0) }
        if !new.isEmpty, !unknown.isEmpty { forks.append(Fork(new: new, unknown: Set(unknown))) }
    }

    /// The stored messages that a save with these ids removes.
    func removable(by sent: Set<String>) -> [String] {
        guard sent.allSatisfy({ parents[$0] != nil }) else { return [] }
        let kept = forks.reduce(busy) { $0.union($1.keeps(from: sent)) }
        return parents.keys.filter { !sent.contains($0) && !kept.contains($0) }
    }

    /// Whether such a save has not heard of an answer that is being written.
    func keepsBusy(without sent: Set<String>) -> Bool {
        !busy.isSubset(of: sent)
    }

    /// The answers being written and their ancestors; a cycle ends the walk.
    private var busy: Set<String> {
        var found: Set<String> = []
        for id in streaming {
            var next: String? = id
            while let id = next, let parent = parents[id], found.insert(id).inserted { next = parent }
        }
        return found
    }
}

/// Messages that one tab added while it had not heard of others that were stored already. Until somebody reads the chat anew, a tab that
/// has the ones does not know the others, and can not mean to delete them.
struct Fork: Equatable {
    let new: Set<String>
    let unknown: Set<String>

    /// A chat keeps the last ones.
    static let limit = 50

    func keeps(from sent: Set<String>) -> Set<String> {
        (sent.isDisjoint(with: new) ? [] : unknown).union(sent.isDisjoint(with: unknown) ? [] : new)
    }

    /// Reads the column `forks` of a chat.
    static func list(_ json: String?) throws -> [Fork] {
        guard let json else { return [] }
        let ids = { (value: JSONValue?) in Set(value?.array?.compactMap(\.string) ?? []) }
        return try JSONValue(parsing: json).array?.map { Fork(new: ids($0["new"]), unknown: ids($0["unknown"])) } ?? []
    }

    static func json(_ forks: [Fork]) -> RawJSON? {
        if forks.isEmpty { return nil }
        return RawJSON(
            .array(
                forks.suffix(limit).map { ["new": JSONValue(Array($0.new)), "unknown": JSONValue(Array($0.unknown))] }
            )
        )
    }
}
