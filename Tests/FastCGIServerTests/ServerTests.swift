import Core
import Foundation
import HTTP
import Synchronization
import Testing

@testable import FastCGIServer

@Suite(.timeLimit(.minutes(2))) struct ServerTests {
    private struct NotYet: Error {}

    @Test func whatIsInFlightIsAnsweredAfterDrain() throws {
        let pool = try ServingPool()
        let arrived = Slot<Bool>()
        let gate = Slot<Bool>()
        let old = try pool.serve { request in
            arrived.put(true)
            _ = gate.wait()
            return .text("old \(request.path)")
        }
        let first = try pool.client()
        first.request("GET", "/first")
        #expect(arrived.wait() == true)
        old.server.drain()
        #expect(old.server.isDraining)

        // What comes now waits in the backlog for whoever serves next.
        let second = try pool.client()
        second.request("GET", "/second")
        let new = try pool.serve { .text("new \($0.path)") }
        #expect(second.answer().body == "new /second")

        gate.put(true)
        #expect(first.answer().body == "old /first")
        #expect(old.end() == .drained)
        #expect(new.drain() == .drained)
    }

    @Test func aDrainHasItsDeadline() throws {
        let pool = try ServingPool()
        let arrived = Slot<Bool>()
        let gate = Slot<Bool>()
        let serving = try pool.serve {
            $0.threads = 3
            $0.drainDeadline = .milliseconds(50)
        } respond: { _ in
            arrived.put(true)
            _ = gate.wait()
            return Response()
        }
        let client = try pool.client()
        client.request("GET", "/")
        #expect(arrived.wait() == true)
        #expect(serving.drain() == .overdue(threads: 1))
        gate.put(true)
        #expect(client.answer().status == 200)
    }

    @Test func twoServersShareASocket() throws {
        let pool = try ServingPool()
        // Each waits for the other's request, so both must be at work at once.
        let meeting = (Slot<Bool>(), Slot<Bool>())
        let one = try pool.serve { _ in
            meeting.0.put(true)
            return .text("\(meeting.1.wait() ?? false)")
        }
        let two = try pool.serve { _ in
            meeting.1.put(true)
            return .text("\(meeting.0.wait() ?? false)")
        }
        let clients = [try pool.client(), try pool.client()]
        for client in clients { client.request("GET", "/") }
        for client in clients { #expect(client.answer().body == "true") }
        #expect(one.drain() == .drained)
        #expect(two.drain() == .drained)
    }

    @Test func allThreadsServeAtOnce() throws {
        let pool = try ServingPool()
        let waiting = Mutex(0)
        let all = Condition()
        let serving = try pool.serve {
            $0.threads = 4
        } respond: { _ in
            waiting.withLock { $0 += 1 }
            all.signal()
            let met = all.wait(seconds: 60) { waiting.withLock { $0 == 4 } }
            return .text("\(met)")
        }
        let clients = try (0..<4).map { _ in try pool.client() }
        for client in clients { client.request("GET", "/") }
        for client in clients { #expect(client.answer().body == "true") }
        #expect(serving.drain() == .drained)
    }

    @Test func aProcessEndsAfterItsRequests() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            $0.threads = 2
            $0.maximumRequests = 3
        } respond: { _ in
            .text("fine")
        }
        for _ in 0..<3 { #expect(try pool.ask("GET", "/").body == "fine") }
        #expect(serving.end() == .drained)
    }

    @Test func aResponderThatCanNotBeMadeIsTriedAgain() throws {
        let pool = try ServingPool()
        let attempts = Mutex(0)
        let ready = Slot<Int>()
        let serving = try pool.serve(onReady: { ready.put(attempts.withLock { $0 }) }) { thread in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt < 3 { throw NotYet() }
            return Answering { _ in .text("thread \(thread)") }
        }
        #expect(try pool.ask("GET", "/").body == "thread 0")
        #expect(ready.wait() == 3)
        #expect(serving.drain() == .drained)
        #expect(pool.log.lines.filter { $0.hasPrefix("error a thread can not start") }.count == 2)
    }

    @Test func aServerThatNeverGotReadyDrains() throws {
        let pool = try ServingPool()
        let tried = Slot<Bool>()
        let serving = try pool.serve { _ in
            tried.put(true)
            throw NotYet()
        }
        #expect(tried.wait() == true)
        #expect(serving.drain() == .drained)
    }

    @Test func scoreboard() throws {
        let pool = try ServingPool()
        let arrived = Slot<Bool>()
        let gate = Slot<Bool>()
        let serving = try pool.serve { request in
            if request.query["wait"] != nil {
                arrived.put(true)
                _ = gate.wait()
            }
            return Response()
        }
        let line = { serving.server.scoreboard.lines().first }
        #expect(serving.server.scoreboard.lines().map(\.thread) == [0])
        #expect(line()?.isBusy == false)
        #expect(line()?.request == "")

        _ = try pool.ask("GET", "/api/v1/chats/0b5f1d2c/messages?token=secret")
        let client = try pool.client()
        client.request("DELETE", "/a/b?wait=1")
        #expect(arrived.wait() == true)
        #expect(line()?.isBusy == true)
        #expect(line()?.request == "DELETE /a/b")
        #expect(line()?.served == 1)
        gate.put(true)
        _ = client.answer()
        _ = try pool.ask("GET", "/api/v1/" + String(repeating: "x", count: 100))
        #expect(serving.drain() == .drained)
        #expect(line()?.isBusy == false)
        #expect(line()?.served == 3)
        #expect(line()?.request == "GET /api/v1/" + String(repeating: "x", count: 24))
    }

    @Test func bodiesOfDeadProcessesAreSweptUp() throws {
        let pool = try ServingPool()
        // No process has the highest id there is.
        let names = ["swiftlet-body-4194304-1", "swiftlet-body-\(getpid())-999999", "other-4194304-1"]
        for name in names {
            #expect(FileManager.default.createFile(atPath: "\(pool.directory)/\(name)", contents: nil))
        }
        let serving = try pool.serve { _ in Response() }
        let remaining = names.map { FileManager.default.fileExists(atPath: "\(pool.directory)/\($0)") }
        #expect(remaining == [false, true, true])
        #expect(serving.drain() == .drained)
    }
}
