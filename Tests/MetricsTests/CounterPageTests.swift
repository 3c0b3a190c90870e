import Core
import Synchronization
import Testing

@testable import Metrics

@Suite struct CounterPageTests {
    @Test func threadsLoseNoCount() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.page()
        let running = Mutex(4)
        let ended = Condition()
        for _ in 0..<4 {
            NativeThread.start("adds") {
                for number in 0..<5000 { page.series(.requests, "class \(number % 3)").observe(number) }
                running.withLock { $0 -= 1 }
                ended.signal()
            }
        }
        ended.wait { running.withLock { $0 == 0 } }
        let lines = try directory.counters.read().all(.requests)
        #expect(lines.map(\.key.label) == ["class 0", "class 1", "class 2"])
        #expect(lines.reduce(0) { $0 + $1.count } == 20_000)
        #expect(lines.reduce(0) { $0 + $1[Column.sum] } == 4 * 4999 * 5000 / 2)
    }

    @Test func whatFindsNoRoomIsCountedAsOther() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.page()
        for number in 0..<1000 { page.series(.model, "model \(number)").add(to: Column.Model.answers) }
        page.series(.provider, "late").observe(1)
        let counters = try directory.counters.read()
        #expect(counters.total(.model, Column.Model.answers) == 1000)
        #expect(counters.all(.model).count < PageLayout.seriesCount)
        #expect(counters.all(.model).contains { $0.key.label == "other" && $0[Column.Model.answers] > 500 })
        #expect(counters.all(.provider).map(\.key.label) == ["other"])
    }

    @Test func aLineTellsWhatItsThreadDoes() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.page(threads: 2)
        let lines = [page.line(0), page.line(1)]
        var process: ProcessState? { try? directory.counters.read().processes.first }
        #expect(process?.threads.map(\.isBusy) == [false, false])
        lines[0].begin(at: 100)
        lines[0].describe("GET", "/api/v1/chats/0b5f1d2c/messages")
        #expect(process?.threads[0] == lines[0].state)
        #expect(lines[0].state?.text == "GET /api/v1/chats")
        #expect(lines[0].state?.isBusy == true)
        #expect(lines[0].state?.since == 100)
        #expect(process?.busy == 1)
        lines[1].begin(at: 110)
        #expect(process?.busy == 2)
        lines[1].end(at: 120)
        lines[0].end(at: 130)
        lines[0].begin(at: 140)
        lines[0].end(at: 150)
        #expect(process?.busy == 0)
        #expect(process?.peak == 2)
        #expect(process?.threads.map(\.served) == [2, 1])
        #expect(process?.served == 3)
        let pool = try #require(try directory.counters.read().all(.pool).first)
        #expect(pool[Column.Pool.served] == 3)
        #expect(pool[Column.Pool.peak] == 2)
        #expect(pool[Column.Pool.saturated] == 1)
    }

    @Test(arguments: [
        ("GET", "/", "GET /"), ("DELETE", "/a/b/c/d", "DELETE /a/b/c"),
        ("PATCH", "/" + String(repeating: "x", count: 99), "PATCH /" + String(repeating: "x", count: 31)),
        ("AVERYLONGMETHOD", "/a", "AVERYLONGM /a"), ("GET", "", "GET "),
    ])
    func aRequestIsNamedWithoutIdsAndSecrets(method: String, path: String, text: String) {
        let page = CounterPage(threads: 1)
        let line = page.line(0)
        line.describe("OPTIONS", "/something/longer/before")
        line.describe(method, path)
        #expect(line.state?.text == text)
    }

    @Test func linesComeAndGo() {
        let page = CounterPage(threads: 2)
        let first = page.takeLine()
        let second = page.takeLine()
        #expect(first != nil && second != nil && first?.index != second?.index)
        #expect(page.takeLine() == nil)
        if let first { page.giveBack(line: first.index) }
        #expect(first?.line.state == nil)
        #expect(page.takeLine()?.index == first?.index)
    }

    @Test func theLastSlowRequestsAreKept() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.page()
        var effort = RequestEffort()
        effort.database = 5
        effort.statements = 2
        effort.upstream = 7
        effort.slowestStatement = "select *\n    from chat\n    where id = $1"
        for number in 1...PageLayout.slowCount + 4 {
            page.note(
                SlowRequest(
                    time: number,
                    duration: 100 + number,
                    status: 200,
                    request: "GET /api/v1/chats",
                    id: "0123456789abcdef0123456789abcdef",
                    effort: effort
                )
            )
        }
        let counters = try directory.counters.read()
        let slow = try #require(counters.processes.first?.slow)
        #expect(slow.map(\.time).sorted() == Array(5...PageLayout.slowCount + 4))
        let entry = try #require(slow.first { $0.time == 7 })
        #expect(entry.duration == 107)
        #expect(entry.database == 5 && entry.statements == 2 && entry.upstream == 7 && entry.status == 200)
        #expect(entry.request == "GET /api/v1/chats")
        #expect(entry.id == "0123456789abcdef0123456789abcdef")
        #expect(entry.statement == "select * from chat where id = $1")
        #expect(counters.total(.pool, Column.Pool.slow) == PageLayout.slowCount + 4)
    }

    @Test func aTextIsNotCutInsideACharacter() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.page()
        page.series(.model, String(repeating: "x", count: 63) + "é").add(to: Column.Model.answers)
        let line = try #require(try directory.counters.read().all(.model).first)
        #expect(line.key.label == String(repeating: "x", count: 63))
    }
}
