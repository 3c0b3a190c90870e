import Core
import Foundation
import HTTP
import Metrics
import Testing

@testable import FastCGIServer

@Suite(.timeLimit(.minutes(2))) struct CountersTests {
    private final class Working: Responder {
        var effort = RequestEffort()

        func respond(to request: Request) -> Response {
            effort.routeClass = String(request.path.dropFirst())
            effort.database = 3_000_000
            effort.statements = 2
            effort.slowest = 2_000_000
            effort.slowestStatement = "select $1"
            effort.upstream = 4_000_000
            return Response(status: Int(request.query["status"] ?? "") ?? 200)
        }
    }

    @Test func requestsAreCountedByClassAndStatus() throws {
        let pool = try ServingPool()
        let serving = try pool.serve({ $0.slowRequest = .seconds(600) }) { _ in Working() }
        for path in ["/a", "/a?status=302", "/a?status=404", "/a?status=404", "/b?status=503"] {
            _ = try pool.ask("GET", path)
        }
        // Refused before anybody knows its class.
        _ = try pool.ask("GET", "/a", [("CONTENT_LENGTH", "nonsense")])
        #expect(serving.drain() == .drained)
        let page = serving.server.scoreboard.page
        func statuses(_ name: String) -> [Int] {
            let values = page.values(.requests, name)
            return Array(values[Column.Requests.success..<Column.Requests.success + 4])
        }
        #expect(statuses("a") == [1, 1, 2, 0])
        #expect(statuses("b") == [0, 0, 0, 1])
        #expect(statuses("other") == [0, 0, 1, 0])
        #expect(page.values(.requests, "a")[..<Histogram.bucketCount].reduce(0, +) == 4)
        #expect(page.values(.pool, "")[Column.Pool.served] == 6)
        #expect(page.phase == .draining)
    }

    @Test func aSlowRequestSaysWhereTheTimeWent() throws {
        let pool = try ServingPool()
        let serving = try pool.serve({ $0.slowRequest = .zero }) { _ in Working() }
        _ = try pool.ask("GET", "/chats?token=secret", [("REQUEST_ID", "id-9")])
        #expect(serving.drain() == .drained)
        let line = pool.log.lines.first?.replacing(/duration_ms=\d+/, with: "duration_ms=N")
        #expect(
            line == "warning a request was slow class=chats duration_ms=N method=GET path=/chats request_id=id-9 "
                + "slowest_sql=select $1 slowest_sql_ms=2 sql_ms=3 sql_statements=2 status=200 upstream_ms=4"
        )
        #expect(serving.server.scoreboard.page.values(.pool, "")[Column.Pool.slow] == 1)
    }

    @Test func theKernelTellsWhoWaits() throws {
        let pool = try ServingPool()
        var status = stat()
        #expect(fstat(pool.listener, &status) == 0)
        let inode = Int(status.st_ino)
        #expect(ListenQueue(inode: inode)?.waiting == 0)
        let clients = try (0..<3).map { _ in try pool.client() }
        #expect(ListenQueue(inode: inode)?.waiting == 3)
        #expect(try #require(ListenQueue(inode: inode)?.limit) >= 3)
        #expect(ListenQueue(inode: 0) == nil)
        #expect(ListenQueue(inode: 4_000_000_000) == nil)
        withExtendedLifetime(clients) {}
    }
}
