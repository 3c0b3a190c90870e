import Core
import Postgres
import Synchronization
import Testing

@testable import Jobs

@Suite("The queue of jobs", .database)
struct JobQueueTests {
    private func claim(_ database: Connection, _ free: [String: Int] = ["a": 10], limit: Int = 10, owner: String = "me")
        throws -> [Job]
    {
        try JobStore.claim(free, limit: limit, owner: owner, database)
    }

    private func names(_ jobs: [Job]) -> Set<String> { Set(jobs.compactMap(\.payload.string)) }

    @Test("a job comes with the transaction that asks for it, or not at all")
    func transaction() throws {
        try JobsSurroundings.run { queue in
            struct Undone: Error {}
            #expect(throws: Undone.self) {
                try queue.database.transaction {
                    try JobStore.enqueue("a", "undone", queue.database)
                    throw Undone()
                }
            }
            try queue.database.transaction {
                try JobStore.enqueue("a", ["text": "a\u{0}b \"ü\"", "list": [1, nil]], queue.database)
            }
            let jobs = try claim(queue.database)
            #expect(jobs.map(\.payload) == [["text": "ab \"ü\"", "list": [1, nil]]])
            #expect(jobs.map(\.attempts) == [1] && jobs.map(\.kind) == ["a"])
            #expect(try claim(queue.database).isEmpty)
        }
    }

    @Test("each kind has its number, and the longest waiting come first")
    func limits() throws {
        try JobsSurroundings.run { queue in
            for index in 0..<5 { try JobStore.enqueue("a", .string("a\(index)"), queue.database) }
            for index in 0..<5 { try JobStore.enqueue("b", .string("b\(index)"), queue.database) }
            try JobStore.enqueue("unknown", "x", queue.database)
            try JobStore.enqueue("a", "later", delay: 3600, queue.database)
            #expect(try names(claim(queue.database, ["a": 2, "b": 1, "c": 4])) == ["a0", "a1", "b0"])
            #expect(try names(claim(queue.database, ["a": 9, "b": 9], limit: 3)) == ["a2", "a3", "a4"])
            #expect(try claim(queue.database, ["a": 0], limit: 3).isEmpty)
            #expect(try names(claim(queue.database, ["a": 9, "b": 9])) == ["b1", "b2", "b3", "b4"])
            #expect(try queue.counts() == [2, 10, 0])
        }
    }

    @Test("a lane is worked off in order, one at a time, and blocks nobody else")
    func lanes() throws {
        try JobsSurroundings.run { queue in
            let jobs = ["x1", "x2", "x3", "y1", "free"].map { name -> (payload: JSONValue, lane: String?) in
                (.string(name), name == "free" ? nil : String(name.prefix(1)))
            }
            try JobStore.enqueue("a", jobs, queue.database)
            let first = try claim(queue.database)
            #expect(names(first) == ["x1", "y1", "free"])
            #expect(try claim(queue.database).isEmpty)
            let x1 = try #require(first.first { $0.payload == "x1" })
            try JobStore.finish(x1, owner: "somebody else", queue.database)
            #expect(try claim(queue.database).isEmpty)
            try JobStore.finish(x1, owner: "me", queue.database)
            let x2 = try claim(queue.database)
            #expect(names(x2) == ["x2"])
            // It fails for now: the next of its lane waits behind it.
            try JobStore.retry(x2[0], in: 3600, error: "away", owner: "me", queue.database)
            #expect(try claim(queue.database).isEmpty)
            try queue.database.execute("update job set run_at = clock_timestamp() where owner is null")
            let again = try claim(queue.database)
            #expect(names(again) == ["x2"] && again.map(\.attempts) == [2])
            // It fails for good: the next one has its turn.
            try JobStore.fail(again[0], error: "gone", owner: "me", queue.database)
            #expect(try names(claim(queue.database)) == ["x3"])
            #expect(
                try queue.database.query("select last_error from job where failed_at is not null")[0].text(0) == "gone"
            )
        }
    }

    @Test("however many take at once, nobody gets the same job, nor two of a lane")
    func concurrency() throws {
        try JobsSurroundings.run { queue in
            let jobs = (0..<60).map { index -> (payload: JSONValue, lane: String?) in
                (.string("\(index)"), index % 2 == 0 ? nil : "lane \(index % 10)")
            }
            try JobStore.enqueue("a", jobs, queue.database)
            let taken = Mutex<[Job]>([])
            let ended = Condition()
            let left = Mutex(6)
            for index in 0..<6 {
                let schema = queue.schema
                NativeThread.start("taker") {
                    let database = schema.connect()
                    for _ in 0..<20 {
                        let jobs = (try? JobStore.claim(["a": 2], limit: 2, owner: "taker \(index)", database)) ?? []
                        taken.withLock { $0 += jobs }
                    }
                    left.withLock { $0 -= 1 }
                    ended.signal()
                }
            }
            ended.wait { left.withLock { $0 == 0 } }
            let all = taken.withLock { $0 }
            // All that have no lane, and one of each of the five lanes.
            #expect(all.count == 35 && Set(all.map(\.id)).count == 35)
        }
    }

    @Test("what a dead process held is free after its lease, and a failed job is forgotten after a week")
    func tidying() throws {
        try JobsSurroundings.run { queue in
            try JobStore.enqueue(
                "a",
                ["held", "dead", "failed", "long failed"].map { (.string($0), nil) },
                queue.database
            )
            let jobs = try claim(queue.database, owner: "dead")
            let held = try #require(jobs.first { $0.payload == "held" })
            try queue.database.execute("update job set owner = 'alive' where id = \(Int(held.id))")
            for job in jobs where job.payload.string?.hasSuffix("failed") ?? false {
                try JobStore.fail(job, error: "x", owner: "dead", queue.database)
            }
            try queue.database.execute(
                "update job set lease_until = clock_timestamp() - interval '1 second' where owner is not null"
            )
            try queue.database.execute(
                "update job set failed_at = clock_timestamp() - interval '8 days' where payload::text like '%long%'"
            )
            try JobStore.renewLease(owner: "alive", queue.database)
            try JobStore.tidy(queue.database)
            #expect(try queue.counts() == [1, 1, 1])
            let again = try claim(queue.database)
            #expect(names(again) == ["dead"] && again.map(\.attempts) == [2])
        }
    }

    @Test("pauses grow fourfold, up to an hour")
    func pauses() {
        let pauses = (1...9).map { JobKind.pause(afterAttempts: $0) }
        for (pause, least) in zip(pauses, [5, 20, 80, 320, 1280, 3600, 3600, 3600, 3600]) {
            #expect(pause >= Double(least) && pause <= Double(least) * 1.25)
        }
    }
}
