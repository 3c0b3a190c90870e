import Core
import Foundation
import Jobs
import Logging
import Postgres
import Synchronization

/// A queue of its own for one test.
struct JobsSurroundings {
    let database: Connection
    let schema: TestDatabase.Schema

    private static let migrations = URL(filePath: #filePath).appending(path: "../../../migrations").standardized.path

    /// Only the migration that makes the queue is needed.
    static func run(_ body: (JobsSurroundings) throws -> Void) throws {
        try TestDatabase.withSchema { database, schema in
            try database.script(String(contentsOfFile: "\(migrations)/0011_jobs.sql", encoding: .utf8))
            try body(JobsSurroundings(database: database, schema: schema))
        }
    }

    func process(threads: Int = 4, _ kinds: [JobKind]) -> RunningProcess {
        var configuration = JobsProcess.Configuration(
            databaseURL: TestDatabase.url,
            databaseOptions: schema.options,
            threads: threads
        )
        configuration.grace = 0.1
        return RunningProcess(JobsProcess(configuration, kinds: kinds, log: Logger(label: "jobs-tests")))
    }

    /// How many jobs there are: waiting, running, failed.
    func counts() throws -> [Int] {
        let row = try database.query(
            """
            select count(*) filter (where owner is null and failed_at is null), count(*) filter (where owner is not null),
                count(*) filter (where failed_at is not null) from job
            """
        )[0]
        return try (0..<3).map { try row.int($0) }
    }

    /// Waits until the queue looks like this.
    func await(_ expected: [Int]) throws -> Bool {
        for _ in 0..<600 {
            if try counts() == expected { return true }
            Clock.sleep(milliseconds: 50)
        }
        return false
    }
}

/// A process in a thread of its own.
final class RunningProcess: Sendable {
    private let process: JobsProcess
    private let hasEnded = Mutex(false)
    private let condition = Condition()

    init(_ process: JobsProcess) {
        self.process = process
        NativeThread.start("process") { [self] in
            process.run()
            hasEnded.withLock { $0 = true }
            condition.signal()
        }
    }

    func stop() {
        process.drain()
        condition.wait { hasEnded.withLock { $0 } }
    }
}

/// What jobs did, seen by several threads.
final class Notes: Sendable {
    private let texts = Mutex<[String]>([])
    private let changed = Condition()

    func add(_ text: String) {
        texts.withLock { $0.append(text) }
        changed.signal()
    }

    var all: [String] { texts.withLock { $0 } }

    func wait(_ count: Int) -> [String] {
        _ = changed.wait(seconds: 60) { texts.withLock { $0.count } >= count }
        return all
    }
}
