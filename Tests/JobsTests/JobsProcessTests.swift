import Core
import Postgres
import Testing

@testable import Jobs

@Suite("The process of jobs", .database)
struct JobsProcessTests {
    @Test("jobs are run as they come, and failures as their kind says")
    func running() throws {
        try JobsSurroundings.run { queue in
            let notes = Notes()
            struct Trouble: Error {}
            let kind = JobKind("a", limit: 2, maximumAttempts: 2) { job, tools in
                #expect(try tools.withDatabase { try $0.query("select 1")[0].int(0) } == 1)
                notes.add("\(job.payload.string ?? "") \(job.attempts)")
                switch job.payload {
                case "refused": throw JobRefusal("never")
                case "trouble": throw Trouble()
                default: return
                }
            } abandon: { job, _ in
                notes.add("\(job.payload.string ?? "") is given up")
            }
            try JobStore.enqueue("a", "before", queue.database)
            let process = queue.process([kind])
            #expect(notes.wait(1) == ["before 1"])
            for name in ["good", "refused", "trouble"] { try JobStore.enqueue("a", .string(name), queue.database) }
            #expect(Set(notes.wait(5)) == ["before 1", "good 1", "refused 1", "refused is given up", "trouble 1"])
            #expect(try queue.await([1, 0, 1]))
            try queue.database.execute("update job set run_at = clock_timestamp() where failed_at is null")
            #expect(Array(notes.wait(7).suffix(2)) == ["trouble 2", "trouble is given up"])
            #expect(try queue.await([0, 0, 2]))
            process.stop()
            try JobStore.enqueue("a", "after", queue.database)
            #expect(try queue.counts() == [1, 0, 2] && !notes.all.contains("after 1"))
        }
    }

    @Test("a job whose processes died too often is given up without another try")
    func poison() throws {
        try JobsSurroundings.run { queue in
            let notes = Notes()
            try JobStore.enqueue("a", "poison", queue.database)
            try queue.database.execute("update job set attempts = 3")
            let process = queue.process([
                JobKind(
                    "a",
                    limit: 1,
                    maximumAttempts: 3,
                    run: { _, _ in notes.add("run") },
                    abandon: { _, _ in notes.add("given up") }
                )
            ])
            #expect(notes.wait(1) == ["given up"])
            #expect(try queue.await([0, 0, 1]))
            process.stop()
        }
    }

    @Test("no more run at once than there are threads, nor than the kind allows")
    func bounds() throws {
        try JobsSurroundings.run { queue in
            let (begun, released, gate) = (Notes(), Notes(), Condition())
            let kinds = ["a", "b"].map { name in
                JobKind(name, limit: name == "a" ? 2 : 9, maximumAttempts: 1) { _, _ in
                    begun.add(name)
                    gate.wait { !released.all.isEmpty }
                }
            }
            for name in ["a", "b"] { try JobStore.enqueue(name, (0..<6).map { (JSONValue($0), nil) }, queue.database) }
            let process = queue.process(threads: 5, kinds)
            _ = begun.wait(5)
            #expect(try queue.await([7, 5, 0]))
            #expect(begun.all.count { $0 == "a" } == 2)
            released.add("go")
            gate.signal()
            #expect(try queue.await([0, 0, 0]))
            #expect(begun.all.count == 12)
            process.stop()
        }
    }
}
