import Foundation
import Postgres
import Testing

@Suite("Listening", .database)
struct ListenerTests {
    private typealias Notification = Listener.Notification

    private func listener(_ channels: [String], name: String = "listener") -> Listener {
        Listener(url: TestDatabase.url, name: name, channels: channels)
    }

    /// A channel that no other test uses: channels belong to the database, not to a schema.
    private func uniqueName(_ prefix: String = "Kanal ä\"") -> String {
        "\(prefix)\(UInt32.random(in: 0...UInt32.max))"
    }

    @Test(
        "notifications arrive with channel and payload, at commit, and from the listed channels only"
    )
    func notifications() throws {
        let (first, second, third) = (uniqueName(), uniqueName(), uniqueName())
        let listener = listener([first, second])
        try #expect(listener.wait(timeoutMilliseconds: 5000) == [.reconnected])
        try #expect(listener.wait(timeoutMilliseconds: 0) == [])
        try TestDatabase.withSchema { connection in
            try connection.transaction {
                try connection.notify(channel: first, payload: "é ' 1")
                try connection.notify(channel: third, payload: "unheard")
                try connection.notify(channel: second, payload: "")
                try #expect(listener.wait(timeoutMilliseconds: 30) == [])
            }
            var received: [Notification] = []
            while received.count < 2 {
                let more = try listener.wait(timeoutMilliseconds: 5000)
                if more.isEmpty { break }
                received += more
            }
            #expect(
                received == [
                    Notification(channel: first, payload: "é ' 1"),
                    Notification(channel: second, payload: ""),
                ]
            )
            let error = #expect(throws: PostgresError.self) {
                try connection.notify(channel: first, payload: String(repeating: "x", count: 8000))
            }
            #expect(error?.sqlState == "22023")
        }
    }

    @Test("after a lost connection it listens again and says so")
    func reconnection() throws {
        let channel = uniqueName()
        let name = uniqueName("listener ")
        let listener = listener([channel], name: name)
        try #expect(listener.wait(timeoutMilliseconds: 5000) == [.reconnected])
        try TestDatabase.withSchema { connection in
            let ended = try connection.query(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = \(name)"
            )
            try #expect(ended.count == 1 && ended[0].bool(0))
            try #expect(listener.wait(timeoutMilliseconds: 5000) == [.reconnected])
            try connection.notify(channel: channel, payload: "again")
            #expect(
                try listener.wait(timeoutMilliseconds: 5000) == [
                    Notification(channel: channel, payload: "again")
                ]
            )
        }
    }

    @Test("a call from another thread ends a wait without limit")
    func wake() throws {
        let listener = listener([uniqueName()])
        try #expect(listener.wait(timeoutMilliseconds: 5000) == [.reconnected])
        let waker = listener.waker
        Thread.detachNewThread { waker.wake() }
        try #expect(listener.wait(timeoutMilliseconds: -1) == [])
        try #expect(listener.wait(timeoutMilliseconds: 1) == [])
    }

    @Test("while the server is away the wait keeps to its time and can be ended")
    func away() throws {
        let listener = Listener(url: "postgresql://127.0.0.1:1/x", name: "listener", channels: ["a"])
        try #expect(listener.wait(timeoutMilliseconds: 0) == [])
        try #expect(listener.wait(timeoutMilliseconds: 150) == [])
        listener.wake()
        try #expect(listener.wait(timeoutMilliseconds: -1) == [])
    }

    @Test("what trying again can not mend is an error")
    func hopeless() throws {
        let malformed = Listener(url: "postgresql://[::1/x", name: "listener", channels: [])
        #expect(throws: PostgresError.self) { try malformed.wait(timeoutMilliseconds: 10) }
        #expect(throws: PostgresError.self) { try listener([""]).wait(timeoutMilliseconds: 10) }
    }
}
