import Wire

/// Decides which frames go to which host, and knows what of other hosts hangs on this one's daemon. No I/O.
///
/// A daemon's link gives frames of local workers, and takes those of workers elsewhere. Events, rooms and subscriptions go to all; what belongs to
/// one stream, call or subscription goes to the host it belongs to.
struct HostRouter {
    enum Target: Equatable {
        case all
        case host(String)
        /// The host whose daemon holds the socket. A call goes there; when there is none, it is answered with `unknownSocket`.
        case holder(sid: String)
    }

    /// What is remembered of streams that other hosts want; most of them are written there after all.
    private static let maximumWishes = 50_000

    /// Hosts whose clients read streams that are written here, or will be.
    private var readers: [String: String] = [:]
    private var wishes: [String] = []
    /// Hosts that write streams which clients here read.
    private var writers: [String: String] = [:]
    private var subscribers: [String: String] = [:]
    private var calls: [UInt64: (host: String, correlation: UInt64)] = [:]
    private var lastCall: UInt64 = 0

    /// Where a frame of the local daemon goes; nil for nowhere.
    mutating func route(_ frame: EventFrame) -> (target: Target, frame: EventFrame)? {
        switch frame {
        case .emit, .join, .leave, .close, .subscribe, .unsubscribe, .streamWanted: return (.all, frame)
        case .call(_, let sid, _, _): return (.holder(sid: sid), frame)
        case .answer(let id, let arguments):
            return calls.removeValue(forKey: id).map {
                (.host($0.host), .answer(correlation: $0.correlation, arguments: arguments))
            }
        case .noAnswer(let id, let reason):
            return calls.removeValue(forKey: id).map {
                (.host($0.host), .noAnswer(correlation: $0.correlation, reason: reason))
            }
        case .incoming(let name, _, _): return subscribers[name].map { (.host($0), frame) }
        case .streamHead(let key, _, _), .streamWrite(let key, _): return readers[key].map { (.host($0), frame) }
        case .streamEnd(let key), .streamFail(let key):
            return readers.removeValue(forKey: key).map { (.host($0), frame) }
        case .streamGone(let key): return writers.removeValue(forKey: key).map { (.host($0), frame) }
        case .streamExpect, .ping, .statisticsQuery, .link, .pong, .statistics, .linked: return nil
        }
    }

    /// What the local daemon is told because of a frame of another host.
    mutating func receive(_ frame: EventFrame, from host: String) -> EventFrame? {
        switch frame {
        case .emit, .join, .leave, .close, .incoming, .answer, .noAnswer: break
        case .call(let correlation, let sid, let event, let milliseconds):
            lastCall += 1
            calls[lastCall] = (host, correlation)
            return .call(correlation: lastCall, sid: sid, event: event, timeoutMilliseconds: milliseconds)
        case .subscribe(let name): subscribers[name] = host
        case .unsubscribe(let name):
            guard subscribers[name] == host else { return nil }
            subscribers[name] = nil
        case .streamWanted(let key): wish(key, of: host)
        case .streamHead(let key, _, _), .streamWrite(let key, _): writers[key] = host
        case .streamEnd(let key), .streamFail(let key): writers[key] = nil
        case .streamGone(let key): readers[key] = nil
        case .streamExpect, .ping, .statisticsQuery, .link, .pong, .statistics, .linked: return nil
        }
        return frame
    }

    /// What the local daemon is told when a host is gone, or when something that it said was lost: its streams here are no longer whole.
    mutating func lose(_ host: String) -> [EventFrame] {
        let broken = writers.filter { $0.value == host }.keys.sorted()
        let unread = readers.filter { $0.value == host }.keys.sorted()
        let unheard = subscribers.filter { $0.value == host }.keys.sorted()
        for key in broken { writers[key] = nil }
        for key in unread { readers[key] = nil }
        for name in unheard { subscribers[name] = nil }
        calls = calls.filter { $0.value.host != host }
        return broken.map { .streamFail(key: $0) } + unread.map { .streamGone(key: $0) }
            + unheard.map { .unsubscribe(name: $0) }
    }

    private mutating func wish(_ key: String, of host: String) {
        if readers.updateValue(host, forKey: key) == nil { wishes.append(key) }
        guard wishes.count > Self.maximumWishes else { return }
        // The older half: what is still read of it is rare, and breaks off.
        for old in wishes.prefix(Self.maximumWishes / 2) { readers[old] = nil }
        wishes.removeFirst(Self.maximumWishes / 2)
    }
}
