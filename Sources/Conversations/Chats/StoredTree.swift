/// The ids of a stored history, and what a save that lacks some of them means.
///
/// A client always sends its whole history. One that lacks stored messages has either deleted them, or has not heard of them (a second tab).
/// It is taken for a deletion when it adds nothing new; but an answer that is being written, and the messages it answers, stay in any case.
struct StoredTree {
    private var parents: [String: String?] = [:]
    private var streaming: [String] = []

    mutating func add(id: String, parent: String?, isStreaming: Bool) {
        parents[id] = parent
        if isStreaming { streaming.append(id) }
    }

    /// The stored messages that a save with these ids removes.
    func removable(by sent: Set<String>) -> [String] {
        guard sent.allSatisfy({ parents[$0] != nil }) else { return [] }
        let busy = busy
        return parents.keys.filter { !sent.contains($0) && !busy.contains($0) }
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
