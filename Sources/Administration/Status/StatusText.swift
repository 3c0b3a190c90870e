package import Core

/// The status for a terminal, in the manner of PHP-FPM's.
package struct StatusText: CustomStringConvertible {
    private let status: JSONValue

    package init(_ status: JSONValue) {
        self.status = status
    }

    package var description: String {
        ((status["hosts"]?.array ?? []).flatMap(host) + shared + advice).joined(separator: "\n") + "\n"
    }

    private func host(_ host: JSONValue) -> [String] {
        let load = (host["load"]?.double ?? 0).description
        var lines = [
            "host \(host.word("name"))  version \(host.word("version"))  cores \(host.number("cores"))  load \(load)"
                + "  memory \(Self.size(host.number("available_memory"))) of \(Self.size(host.number("memory"))) available"
                + (host["draining"]?.isTruthy ?? false ? "  DRAINING" : ""),
            "",
        ]
        lines += Self.table(
            [
                "pool", "processes", "threads", "busy", "peak", "saturated", "queue", "longest", "served", "slow",
                "memory",
            ],
            (host["pools"]?.array ?? []).map { pool in
                let queue = pool["queue"]?.nonNull
                return [
                    pool.word("name"), "\(pool.number("processes"))", "\(pool.number("threads"))",
                    "\(pool.number("busy"))", "\(pool.number("peak_ever"))", "\(pool.number("saturated"))",
                    queue.map { "\($0.number("waiting"))/\($0.number("limit"))" } ?? "-",
                    queue.map { "\($0.number("peak"))" } ?? "-", "\(pool.number("served"))", "\(pool.number("slow"))",
                    Self.size(pool.number("memory")),
                ]
            }
        )
        lines.append("")
        lines += Self.table(
            ["pool", "pid", "phase", "since", "memory", "state", "for", "served", "request"],
            (host["processes"]?.array ?? []).flatMap(process)
        )
        let slow = (host["slow"]?.array ?? []).map { slow in
            [
                CalendarText.iso(milliseconds: slow.number("at")), slow.word("pool"), "\(slow.number("status"))",
                "\(slow.number("ms")) ms", "\(slow.number("sql_ms")) ms/\(slow.number("statements"))",
                "\(slow.number("upstream_ms")) ms", slow.word("request"), slow.word("request_id"),
            ]
        }
        if !slow.isEmpty {
            lines.append("")
            lines += Self.table(["slow at", "pool", "status", "took", "sql", "upstream", "request", "id"], slow)
        }
        return lines + [""]
    }

    private func process(_ process: JSONValue) -> [[String]] {
        let head = [
            process.word("pool"), "\(process.number("pid"))", process.word("phase"),
            CalendarText.iso(milliseconds: process.number("started")), Self.size(process.number("memory")),
        ]
        let threads = process["threads"]?.array ?? []
        if threads.isEmpty { return [head + ["-", "-", "-", "-"]] }
        return threads.map { thread in
            head + [
                thread["busy"]?.isTruthy ?? false ? "busy" : "idle", Self.duration(thread.number("ms")),
                "\(thread.number("served"))", thread.word("request"),
            ]
        }
    }

    private var shared: [String] {
        guard let shared = status["shared"]?.nonNull, let turns = shared["turns"], let database = shared["database"]
        else { return [] }
        let jobs = (shared["jobs"]?.array ?? []).map {
            "\($0.word("kind")) \($0.number("waiting")) waiting, \($0.number("running")) running, \($0.number("failed")) failed"
        }
        return [
            "answers    \(turns.number("queued")) waiting (oldest \(Self.duration(turns.number("oldest_queued_ms")))), "
                + "\(turns.number("running")) being made (oldest \(Self.duration(turns.number("oldest_running_ms"))))",
            "jobs       \(jobs.isEmpty ? "none" : jobs.joined(separator: "; "))",
            "sockets    \(shared.number("sockets"))",
            "postgres   \(database.number("connections")) of \(database.number("limit")) connections, "
                + "\(database.number("active")) active",
            "",
        ]
    }

    private var advice: [String] {
        let advice = status["advice"]?.array ?? []
        if advice.isEmpty { return ["Nothing to tune."] }
        return advice.flatMap { advice in
            let host = advice.word("host")
            return [
                "\(advice.word("weight")): \(host.isEmpty ? "" : "\(host): ")\(advice.word("what"))",
                "    why: \(advice.word("why"))", "    do:  \(advice.word("remedy"))",
            ]
        }
    }

    // MARK: - Words

    static func size(_ bytes: Int) -> String {
        bytes < 10 << 20 ? "\(bytes >> 10) kB" : bytes < 10 << 30 ? "\(bytes >> 20) MB" : "\(bytes >> 30) GB"
    }

    static func duration(_ milliseconds: Int) -> String {
        switch milliseconds {
        case ..<10_000: "\(milliseconds) ms"
        case ..<600_000: "\(milliseconds / 1000) s"
        case ..<36_000_000: "\(milliseconds / 60_000) min"
        default: "\(milliseconds / 3_600_000) h"
        }
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let cells = [head] + rows.map { $0.map(printable) }
        let widths = head.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  "
            )
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Paths are strangers' words and must not steer the terminal.
    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "�" : Character($0) })
    }
}

extension JSONValue {
    func word(_ key: String) -> String {
        self[key]?.string ?? ""
    }
}
