import Core
import Events
import Foundation
import Logging
import Postgres
import Synchronization
import Testing

@testable import Hosts

/// Two daemons with a publisher each, as two hosts on one database.
@Suite(.database, .serialized) struct HostRelayTests {
    private struct Pair {
        let here: TestSite
        let there: TestSite
        let schema: TestDatabase.Schema
        let database: Connection
        /// In no room's name twice, since notifications reach all tests.
        let mark = String(UInt32.random(in: .min ... .max), radix: 16)

        func relay(_ site: TestSite) -> HostRelay {
            HostRelay(
                HostRelay.Configuration(
                    databaseURL: TestDatabase.url,
                    databaseOptions: schema.options,
                    eventsSocket: site.directory + "/events.sock"
                ),
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }

        /// An event sent there is heard here once both relays know of each other.
        func awaitLink(_ socket: SocketClient) throws {
            let tried = Shared(Atomic(true))
            NativeThread.start("try") { [there, sid = socket.sid] in
                while tried.value.load(ordering: .relaxed) {
                    there.publisher.emit("linked", to: [sid], payload: [0x31])
                    usleep(20_000)
                }
            }
            defer { tried.value.store(false, ordering: .relaxed) }
            #expect(try socket.webSocket.text() == #"42["linked",1]"#)
        }
    }

    /// The next message that is not about the link.
    private func next(_ socket: SocketClient) throws -> String {
        while true {
            let text = try socket.webSocket.text()
            if text != #"42["linked",1]"# { return text }
        }
    }

    private func withPair(_ body: (Pair) throws -> Void) throws {
        try TestDatabase.withSchema { database, schema in
            for name in ["0001_accounts", "0005_turns", "0015_socket_epoch", "0016_hosts"] {
                try database.script(Self.migration(name))
            }
            let mark = String(UInt32.random(in: .min ... .max), radix: 16)
            let pair = Pair(
                here: try TestSite { $0.name = "here-\(mark)" },
                there: try TestSite { $0.name = "there-\(mark)" },
                schema: schema,
                database: database
            )
            let relays = [pair.relay(pair.here), pair.relay(pair.there)]
            let ended = Shared(Atomic(0))
            for relay in relays {
                NativeThread.start("relay") {
                    relay.run()
                    ended.value.add(1, ordering: .releasing)
                }
            }
            defer {
                for relay in relays { relay.stop() }
                #expect(eventually { ended.value.load(ordering: .acquiring) == 2 })
            }
            try body(pair)
        }
    }

