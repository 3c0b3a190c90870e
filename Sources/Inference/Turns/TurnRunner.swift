import Accounts
import Conversations
import Core
import Events
import Logging
import Outbound
import Postgres

/// Makes answers, one after the other, on the thread that owns it.
final class TurnRunner {
    /// What all runners of a process share.
    struct Shared: Sendable {
        let pool: ConnectionPool
        let settings: LiveSettings
        let publisher: Publisher
        let checkpoints: Checkpoints
        let unheard = UnheardEnds()
        /// The process, as its turns name it.
        let owner: String
        let log: Logger
    }

    /// What a turn needs to know, read once at its beginning.
    struct Surroundings {
        let account: Account
        let catalog: Catalog
        let settings: Settings
    }

    let shared: Shared
    let source: CompletionSource
    private let meter: TurnMeter

    init(_ shared: Shared) {
        self.shared = shared
        meter = TurnMeter(shared.log)
        source = CompletionSource(http: HTTPClient(policy: .administrator), publisher: shared.publisher)
    }

    func run(_ turn: Turn, control: TurnControl) {
        meter.measure(turn) {
            switch turn.reply {
            case .events(let place): answerInEvents(turn, place, control)
            case .stream(let key): answerInStream(turn, key: key, control)
            }
        }
        shared.checkpoints.drop(turn.id)
        untilDone { try TurnStore.remove(turn.id, owner: self.shared.owner, $0) }
    }

    /// Ends a turn of a process that died: its text stays, with a mark that says why it stops. An answer that had ended before, so that only
    /// its title or the like was still to come, is as good as it was.
    func close(_ turn: Turn) {
        meter.count(.interrupted)
        let message = "The answer was interrupted when the server stopped. The text so far was kept."
        switch turn.reply {
        case .events(let place):
            let events = TurnEvents(publisher: shared.publisher, accountID: turn.accountID, place: place)
            // The text of a temporary chat has no checkpoints, which would have it count as shown before its end.
            var isCutOff = !turn.isShown
            if place.isStored {
                untilDone {
                    isCutOff = try MessageStore.finish(
                        place.messageID,
                        of: place.chatID,
                        content: nil,
                        patch: ["error": ["content": .string(message)], "done": true],
                        unlessEnded: true,
                        $0
                    )
                }
            }
            let error = events.payload("chat:message:error", ["error": ["content": .string(message)]])
            let cancel = events.payload("chat:tasks:cancel", nil)
            tellEnd(events, isCutOff ? [error, cancel] : [cancel])
        case .stream(let key):
            shared.publisher.stream(key: key).fail()
        }
        untilDone { try TurnStore.remove(turn.id, owner: self.shared.owner, $0) }
    }

    /// Tells the end of an answer, now and, if no page hears it, to those that come soon.
    func tellEnd(_ events: TurnEvents, _ payloads: [[UInt8]]) {
        let accountID = events.accountID
        var isHeard = (try? shared.pool.use { try SocketSessionStore.hasAny(account: accountID, $0) }) ?? false
        for payload in payloads where !events.emit(payload) { isHeard = false }
        if shared.publisher.isNew { isHeard = false }
        if !isHeard { shared.unheard.put(payloads, of: accountID) }
    }

    /// Puts a turn that was not begun back into the queue.
    func release(_ turn: Turn) {
        untilDone { try TurnStore.release(turn.id, owner: self.shared.owner, $0) }
    }

    /// - Throws: `Refusal` when the account is gone.
    func surroundings(of turn: Turn) throws -> Surroundings {
        try shared.pool.use { database in
            try shared.settings.refresh(toVersion: SettingsStore.version(database), database)
            guard let account = try Account.find(turn.accountID, database) else {
                throw Refusal(message: "The account does not exist any more.")
            }
            return Surroundings(
                account: account,
                catalog: try CatalogCache.process.catalog(shared.settings, database),
                settings: shared.settings.current
            )
        }
    }

    /// Runs a write that must not be lost, again and again while the database is away, full or busy with another's.
    func untilDone(_ write: (Connection) throws -> Void) {
        var pause = 100
        while true {
            do {
                return try shared.pool.use(write)
            } catch let error as PostgresError where error.isPassing {
                shared.log.warning("the end of an answer could not be saved yet", metadata: ["error": "\(error)"])
                Clock.sleep(milliseconds: pause)
                pause = min(pause * 2, 2000)
            } catch {
                return shared.log.error("the end of an answer could not be saved", metadata: ["error": "\(error)"])
            }
        }
    }
}

extension PostgresError {
    /// Whether the same write may succeed a little later.
    fileprivate var isPassing: Bool {
        isConnectionLost || isDiskFull || isSerializationFailure || isCancelled
    }
}

/// Why there is no answer, in words for the user.
struct Refusal: Error {
    let message: String
    /// What is saved and told; the provider's own error where it gave one.
    var content: JSONValue

    init(message: String) {
        self.message = message
        content = .string(message)
    }

    init(content: JSONValue) {
        message = content.string ?? content.text
        self.content = content
    }
}
