import Core
import Events
import Foundation
import Synchronization
import Testing

@testable import Streaming

@Suite(.serialized) struct StreamTests {
    private let events: [(name: String, value: String)] = [("content-type", "text/event-stream")]

    private func attach(_ site: TestSite, _ key: StreamKey) throws -> UnixClient {
        let client = try site.client()
        client.send("GET \(key.location) HTTP/1.1\r\nHost: x\r\nX-Stream-Token: \(key.secret)\r\n\r\n")
        return client
    }

    /// Waits until the daemon knows a stream whose client has come.
    private func awaitStreams(_ site: TestSite, _ count: Int) {
        #expect(eventually { (try? site.publisher.stats()["streams"]?.int) == count })
    }

    @Test func aClientThatComesFirstGetsAllOfIt() throws {
        let site = try TestSite()
        let key = StreamKey(name: "turn-1")
        #expect(key.location == "/_stream/turn-1")
        let client = try attach(site, key)
        awaitStreams(site, 1)
        let writer = site.publisher.stream(key: key.secret)
        writer.head(status: 200, headers: events)
        writer.write(Array("data: 1\n\n".utf8))
        let head = try client.read(through: "data: 1\n\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        for field in [
            "content-type: text/event-stream", "transfer-encoding: chunked", "X-Accel-Buffering: no",
            "Cache-Control: no-cache",
        ] {
            #expect(head.contains(field + "\r\n"))
        }
        writer.write(Array("data: 2\n\n".utf8))
        writer.end()
        #expect(try client.read(through: "0\r\n\r\n") == "9\r\ndata: 2\n\n\r\n0\r\n\r\n")
        #expect(!writer.isGone)
    }

