import Core
import Foundation
import Synchronization
import Testing

@testable import Metrics

@Suite struct CounterDirectoryTests {
    private func requests(_ counters: HostCounters, _ label: String = "chats") -> Int {
        counters.all(.requests).filter { $0.key.label == label }.reduce(0) { $0 + $1.count }
    }

    @Test func theCountsOfAllProcessesAreAdded() throws {
        let directory = try TemporaryDirectory()
        let pages = try [directory.page("web"), directory.page("web"), directory.page("slow")]
        for (index, page) in pages.enumerated() {
            for _ in 0...index { page.series(.requests, "chats").observe(2_000_000) }
        }
        let counters = try directory.counters.read()
        #expect(counters.processes.map(\.pool) == ["slow", "web", "web"])
        #expect(counters.pools == ["slow", "web"])
        #expect(counters.all(.requests).map(\.key.pool) == ["slow", "web"])
        #expect(counters.all(.requests).map(\.count) == [3, 3])
        #expect(counters.total(.requests, Column.sum, pool: "web") == 6_000_000)
        #expect(counters.processes.allSatisfy { $0.process == Int(getpid()) && $0.version == Build.version })
        #expect(counters.processes.allSatisfy { $0.memory.resident > 1 << 20 })
        withExtendedLifetime(pages) {}
    }

    @Test func whatADeadProcessCountedStays() throws {
        let directory = try TemporaryDirectory()
        var page: CounterPage? = try directory.page()
        let living = try directory.page()
        living.series(.requests, "chats").observe(1)
        page?.series(.requests, "chats").observe(1)
        page?.series(.daemonState).set(7, at: Column.DaemonState.sockets)
        #expect(try directory.counters.read().total(.daemonState, Column.DaemonState.sockets) == 7)
        page = nil

        for _ in 0..<3 {
            let counters = try directory.counters.read()
            #expect(requests(counters) == 2)
            #expect(counters.processes.count == 1)
            #expect(
                counters.total(.daemonState, Column.DaemonState.sockets) == 0,
                "what is no count ends with its process"
            )
            try directory.counters.fold()
        }
        #expect(try directory.pages.count == 1)
        living.series(.requests, "chats").observe(1)
        #expect(requests(try directory.counters.read()) == 3)
    }

    @Test func aFoldThatWasCutShortCountsNothingTwice() throws {
        let directory = try TemporaryDirectory()
        try directory.page().series(.requests, "chats").observe(1)
        let name = try #require(try directory.pages.first)
        // As after a death between the new past and the removal of the page.
        try FileManager.default.linkItem(atPath: "\(directory.path)/\(name)", toPath: "\(directory.path)/kept")
        try directory.counters.fold()
        try FileManager.default.moveItem(atPath: "\(directory.path)/kept", toPath: "\(directory.path)/\(name)")
        try directory.counters.fold()
        #expect(try directory.pages.isEmpty)
        #expect(requests(try directory.counters.read()) == 1)
    }

    @Test func ofHeightsTheHighestStays() throws {
        let directory = try TemporaryDirectory()
        for height in [3, 9, 5] {
            let page = try directory.page()
            page.series(.pool).raise(Column.Pool.peak, to: height)
            page.series(.pool).add(2, to: Column.Pool.saturated)
        }
        try directory.counters.fold()
        let pool = try #require(try directory.counters.read().all(.pool).first)
        #expect(pool[Column.Pool.peak] == 9)
        #expect(pool[Column.Pool.saturated] == 6)
    }

    @Test func countsNeverGoBackWhileProcessesComeAndGo() throws {
        let directory = try TemporaryDirectory()
        let counters = directory.counters
        let isDone = Atomic(false)
        let reader = Mutex<[Int]>([])
        let ended = Condition()
        NativeThread.start("reader") {
            var seen: [Int] = []
            while !isDone.load(ordering: .acquiring) {
                if let counters = try? counters.read() {
                    seen.append(counters.all(.requests).reduce(0) { $0 + $1.count })
                }
            }
            reader.withLock { $0 = seen + [-1] }
            ended.signal()
        }
        for _ in 0..<60 {
            let page = try directory.page()
            for _ in 0..<50 { page.series(.requests, "chats").observe(1) }
            if Bool.random() { try counters.fold() }
        }
        try counters.fold()
        isDone.store(true, ordering: .releasing)
        ended.wait { reader.withLock { $0.last == -1 } }
        let seen = reader.withLock { $0.dropLast() }
        #expect(Array(seen) == seen.sorted())
        #expect(requests(try counters.read()) == 3000)
    }

    @Test func whatIsNoPageIsPassedOver() throws {
        let directory = try TemporaryDirectory()
        func write(_ name: String, _ words: [Int]) throws {
            let data = words.withUnsafeBytes { Data($0) }
            try data.write(to: URL(filePath: "\(directory.path)/\(name).page"))
        }
        try write("empty", [])
        try write("short", [PageLayout.magic, 1, 2])
        try write("other", [Int](repeating: 77, count: 1024))
        for claim in [Int.max, -1, 1 << 40] {
            var words = [Int](repeating: 0, count: 1024)
            words[0] = PageLayout.magic
            words[PageLayout.Head.seriesCount] = claim
            words[PageLayout.Head.slowCount] = claim
            words[PageLayout.Head.lineCount] = claim
            try write("claim\(claim)", words)
        }
        let page = try directory.page()
        page.series(.requests, "chats").observe(1)
        #expect(requests(try directory.counters.read()) == 1)
        try directory.counters.fold()
        #expect(requests(try directory.counters.read()) == 1)
    }

    @Test func drainingIsSeenByAll() throws {
        let directory = try TemporaryDirectory()
        #expect(try !directory.counters.read().isDraining)
        for isDraining in [true, true, false, false] {
            try directory.counters.setDraining(isDraining)
            #expect(try directory.counters.read().isDraining == isDraining)
        }
    }

    @Test func oneKeepsTheDirectory() throws {
        let directory = try TemporaryDirectory()
        var keeper = directory.counters.becomeKeeper()
        #expect(keeper != nil)
        #expect(directory.counters.becomeKeeper() == nil)
        keeper = nil
        #expect(directory.counters.becomeKeeper() != nil)
    }

    @Test func aDirectoryThatIsNotThereIsAnError() {
        #expect(throws: PageError.self) { try CounterDirectory("/nowhere/counters").read() }
        #expect(throws: PageError.self) { try CounterPage.open(in: "/nowhere/counters", pool: "web", threads: 1) }
    }
}
