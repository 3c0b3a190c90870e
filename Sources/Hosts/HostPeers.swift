import Core
import Logging
import Postgres
import Wire

/// Keeps track of the other hosts and hands on what they say, in the thread that listens.
struct HostPeers {
    /// Milliseconds between two signs of life.
    static let interval = 2000

    /// How far a host's messages were read.
    private struct Peer {
        var epoch: String
        var number: Int
    }

    let epoch: String
    private let session: HostSession
    private let link: DaemonLink
    private let database: Connection
    private let log: Logger
    private var peers: [String: Peer] = [:]
    /// Hosts that are up.
    private var others: Set<String> = []
    private var nextBeat = 0.0
    private var nextCleaning = 0.0

    init(_ session: HostSession, _ link: DaemonLink, epoch: String, database: Connection, log: Logger) {
        self.session = session
        self.link = link
        self.epoch = epoch
        self.database = database
        self.log = log
    }

    mutating func heed(_ notifications: [Listener.Notification]) {
        for notification in notifications {
            if notification == .reconnected {
                // Nobody knows what was said meanwhile.
                for host in peers.keys { lose(host) }
                peers = [:]
            } else if let message = HostMessage(payload: notification.payload), message.host != link.name {
                heed(message)
            }
        }
        if Clock.monotonicSeconds >= nextBeat { beat() }
    }

    private mutating func heed(_ message: HostMessage) {
        if let peer = peers[message.host] {
            // What was sent twice, because the answer of the database was lost, is heard once.
            if peer.epoch == message.epoch, message.number <= peer.number { return }
            if peer.epoch != message.epoch || message.number != peer.number + 1 { lose(message.host) }
        }
        peers[message.host] = Peer(epoch: message.epoch, number: message.number)
        if !others.contains(message.host) { beat() }
        do {
            for part in try HostMessage.decode(parts(of: message)) where part.target.isEmpty || part.target == link.name
            {
                if let frame = session.receive(part.frame, from: message.host) { link.send(frame) }
            }
        } catch {
            log.warning(
                "A host's message could not be read",
                metadata: ["host": "\(message.host)", "error": "\(error)"]
            )
            lose(message.host)
        }
    }

    private func parts(of message: HostMessage) throws -> [UInt8] {
        switch message.body {
        case .parts(let bytes): return bytes
        case .row(let id):
            guard let bytes = try HostStore.parts(of: id, database) else { throw FrameError("The message is gone") }
            return bytes
        }
    }

    private func lose(_ host: String) {
        for frame in session.lose(host) { link.send(frame) }
    }

    /// Says that this host is up, and sees who else is.
    mutating func beat() {
        let now = Clock.monotonicSeconds
        nextBeat = now + Double(Self.interval) / 1000
        do {
            let present = try HostStore.beat(link.name, epoch: epoch, database)
            for host in others.subtracting(present) {
                log.notice("A host is away", metadata: ["host": "\(host)"])
                lose(host)
                peers[host] = nil
            }
            if present.isEmpty != others.isEmpty { link.send(.link(isOpen: !present.isEmpty)) }
            others = present
            guard now >= nextCleaning else { return }
            nextCleaning = now + 60
            try HostStore.clean(database)
        } catch {
            log.warning("The other hosts can not be seen", metadata: ["error": "\(error)"])
        }
    }

    func end() {
        // The row ends by itself when it is not renewed.
        try? HostStore.remove(link.name, epoch: epoch, database)
    }
}