    @Test func aClientThatComesLateGetsAllOfIt() throws {
        let site = try TestSite()
        let key = StreamKey()
        let writer = site.publisher.stream(key: key.secret)
        writer.head(status: 201, headers: [("content-type", "application/json"), ("Content-Length", "7")])
        writer.write(Array(#"{"a":"#.utf8))
        writer.write(Array("1}".utf8))
        writer.end()
        try site.publisher.ping()
        let answer = try attach(site, key).read(through: #"{"a":1}"#)
        #expect(answer.hasPrefix("HTTP/1.1 201 "))
        #expect(!answer.contains("chunked"))
    }

    @Test func aKeyIsGoodForOneAnswer() throws {
        let site = try TestSite()
        let key = StreamKey()
        let writer = site.publisher.stream(key: key.secret)
        writer.head(status: 200, headers: events)
        try site.publisher.ping()
        let client = try attach(site, key)
        _ = try client.read(through: "\r\n\r\n")
        #expect(try attach(site, key).read(through: "}").hasPrefix("HTTP/1.1 410 "))
        writer.end()
        _ = try client.read(through: "0\r\n\r\n")
        #expect(try attach(site, key).read(through: "}").hasPrefix("HTTP/1.1 410 "))
    }

    @Test func theWriterLearnsThatItsClientLeft() throws {
        let site = try TestSite()
        let key = StreamKey()
        let client = try attach(site, key)
        let writer = site.publisher.stream(key: key.secret)
        let told = Shared(Atomic(false))
        writer.onGone { told.value.store(true, ordering: .relaxed) }
        writer.head(status: 200, headers: events)
        _ = try client.read(through: "\r\n\r\n")
        client.close()
        #expect(eventually { writer.isGone && told.value.load(ordering: .relaxed) })
        // Who asks later is told at once.
        let toldLate = Shared(Atomic(false))
        writer.onGone { toldLate.value.store(true, ordering: .relaxed) }
        let isTold = toldLate.value.load(ordering: .relaxed)
        #expect(isTold)
    }

    @Test func aWriterThatBeginsAfterItsClientLeftLearnsIt() throws {
        let site = try TestSite()
        let key = StreamKey()
        let client = try attach(site, key)
        awaitStreams(site, 1)
        client.close()
        awaitStreams(site, 0)
        let writer = site.publisher.stream(key: key.secret)
        #expect(eventually { writer.isGone })
    }

    @Test func aBrokenAnswerLooksBroken() throws {
        let site = try TestSite()
        let (early, late) = (StreamKey(), StreamKey())
        let (first, second) = (try attach(site, early), try attach(site, late))
        awaitStreams(site, 2)
        site.publisher.stream(key: early.secret).fail()
        #expect(try first.read(through: "}").hasPrefix("HTTP/1.1 502 "))
        // A writer that is let go is one that failed.
        do {
            let writer = site.publisher.stream(key: late.secret)
            writer.head(status: 200, headers: events)
            writer.write(Array("data: 1\n\n".utf8))
        }
        let rest = try second.readToEnd()
        #expect(rest.contains("data: 1"))
        #expect(!rest.hasSuffix("0\r\n\r\n"))
    }

    @Test func theLossOfAWorkerBreaksItsAnswers() throws {
        let site = try TestSite()
        let worker = Publisher(socketPath: site.directory + "/events.sock")
        let key = StreamKey()
        let client = try attach(site, key)
        let writer = worker.stream(key: key.secret)
        writer.head(status: 200, headers: events)
        _ = try client.read(through: "\r\n\r\n")
        worker.close()
        #expect(try client.readToEnd() == "")
        #expect(writer.isGone)
    }

    @Test func aWorkerThatNeverBeginsIsNotWaitedForEternally() throws {
        let site = try TestSite { $0.streamStartTimeout = .milliseconds(30) }
        #expect(try attach(site, StreamKey()).read(through: "}").hasPrefix("HTTP/1.1 504 "))
    }

    @Test func aClientThatNeverComesIsNotWaitedForEternally() throws {
        let site = try TestSite { $0.streamAttachTimeout = .milliseconds(30) }
        let writer = site.publisher.stream(key: StreamKey().secret)
        #expect(eventually { writer.isGone })
    }

    @Test func whatWaitsForAClientIsBounded() throws {
        let site = try TestSite { $0.maximumStreamBacklog = 100_000 }
        let (absent, slow) = (StreamKey(), StreamKey())
        let piece = [UInt8](repeating: 0x78, count: 60_000)
        let unread = site.publisher.stream(key: absent.secret)
        for _ in 0..<2 { unread.write(piece) }
        #expect(eventually { unread.isGone })
        let client = try attach(site, slow)
        let writer = site.publisher.stream(key: slow.secret)
        writer.head(status: 200, headers: events)
        _ = try client.read(through: "\r\n\r\n")
        #expect(
            eventually {
                writer.write(piece)
                return writer.isGone
            }
        )
        #expect(try !client.readToEnd().hasSuffix("0\r\n\r\n"))
    }

    @Test func silenceIsFilledBetweenEventsOnly() throws {
        let site = try TestSite { $0.streamPingInterval = .milliseconds(10) }
        let key = StreamKey()
        let client = try attach(site, key)
        let writer = site.publisher.stream(key: key.secret)
        writer.head(status: 200, headers: events)
        _ = try client.read(through: ": ping\n\n\r\n")
        writer.write(Array("data: half".utf8))
        usleep(50_000)
        writer.write(Array(" whole\n\n".utf8))
        #expect(try client.read(through: " whole\n\n").contains("data: half\r\n8\r\n whole"))
        _ = try client.read(through: ": ping\n\n")
    }

    @Test func headersThatWouldBreakTheHeadAreLeftOut() throws {
        let site = try TestSite()
        let key = StreamKey()
        let client = try attach(site, key)
        let writer = site.publisher.stream(key: key.secret)
        writer.head(
            status: 99,
            headers: [("x-a", "1\r\nx-b: 2"), ("x c", "3"), ("", "4"), ("Transfer-Encoding", "gzip"), ("x-d", "5")]
        )
        writer.end()
        let head = try client.read(through: "0\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 502 "))
        #expect(head.contains("x-d: 5\r\n"))
        for left in ["x-a", "x-b", "x c", "gzip"] { #expect(!head.contains(left)) }
    }

    @Test func runningAnswersMayEndAfterTheOrderToStop() throws {
        let site = try TestSite { $0.grace = .seconds(10) }
        let key = StreamKey()
        let client = try attach(site, key)
        let writer = site.publisher.stream(key: key.secret)
        writer.head(status: 200, headers: events)
        _ = try client.read(through: "\r\n\r\n")
        try withThread {
            site.stop()
        } while: {
            #expect(eventually { !FileManager.default.fileExists(atPath: site.clientsPath) })
            writer.write(Array("data: last\n\n".utf8))
            writer.end()
            let rest = try client.readToEnd()
            #expect(rest.hasSuffix("data: last\n\n\r\n0\r\n\r\n"))
        }
    }

    @Test func aRestartLosesStreamsAndTheirWritersLearnIt() throws {
        let site = try TestSite()
        let writer = site.publisher.stream(key: StreamKey().secret)
        try site.publisher.ping()
        site.stop()
        #expect(eventually { writer.isGone })
        #expect(throws: CallError.unavailable) { try site.publisher.stats() }
        #expect(site.publisher.droppedCount > 0)
        try site.start()
        #expect(eventually { (try? site.publisher.ping()) != nil })
    }

    @Test func aStreamIsTakenByTheNextRunAtOnce() throws {
        let site = try TestSite()
        try site.publisher.ping()
        site.stop()
        #expect(eventually { (try? site.publisher.ping()) == nil })
        // What follows must not wait for the pause after this attempt.
        site.publisher.emit("e", to: ["r"], payload: [0x31])
        try site.start()
        #expect(!site.publisher.stream(key: StreamKey().secret).isGone)
        try site.publisher.ping()
    }

    @Test func withoutADaemonNothingBlocksAndAllIsCounted() {
        let publisher = Publisher(socketPath: "/tmp/streamd-tests.nowhere/events.sock")
        publisher.emit("e", to: ["r"], payload: [0x31])
        publisher.emit("e", to: [], payload: [0x31])
        #expect(publisher.stream(key: "k").isGone)
        #expect(throws: CallError.unavailable) { try publisher.call("e", sid: "s", payload: [0x31]) }
        #expect(publisher.droppedCount == 3)
    }
}
