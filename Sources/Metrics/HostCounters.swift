/// What all processes of a host have counted, and what the living ones are doing.
package struct HostCounters: Sendable {
    package internal(set) var series: [SeriesValues.Key: SeriesValues] = [:]
    package internal(set) var processes: [ProcessState] = []
    package internal(set) var isDraining = false

    /// Nothing has been counted.
    package init() {}

    mutating func add(_ lines: [SeriesValues]) {
        for line in lines {
            if series[line.key]?.add(line) == nil { series[line.key] = line }
        }
    }

    /// All series of a kind, by pool and label.
    package func all(_ kind: SeriesKind) -> [SeriesValues] {
        series.values.filter { $0.key.kind == kind }.sorted {
            ($0.key.pool, $0.key.label) < ($1.key.pool, $1.key.label)
        }
    }

    /// The sum over pools and labels of one column.
    package func total(_ kind: SeriesKind, _ column: Int, pool: String? = nil) -> Int {
        all(kind).filter { pool == nil || $0.key.pool == pool }.reduce(0) { $0 + $1[column] }
    }

    /// The pools that have living processes, in the order of their names.
    package var pools: [String] {
        Set(processes.map(\.pool)).sorted()
    }
}

/// One living process.
package struct ProcessState: Sendable {
    package let pool: String
    package let process: Int
    package let version: String
    /// Nanoseconds since 1970.
    package let start: Int
    package let phase: CounterPage.Phase
    package let busy: Int
    package let peak: Int
    package let limit: Int
    /// The inode of its listening socket; 0 without one.
    package let listener: Int
    package let threads: [ThreadState]
    package let slow: [SlowRequest]
    package let memory: ProcessMemory

    init(_ page: PageFile) {
        typealias Head = PageLayout.Head
        pool = page.headText(Head.pool, Head.poolWords)
        process = page.head(Head.process)
        version = page.headText(Head.version, Head.versionWords)
        start = page.head(Head.start)
        phase = CounterPage.Phase(rawValue: page.head(Head.phase)) ?? .starting
        busy = max(0, page.head(Head.busy))
        peak = page.head(Head.peak)
        limit = page.head(Head.limit)
        listener = page.head(Head.listener)
        threads = page.threads
        slow = page.slow
        memory = ProcessMemory(of: page.head(Head.process))
    }

    package var served: Int { threads.reduce(0) { $0 + $1.served } }
}
