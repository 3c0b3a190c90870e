import Core
import HTTP
import Logging
import Metrics

/// Counts the requests of one thread, and logs those that failed or took long.
struct RequestMeter {
    private let page: CounterPage
    private let line: ThreadLine
    private let slowest: Duration
    private let logger: Logger
    /// The classes this thread has seen; the same few come again and again.
    private var classes: [String: Series] = [:]

    init(_ scoreboard: Scoreboard, thread: Int, slowest: Duration, logger: Logger) {
        page = scoreboard.page
        line = scoreboard.threads[thread]
        self.slowest = slowest
        self.logger = logger
    }

    func begin(at time: Int) {
        line.begin(at: time)
    }

    func describe(_ request: Request) {
        line.describe(request.method?.rawValue ?? "?", request.path)
    }

    /// A request that was not answered is no longer worked on, and counts as nothing else.
    func drop() {
        line.end(at: Clock.monotonicNanoseconds)
    }

    /// Counts a request that took so many nanoseconds until its answer was made; at `end` it was written, too.
    mutating func end(_ request: Request, status: Int, took nanoseconds: Int, _ effort: RequestEffort, at end: Int) {
        let series = series(effort.routeClass)
        series.observe(nanoseconds)
        series.add(to: Column.Requests.success + max(0, min(status / 100 - 2, 3)))
        line.end(at: end)
        let isSlow = Duration.nanoseconds(nanoseconds) > slowest
        if isSlow || status >= 500 { log(request, status, nanoseconds, effort, isSlow: isSlow) }
    }

    private mutating func series(_ name: String) -> Series {
        if let known = classes[name] { return known }
        let series = page.series(.requests, name)
        classes[name] = series
        return series
    }

    private func log(_ request: Request, _ status: Int, _ nanoseconds: Int, _ effort: RequestEffort, isSlow: Bool) {
        var metadata = request.logMetadata
        metadata["status"] = "\(status)"
        metadata["duration_ms"] = "\(nanoseconds / 1_000_000)"
        metadata["class"] = "\(effort.routeClass)"
        if isSlow {
            metadata["sql_ms"] = "\(effort.database / 1_000_000)"
            metadata["sql_statements"] = "\(effort.statements)"
            metadata["upstream_ms"] = "\(effort.upstream / 1_000_000)"
            if effort.slowest > 0 {
                metadata["slowest_sql_ms"] = "\(effort.slowest / 1_000_000)"
                metadata["slowest_sql"] = "\(effort.slowestStatement)"
            }
            let text = line.state?.text ?? ""
            page.note(
                SlowRequest(
                    time: Clock.nowNanoseconds,
                    duration: nanoseconds,
                    status: status,
                    request: text,
                    id: request.client.requestID,
                    effort: effort
                )
            )
        }
        if status >= 500 {
            logger.error("a request failed", metadata: metadata)
        } else {
            logger.warning("a request was slow", metadata: metadata)
        }
    }
}

extension Request {
    /// How a request is named in a log: without the query, which may hold a secret.
    var logMetadata: Logger.Metadata {
        [
            "request_id": "\(client.requestID)", "method": "\(method?.rawValue ?? "-")", "path": "\(path)",
        ]
    }
}
