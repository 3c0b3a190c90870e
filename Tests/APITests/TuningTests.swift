import Core
import Foundation
import Metrics
import Testing

@testable import Administration

/// What is advised and proposed, by the numbers that call for it.
@Suite struct TuningTests {
    private func counters(_ fill: (_ web: CounterPage, _ slow: CounterPage, _ turns: CounterPage) -> Void) throws
        -> HostCounters
    {
        let directory = NSTemporaryDirectory() + "swiftlet-tuning-" + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let pages = try ["web", "slow", "turns"].map { try CounterPage.open(in: directory, pool: $0, threads: 4) }
        fill(pages[0], pages[1], pages[2])
        return try CounterDirectory(directory).read()
    }

    private func tuning(_ seen: HostCounters, limit: Int? = 97, hosts: Int = 1) -> Tuning {
        Tuning(machine: HostFacts(cores: 4, memory: 8 << 30, load: 1), seen: seen, connectionLimit: limit, hosts: hosts)
    }

    @Test func withoutLoadTheMachineDecides() {
        let tuning = tuning(HostCounters())
        #expect(
            tuning.environment == "WEB_PROCESSES=4\nWEB_THREADS=4\nSLOW_THREADS=16\nTURN_THREADS=256\nJOB_THREADS=8"
        )
        // 16 + 16 + 4 + 18 + 9 + 2 + 1 + 4 + 3
        #expect(tuning.connectionsOfHost == 73)
        #expect(tuning.description.contains("No load has been seen"))
        #expect(tuning.description.contains("Postgres takes 97, which is enough."))
    }

    @Test func threadsFollowTheShareOfWaiting() throws {
        // 2000 requests of 8 ms, 6 of which are Postgres': 1 + 6 / 2, and one in reserve.
        let seen = try counters { web, slow, turns in
            for _ in 0..<2000 {
                web.series(.requests, "chats").observe(8_000_000)
                web.series(.statements).observe(6_000_000)
            }
            slow.series(.pool).raise(Column.Pool.peak, to: 20)
            turns.series(.pool).raise(Column.Pool.peak, to: 500)
        }
        let tuning = tuning(seen)
        #expect(tuning.webThreads.value == 5)
        #expect(tuning.slowThreads.value == 40)
        #expect(tuning.turnThreads.value == 1000)
        #expect(tuning.connectionsOfHost == 4 * 5 + 40 + 4 + 18 + 9 + 2 + 1 + 5 + 3)
    }

    @Test func proposalsKeepTheirBounds() throws {
        let seen = try counters { web, slow, turns in
            for _ in 0..<2000 {
                web.series(.requests, "chats").observe(8_000_000)
                web.series(.statements).observe(8_000_000)
            }
            slow.series(.pool).raise(Column.Pool.peak, to: 5000)
            turns.series(.pool).raise(Column.Pool.peak, to: 50_000)
        }
        let tuning = tuning(seen)
        #expect(tuning.webThreads.value == 16)
        #expect(tuning.slowThreads.value == 128)
        // A quarter of 8 GB, a megabyte each.
        #expect(tuning.turnThreads.value == 2048)
    }

    @Test func tooFewConnectionsAreNamedWithWhatIsNeeded() {
        let text = tuning(HostCounters(), limit: 97, hosts: 2).description
        #expect(text.contains("146 on 2"))
        #expect(text.contains("max_connections = 149"))
        #expect(tuning(HostCounters(), limit: nil).description.contains("its limit is not known"))
    }

    // MARK: - Advice

    private func pool(_ name: String, waiting: Int, peak: Int, saturated: Int) -> JSONValue {
        [
            "name": .string(name), "saturated": JSONValue(saturated),
            "queue": ["waiting": JSONValue(waiting), "limit": 1024, "peak": JSONValue(peak)],
        ]
    }

    private func host(_ members: JSONObject) -> JSONValue {
        let calm: JSONObject = ["name": "one", "cores": 4, "load": 1.0, "memory": 1000, "available_memory": 500]
        return .object(calm.merging(members) { $1 })
    }

    private let calm: JSONValue = ["turns": [:], "jobs": [], "database": ["connections": 10, "limit": 97]]

    @Test func allIsWell() {
        #expect(Advice.all([host(["pools": .array([pool("web", waiting: 0, peak: 0, saturated: 9)])])], calm) == [])
    }

    @Test(
        arguments: [
            (
                ["pools": [["name": "web", "saturated": 9, "queue": ["waiting": 600, "limit": 1024, "peak": 600]]]],
                "problem", "near the limit"
            ),
            (
                ["pools": [["name": "web", "saturated": 9, "queue": ["waiting": 1, "limit": 1024, "peak": 3]]]],
                "warning", "have waited"
            ),
            (
                ["providers": [["name": "p", "count": 50, "unreachable": 4, "refused": 2]]], "warning",
                "6 of 50 questions to p"
            ),
            (["available_memory": 50], "warning", "of memory are left"),
            (["events": ["sent": 100, "dropped": 2]], "hint", "2 events"),
            (["load": 9.0], "hint", "the load is 9.0"),
        ] as [(JSONObject, String, String)]
    )
    func whatAHostCallsFor(members: JSONObject, weight: String, words: String) throws {
        let advice = Advice.all([host(members)], calm)
        let first = try #require(advice.first)
        #expect(advice.count == 1)
        #expect(first.weight.rawValue == weight && first.host == "one")
        #expect(first.what.contains(words), Comment(rawValue: first.what))
        #expect(!first.why.isEmpty && !first.remedy.isEmpty)
    }

    @Test(
        arguments: [
            (
                ["turns": ["queued": 3, "oldest_queued_ms": 6000], "jobs": [], "database": [:]], "problem",
                "wait for 6 seconds"
            ),
            (
                ["turns": [:], "jobs": [["kind": "webhook", "waiting": 2, "oldest_ms": 61_000]], "database": [:]],
                "warning", "webhook wait for 61"
            ),
            (["turns": [:], "jobs": [["kind": "webhook", "failed": 2]], "database": [:]], "hint", "2 jobs"),
            (["turns": [:], "jobs": [], "database": ["connections": 90, "limit": 97]], "warning", "90 of 97"),
            (["turns": [:], "jobs": [], "database": ["connections": 97, "limit": 97]], "problem", "97 of 97"),
            (nil, "problem", "database does not answer"),
        ] as [(JSONValue, String, String)]
    )
    func whatTheQueuesCallFor(shared: JSONValue, weight: String, words: String) throws {
        let advice = Advice.all([host([:])], shared)
        let first = try #require(advice.first)
        #expect(advice.count == 1)
        #expect(first.weight.rawValue == weight)
        #expect(first.what.contains(words), Comment(rawValue: first.what))
    }

    @Test func problemsComeFirst() {
        let weights = Advice.all([host(["load": 9.0]), host(["available_memory": 50])], .null).map(\.weight.rawValue)
        #expect(weights == ["problem", "warning", "hint"])
    }
}
