import CSystem
import Core
import Glibc
import Synchronization

/// The counters of one process and the lines of its threads, in memory that other processes can read.
///
/// The memory is a file that its process holds locked for as long as it lives, however it ends: `CounterDirectory` tells the living from the dead
/// by that. A page without a file is for this process alone.
package final class CounterPage: Sendable {
    package enum Phase: Int, Sendable {
        case starting, serving, draining
    }

    package let pool: String
    let words: Words
    private let descriptor: Int32
    private let seats: Mutex<Seats>

    private struct Key: Hashable {
        let kind: SeriesKind
        let label: String
    }

    private struct Seats {
        var series: [Key: Series] = [:]
        /// The first ones are for what finds no room.
        var nextSeries = SeriesKind.allCases.count
        var freeLines: [Int]
    }

    /// A page for this process alone.
    package convenience init(pool: String = "", threads: Int = 0) {
        let size = Self.size(threads)
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { preconditionFailure("no memory for counters") }
        self.init(pool: pool, threads: threads, memory: memory, descriptor: -1)
    }

    private init(pool: String, threads: Int, memory: UnsafeMutableRawPointer, descriptor: Int32) {
        self.pool = pool
        self.descriptor = descriptor
        words = Words(memory)
        seats = Mutex(Seats(freeLines: Array((0..<threads).reversed())))
        typealias Head = PageLayout.Head
        words[Head.process] = Int(getpid())
        words[Head.start] = Clock.nowNanoseconds
        words[Head.seriesCount] = PageLayout.seriesCount
        words[Head.slowCount] = PageLayout.slowCount
        words[Head.lineCount] = threads
        words[Head.limit] = threads
        words.write(pool, at: Head.pool, count: Head.poolWords)
        words.write(Build.version, at: Head.version, count: Head.versionWords)
        words.publish(PageLayout.magic, at: 0)
    }

    /// Whether others can read it.
    package var isShared: Bool { descriptor >= 0 }

    /// Gives up the lock. The memory stays mapped: a process has one page for good, and whoever still holds a series must do no harm.
    deinit {
        guard descriptor >= 0 else { return }
        // The mapping holds the file, and with it the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Makes a page that others can read, with room for so many threads. The directory is made when it is not there; its parent must be. A pool's
    /// name has at most 24 bytes. Throws a `PageError` when the file can not be made.
    package static func open(in directory: String, pool: String, threads: Int) throws -> CounterPage {
        mkdir(directory, 0o750)
        let name = "\(pool)-\(getpid())-\(String(Clock.nowNanoseconds, radix: 36))"
        let draft = "\(directory)/\(name).new"
        let descriptor = Glibc.open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw PageError("open", draft) }
        // The lock first and the name last: whoever finds the page finds it locked.
        let size = size(threads)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, ftruncate(descriptor, size) == 0,
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else {
            let error = PageError("map", draft)
            close(descriptor)
            unlink(draft)
            throw error
        }
        let page = CounterPage(pool: pool, threads: threads, memory: memory, descriptor: descriptor)
        guard rename(draft, "\(directory)/\(name).page") == 0 else { throw PageError("rename", draft) }
        return page
    }

    private static func size(_ threads: Int) -> Int {
        let words =
            PageLayout.head + PageLayout.seriesCount * PageLayout.series + PageLayout.slowCount * PageLayout.slow
            + threads * PageLayout.line
        return words * Words.size
    }

    // MARK: - This process's own page

    private static let opened = Mutex<CounterPage?>(nil)

    /// Where everything in this process is counted: what `share` made, or memory of its own.
    package static let process: CounterPage = opened.withLock(\.self) ?? CounterPage()

    /// Makes this process's counters visible to others. To be called before anything is counted.
    package static func share(in directory: String, pool: String, threads: Int) throws {
        let page = try open(in: directory, pool: pool, threads: threads)
        opened.withLock { $0 = page }
        _ = process
    }

    // MARK: - What it has

    package var phase: Phase {
        get { Phase(rawValue: words[PageLayout.Head.phase]) ?? .starting }
        set { words[PageLayout.Head.phase] = newValue.rawValue }
    }

    /// Tells where requests wait for this process.
    package func setListener(_ descriptor: Int32) {
        var status = stat()
        if fstat(descriptor, &status) == 0 { words[PageLayout.Head.listener] = Int(status.st_ino) }
    }

    /// How many threads may work at once, when that is not the number of lines.
    package func setLimit(_ threads: Int) {
        words[PageLayout.Head.limit] = threads
    }

    /// The counters of a kind and label. Keep them where they are used often: finding them takes a lock.
    package func series(_ kind: SeriesKind, _ label: String = "") -> Series {
        seats.withLock { seats in
            let key = Key(kind: kind, label: label)
            if let known = seats.series[key] { return known }
            let isFull = seats.nextSeries >= PageLayout.seriesCount
            let index = isFull ? kind.rawValue - 1 : seats.nextSeries
            if !isFull { seats.nextSeries += 1 }
            let words = self.words.dropping(PageLayout.head + index * PageLayout.series)
            words.write(pool, at: PageLayout.Series.pool, count: PageLayout.Head.poolWords)
            words.write(
                isFull ? "other" : label,
                at: PageLayout.Series.label,
                count: PageLayout.Series.labelWords
            )
            words.publish(kind.rawValue, at: PageLayout.Series.kind)
            let made = Series(words: words)
            // Strangers' names must not fill this memory either.
            if !isFull { seats.series[key] = made }
            return made
        }
    }

    /// What a series has counted so far.
    package func values(_ kind: SeriesKind, _ label: String = "") -> [Int] {
        let words = series(kind, label).words
        return (0..<PageLayout.Series.valueCount).map { words[PageLayout.Series.values + $0] }
    }

    /// The line of a thread that has one for good.
    package func line(_ index: Int) -> ThreadLine {
        let line = ThreadLine(words: lineWords(index), head: words, pool: series(.pool))
        line.words[PageLayout.Line.since] = Clock.monotonicNanoseconds
        line.words[PageLayout.Line.state] = ThreadLine.idle
        return line
    }

    /// A line for a thread that comes and goes; nil when all are taken, and then it is not seen.
    package func takeLine() -> (index: Int, line: ThreadLine)? {
        seats.withLock { $0.freeLines.popLast() }.map { ($0, line($0)) }
    }

    package func giveBack(line index: Int) {
        lineWords(index)[PageLayout.Line.state] = 0
        seats.withLock { $0.freeLines.append(index) }
    }

    private func lineWords(_ index: Int) -> Words {
        let start =
            PageLayout.head + PageLayout.seriesCount * PageLayout.series + PageLayout.slowCount * PageLayout.slow
        return words.dropping(start + index * PageLayout.line)
    }

    /// Keeps a slow request; the oldest one gives way.
    package func note(_ slow: SlowRequest) {
        series(.pool).add(to: Column.Pool.slow)
        let number = words.add(1, at: PageLayout.Head.nextSlow) - 1
        let start = PageLayout.head + PageLayout.seriesCount * PageLayout.series
        slow.write(to: words.dropping(start + number % PageLayout.slowCount * PageLayout.slow))
    }
}

/// A page that can not be made or read.
package struct PageError: Error, CustomStringConvertible {
    package let description: String

    init(_ call: String, _ path: String, _ code: Int32 = errno) {
        description = "\(call) \(path): \(String(cString: strerror(code)))"
    }
}
