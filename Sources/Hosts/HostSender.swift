import Core
import Logging
import Postgres
import Wire

/// Writes what waits to be sent to other hosts into the database, in one thread.
struct HostSender {
    let session: HostSession
    let link: DaemonLink
    let epoch: String
    let database: Connection
    let log: Logger
    private var number = 0

    init(_ session: HostSession, _ link: DaemonLink, epoch: String, database: Connection, log: Logger) {
        self.session = session
        self.link = link
        self.epoch = epoch
        self.database = database
        self.log = log
    }

    /// Sends until the session is over. The first message says no more than that this host is up.
    mutating func run() {
        send([])
        while let batch = session.take() {
            // The others miss a number, and know what that means.
            if batch.isIncomplete {
                number += 1
                log.warning("The database is slow: events for other hosts were dropped")
            }
            let parts = batch.items.compactMap(part)
            if !parts.isEmpty { send(parts) }
        }
    }

    private func part(_ item: HostSession.Item) -> HostMessage.Part? {
        switch item.target {
        case .all: return HostMessage.Part(target: "", frame: item.frame)
        case .host(let name): return HostMessage.Part(target: name, frame: item.frame)
        case .holder(let sid):
            if let name = try? HostStore.holder(of: sid, database), name != link.name {
                return HostMessage.Part(target: name, frame: item.frame)
            }
            if case .call(let correlation, _, _, _) = item.frame {
                link.send(.noAnswer(correlation: correlation, reason: .unknownSocket))
            }
            return nil
        }
    }

    /// Tries as long as the database is away: others count the messages.
    private mutating func send(_ parts: [HostMessage.Part]) {
        number += 1
        let bytes = HostMessage.encode(parts)
        var pause = 50
        while !session.isClosed {
            do {
                return try HostStore.send(bytes, host: link.name, epoch: epoch, number: number, database)
            } catch let error as PostgresError where error.isConnectionLost {
                Clock.sleep(milliseconds: pause)
                pause = min(pause * 2, 1000)
            } catch {
                return log.error("Events for other hosts could not be sent", metadata: ["error": "\(error)"])
            }
        }
    }
}
