import Core

/// Something that could be better, why, and what to do about it.
struct Advice: Sendable, Equatable {
    enum Weight: String, Sendable {
        /// Users feel it.
        case problem
        /// It will be felt when there is more to do.
        case warning
        case hint
    }

    let weight: Weight
    let host: String
    let what: String
    let why: String
    let remedy: String

    var json: JSONValue {
        [
            "weight": .string(weight.rawValue), "host": .string(host), "what": .string(what), "why": .string(why),
            "remedy": .string(remedy),
        ]
    }

    /// What the reports and the common state call for; nothing when all is well.
    static func all(_ hosts: [JSONValue], _ shared: JSONValue) -> [Advice] {
        let found = hosts.flatMap { AdviceForHost($0).all } + ofAll(shared)
        let order: [Weight] = [.problem, .warning, .hint]
        return order.flatMap { weight in found.filter { $0.weight == weight } }
    }

    private static func ofAll(_ shared: JSONValue) -> [Advice] {
        guard let turns = shared["turns"] else {
            return [
                Advice(
                    weight: .problem,
                    host: "",
                    what: "The database does not answer.",
                    why: "Nothing but files can be served without it.",
                    remedy: "See whether Postgres runs, and `swiftlet doctor` for how it is reached."
                )
            ]
        }
        var found: [Advice] = []
        if turns.number("oldest_queued_ms") > 5000 {
            found.append(
                Advice(
                    weight: .problem,
                    host: "",
                    what: "Answers wait for \(turns.number("oldest_queued_ms") / 1000) seconds before they begin.",
                    why: "\(turns.number("queued")) wait, and every thread that makes answers has one.",
                    remedy:
                        "See that a turns process runs; else give it more threads (TURN_THREADS), or start one more."
                )
            )
        }
        for job in shared["jobs"]?.array ?? [] {
            let kind = job["kind"]?.string ?? ""
            if job.number("oldest_ms") > 60_000 {
                found.append(
                    Advice(
                        weight: .warning,
                        host: "",
                        what: "Jobs of the kind \(kind) wait for \(job.number("oldest_ms") / 1000) seconds.",
                        why: "\(job.number("waiting")) are due and \(job.number("running")) are being done.",
                        remedy: "See that a jobs process runs; else give it more threads (JOB_THREADS)."
                    )
                )
            }
            if job.number("failed") > 0 {
                found.append(
                    Advice(
                        weight: .hint,
                        host: "",
                        what: "\(job.number("failed")) jobs of the kind \(kind) failed for good in the last week.",
                        why: "They were tried again until nothing more was to be hoped for.",
                        remedy: "Read last_error in the table job."
                    )
                )
            }
        }
        let database = shared["database"] ?? [:]
        let (used, limit) = (database.number("connections"), database.number("limit"))
        if limit > 0, used * 10 > limit * 8 {
            found.append(
                Advice(
                    weight: used >= limit ? .problem : .warning,
                    host: "",
                    what: "\(used) of \(limit) connections to Postgres are in use.",
                    why: "When none is left, processes can neither start nor come back after a loss.",
                    remedy: "Raise max_connections in postgresql.conf, or lower threads: `swiftlet tune` adds them up."
                )
            )
        }
        return found
    }
}

/// What one host's report calls for.
struct AdviceForHost {
    private let report: JSONValue

    init(_ report: JSONValue) {
        self.report = report
    }

    var all: [Advice] {
        (report["pools"]?.array ?? []).compactMap(pool) + providers + [memory, events, load].compactMap(\.self)
    }

    private func advice(_ weight: Advice.Weight, _ what: String, _ why: String, _ remedy: String) -> Advice {
        Advice(weight: weight, host: report["name"]?.string ?? "", what: what, why: why, remedy: remedy)
    }

    private func pool(_ pool: JSONValue) -> Advice? {
        let name = pool["name"]?.string ?? ""
        guard let queue = pool["queue"], queue.object != nil else { return nil }
        let waiting = queue.number("waiting")
        if waiting * 2 > queue.number("limit") {
            return advice(
                .problem,
                "\(waiting) requests wait for pool \(name), near the limit of \(queue.number("limit")).",
                "Beyond the limit nginx answers 502.",
                "Find what is slow (the list of slow requests), then raise processes or threads."
            )
        }
        if queue.number("peak") > 0, pool.number("saturated") > 0 {
            return advice(
                .warning,
                "Requests have waited for pool \(name): \(queue.number("peak")) at once.",
                "All threads of a process were busy \(pool.number("saturated")) times.",
                "`swiftlet tune` says whether more threads help, or more processors."
            )
        }
        return nil
    }

    private var providers: [Advice] {
        (report["providers"]?.array ?? []).compactMap { provider in
            let bad = provider.number("unreachable") + provider.number("refused")
            guard bad >= 5, bad * 20 > provider.number("count") else { return nil }
            return advice(
                .warning,
                "\(bad) of \(provider.number("count")) questions to \(provider["name"]?.string ?? "") got no answer.",
                "\(provider.number("unreachable")) did not reach it, \(provider.number("refused")) were refused.",
                "See the turns process's log for the reasons, and `swiftlet doctor` for whether it is reachable."
            )
        }
    }

    private var memory: Advice? {
        let (total, available) = (report.number("memory"), report.number("available_memory"))
        guard available > 0, available * 10 < total else { return nil }
        return advice(
            .warning,
            "Only \(available >> 20) of \(total >> 20) MB of memory are left.",
            "When it runs out the kernel ends processes.",
            "Lower threads and processes, or limit what else runs here."
        )
    }

    private var events: Advice? {
        let dropped = report["events"]?.number("dropped") ?? 0
        guard dropped > 0, dropped * 100 > report["events"]?.number("sent") ?? 0 else { return nil }
        return advice(
            .hint,
            "\(dropped) events did not reach the daemon that holds clients' connections.",
            "It was away or did not keep up; pages show what they told when they are loaded again.",
            "See that swiftlet-streamd runs, and its log."
        )
    }

    private var load: Advice? {
        let (load, cores) = (report["load"]?.double ?? 0, Double(report.number("cores")))
        guard cores > 0, load > cores * 2 else { return nil }
        return advice(
            .hint,
            "Twice as much wants to run as there are processors: the load is \(load).",
            "More threads make this worse, not better.",
            "Add processors or a host, or look for what else runs here."
        )
    }
}

extension JSONValue {
    /// 0 for what is not there.
    func number(_ key: String) -> Int {
        self[key]?.int ?? 0
    }
}
