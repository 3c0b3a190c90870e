import Core
import Glibc

/// A page as a reader finds it: a copy of all that is in it.
struct PageFile {
    let name: String
    let isAlive: Bool
    let words: [Int]

    /// Copies a page; nil when it is gone, or is none.
    init?(_ directory: String, _ name: String) {
        let descriptor = open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // Its process has the lock as long as it lives.
        isAlive = flock(descriptor, LOCK_SH | LOCK_NB) != 0
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        let count = size / Words.size
        guard count >= PageLayout.head, size <= 64 << 20,
            let memory = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { return nil }
        defer { munmap(memory, size) }
        let shared = Words(memory)
        guard shared.acquire(0) == PageLayout.magic else { return nil }
        self.name = name
        words = [Int](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { buffer[index] = shared.acquire(index) }
            initialized = count
        }
    }

    func head(_ index: Int) -> Int { words[index] }

    func headText(_ start: Int, _ count: Int) -> String {
        Words.text(words[start..<start + count])
    }

    /// Everything that is counted. The sizes in the head are a file's claim, so they are held against what is there.
    var series: [SeriesValues] {
        parts(at: PageLayout.head, count: head(PageLayout.Head.seriesCount), size: PageLayout.series)
            .compactMap(SeriesValues.init)
    }

    var slow: [SlowRequest] {
        parts(at: slowStart, count: head(PageLayout.Head.slowCount), size: PageLayout.slow).compactMap(SlowRequest.init)
    }

    var threads: [ThreadState] {
        let start = slowStart + head(PageLayout.Head.slowCount) * PageLayout.slow
        return parts(at: start, count: head(PageLayout.Head.lineCount), size: PageLayout.line)
            .compactMap(ThreadState.init)
    }

    private var slowStart: Int {
        PageLayout.head + head(PageLayout.Head.seriesCount) * PageLayout.series
    }

    private func parts(at start: Int, count: Int, size: Int) -> [ArraySlice<Int>] {
        guard start >= 0, count >= 0, start <= words.count, count <= (words.count - start) / size else { return [] }
        return (0..<count).map { words[start + $0 * size..<start + ($0 + 1) * size] }
    }
}

/// The values of one series, of one process or of several.
package struct SeriesValues: Sendable, Equatable {
    package struct Key: Hashable, Sendable {
        package let pool: String
        package let kind: SeriesKind
        package let label: String
    }

    package let key: Key
    package private(set) var values: [Int]

    init?(_ words: ArraySlice<Int>) {
        typealias At = PageLayout.Series
        let start = words.startIndex
        guard let kind = SeriesKind(rawValue: words[start + At.kind]) else { return nil }
        key = Key(
            pool: Words.text(words[start + At.pool..<start + At.pool + PageLayout.Head.poolWords]),
            kind: kind,
            label: Words.text(words[start + At.label..<start + At.label + At.labelWords])
        )
        values = Array(words[start + At.values..<start + At.values + At.valueCount])
    }

    mutating func add(_ other: SeriesValues) {
        for column in values.indices {
            values[column] =
                key.kind.isHeight(column)
                ? max(values[column], other.values[column]) : values[column] &+ other.values[column]
        }
    }

    var words: [Int] {
        var words = [Int](repeating: 0, count: PageLayout.series)
        words.withUnsafeMutableBytes { buffer in
            let shared = Words(buffer.baseAddress!)
            shared[PageLayout.Series.kind] = key.kind.rawValue
            shared.write(key.pool, at: PageLayout.Series.pool, count: PageLayout.Head.poolWords)
            shared.write(key.label, at: PageLayout.Series.label, count: PageLayout.Series.labelWords)
            for (column, value) in values.enumerated() { shared[PageLayout.Series.values + column] = value }
        }
        return words
    }

    package subscript(_ column: Int) -> Int { values[column] }

    /// How many things a histogram has seen.
    package var count: Int { values[..<Histogram.bucketCount].reduce(0, +) }
    package var seconds: Double { Double(values[Column.sum]) / 1e9 }
}

extension SeriesValues {
    /// The counts of a histogram's buckets, each on its own.
    package var buckets: [Int] { Array(values[..<Histogram.bucketCount]) }

    /// The time, in seconds, within which this share of all was done: estimated inside the bucket where it lies, as Prometheus does.
    ///
    /// - Returns: nil when there was nothing, the last bound for what took longer than that.
    package func quantile(_ share: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = share * Double(total)
        var before = 0
        for (index, bucket) in buckets.enumerated() {
            if Double(before + bucket) >= rank, bucket > 0 {
                let lower = index == 0 ? 0 : Histogram.bounds[index - 1]
                guard index < Histogram.bounds.count else { return Double(lower) / 1e9 }
                let part = max(0, rank - Double(before)) / Double(bucket)
                return (Double(lower) + Double(Histogram.bounds[index] - lower) * part) / 1e9
            }
            before += bucket
        }
        return nil
    }
}
