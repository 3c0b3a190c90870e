/// Who is in which room. Each socket is also, without being noted here, alone in a room of its own name.
struct Rooms {
    private var members: [String: Set<String>] = [:]
    private var rooms: [String: Set<String>] = [:]

    var count: Int {
        members.count
    }

    mutating func join(_ sid: String, _ room: String) {
        members[room, default: []].insert(sid)
        rooms[sid, default: []].insert(room)
    }

    mutating func leave(_ sid: String, _ room: String) {
        remove(sid, from: room)
        rooms[sid]?.remove(room)
        if rooms[sid]?.isEmpty == true { rooms[sid] = nil }
    }

    /// The socket is gone.
    mutating func forget(_ sid: String) {
        for room in rooms.removeValue(forKey: sid) ?? [] { remove(sid, from: room) }
    }

    func sids(in room: String) -> Set<String> {
        members[room] ?? []
    }

    func rooms(of sid: String) -> Set<String> {
        rooms[sid] ?? []
    }

    /// Everyone in any of the rooms, once, without the excepted.
    func recipients(of targets: [String], except: [String]) -> Set<String> {
        var result: Set<String> = []
        for target in targets {
            result.insert(target)
            if let sids = members[target] { result.formUnion(sids) }
        }
        result.subtract(except)
        return result
    }

    private mutating func remove(_ sid: String, from room: String) {
        members[room]?.remove(sid)
        if members[room]?.isEmpty == true { members[room] = nil }
    }
}