    private static func migration(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "migrations/\(name).sql"), encoding: .utf8)
    }

    @Test func eventsReachTheSocketsOfAnotherHost() throws {
        try withPair { pair in
            let (ann, bob) = try (
                pair.here.socket(token: "ann-\(pair.mark)"), pair.there.socket(token: "bob-\(pair.mark)")
            )
            try pair.awaitLink(ann)
            let rooms = [Room.user("ann-\(pair.mark)"), Room.user("bob-\(pair.mark)")]
            pair.there.publisher.emit("hello", to: rooms, payload: Array(#"{"n":1}"#.utf8))
            for socket in [ann, bob] { #expect(try next(socket) == #"42["hello",{"n":1}]"#) }
            // Longer than a notification, with an attachment, and not to the excepted.
            let long = #""\#(String(repeating: "x", count: 20_000))""#
            pair.there.publisher.emit("long", to: rooms, except: [bob.sid], payload: Array(long.utf8))
            #expect(try next(ann) == #"42["long",\#(long)]"#)
            pair.there.publisher.emit(
                "file",
                to: rooms,
                payload: Array(#"{"_placeholder":true,"num":0}"#.utf8),
                attachments: [[1, 2, 3]]
            )
            for socket in [ann, bob] {
                #expect(try next(socket) == #"451-["file",{"_placeholder":true,"num":0}]"#)
                #expect(try socket.webSocket.receive() == .binary([1, 2, 3]))
            }
        }
    }

    @Test func roomsAreJoinedAndClosedFromAnotherHost() throws {
        try withPair { pair in
            let ann = try pair.here.socket(token: "ann-\(pair.mark)")
            try pair.awaitLink(ann)
            pair.there.publisher.join(sid: ann.sid, rooms: ["channel:\(pair.mark)"])
            pair.there.publisher.emit("one", to: ["channel:\(pair.mark)"], payload: [0x31])
            pair.there.publisher.leave(sid: ann.sid, rooms: ["channel:\(pair.mark)"])
            pair.there.publisher.emit("two", to: ["channel:\(pair.mark)"], payload: [0x32])
            pair.there.publisher.emit("three", to: [Room.user("ann-\(pair.mark)")], payload: [0x33])
            #expect(try next(ann) == #"42["one",1]"#)
            #expect(try next(ann) == #"42["three",3]"#)
            pair.there.publisher.close(room: Room.user("ann-\(pair.mark)"))
            #expect(ann.webSocket.isEnded())
        }
    }

    @Test func aSocketOfAnotherHostIsAsked() throws {
        try withPair { pair in
            let ann = try pair.here.socket(token: "ann-\(pair.mark)")
            try pair.awaitLink(ann)
            let account: SQL = "insert into account (id, email, name, role, last_active_at, created_at, updated_at)"
            try pair.database.execute("\(account) values ('ann', 'ann@example.com', 'Ann', 'user', 1, 1, 1)")
            try pair.database.execute(
                """
                insert into socket_session (sid, daemon, epoch, account_id)
                values (\(ann.sid), \("here-nobody"), 'e', 'ann')
                """
            )
            // Its row names a host that is not there.
            #expect(throws: CallError.timeout) {
                try pair.there.publisher.call("ask", sid: ann.sid, payload: [0x31], timeout: .milliseconds(50))
            }
            try pair.database.execute("delete from socket_session")
            #expect(throws: CallError.disconnected) {
                try pair.there.publisher.call("ask", sid: ann.sid, payload: [0x31], timeout: .seconds(20))
            }
            let name = try pair.database.query("select name from host where name like 'here-%'")[0].text(0)
            try pair.database.execute(
                "insert into socket_session (sid, daemon, epoch, account_id) values (\(ann.sid), \(name), 'e', 'ann')"
            )
            let (sid, there) = (ann.sid, pair.there)
            let answer = Shared(Mutex<JSONValue?>(nil))
            try withThread {
                let got = try? there.publisher.call("ask", sid: sid, payload: [0x31], timeout: .seconds(20))
                answer.value.withLock { $0 = got }
            } while: {
                let question = try next(ann)
                #expect(question.hasPrefix("42") && question.hasSuffix(#"["ask",1]"#))
                let id = question.dropFirst(2).prefix { $0.isNumber }
                ann.webSocket.send(#"43\#(id)[{"yes":true}]"#)
            }
            #expect(answer.value.withLock { $0 } == ["yes": true])
        }
    }

    @Test func aStreamIsReadOnAnotherHost() throws {
        try withPair { pair in
            let ann = try pair.here.socket(token: "ann-\(pair.mark)")
            try pair.awaitLink(ann)
            for isWriterFirst in [true, false] {
                let key = StreamKey()
                let early = isWriterFirst ? pair.there.publisher.stream(key: key.secret) : nil
                let client = try pair.here.client()
                client.send("GET \(key.location) HTTP/1.1\r\nHost: x\r\nX-Stream-Token: \(key.secret)\r\n\r\n")
                #expect(eventually { (try? pair.here.publisher.stats()["streams"]?.int) == 1 })
                let writer = early ?? pair.there.publisher.stream(key: key.secret)
                writer.head(status: 200, headers: [("content-type", "text/event-stream")])
                writer.write(Array("data: 1\n\n".utf8))
                #expect(try client.read(through: "data: 1\n\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
                writer.write(Array("data: 2\n\n".utf8))
                writer.end()
                #expect(try client.read(through: "0\r\n\r\n") == "9\r\ndata: 2\n\n\r\n0\r\n\r\n")
                #expect(!writer.isGone)
            }
        }
    }

    @Test func aWriterHearsThatItsClientElsewhereIsGone() throws {
        try withPair { pair in
            let ann = try pair.here.socket(token: "ann-\(pair.mark)")
            try pair.awaitLink(ann)
            let key = StreamKey()
            let client = try pair.here.client()
            client.send("GET \(key.location) HTTP/1.1\r\nHost: x\r\nX-Stream-Token: \(key.secret)\r\n\r\n")
            #expect(eventually { (try? pair.here.publisher.stats()["streams"]?.int) == 1 })
            let writer = pair.there.publisher.stream(key: key.secret)
            writer.head(status: 200, headers: [("content-type", "text/event-stream")])
            writer.write(Array("data: 1\n\n".utf8))
            _ = try client.read(through: "data: 1\n\n\r\n")
            client.close()
            #expect(eventually { writer.isGone })
        }
    }

    @Test func aClientsEventsReachTheSubscriberOnAnotherHost() throws {
        try withPair { pair in
            let ann = try pair.here.socket(token: "ann-\(pair.mark)")
            try pair.awaitLink(ann)
            let heard = Shared(Mutex<[JSONValue]>([]))
            let subscription = pair.there.publisher.subscribe("direct:\(pair.mark)") { _, arguments in
                heard.value.withLock { $0.append(arguments) }
            }
            #expect(
                eventually {
                    ann.emit([.string("direct:\(pair.mark)"), "part"])
                    return heard.value.withLock { $0.first } == ["part"]
                }
            )
            subscription.cancel()
        }
    }

    @Test func aSecondRelayWaitsAndTakesOver() throws {
        try TestDatabase.withSchema { database, schema in
            for name in ["0001_accounts", "0005_turns", "0016_hosts"] { try database.script(Self.migration(name)) }
            let site = try TestSite { $0.name = "alone" }
            let pair = Pair(here: site, there: site, schema: schema, database: database)
            let (first, second) = (pair.relay(site), pair.relay(site))
            NativeThread.start("first") { first.run() }
            let epoch = { try database.query("select epoch from host where name = 'alone'").first?.text(0) }
            #expect(try eventually { try epoch() != nil })
            let before = try epoch()
            NativeThread.start("second") { second.run() }
            first.stop()
            #expect(
                try eventually {
                    let now = try epoch()
                    return now != nil && now != before
                }
            )
            second.stop()
            #expect(try eventually { try epoch() == nil })
        }
    }
}
