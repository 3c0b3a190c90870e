/// What one thread is doing, in the page of its process. It is written by plain stores of that thread; whoever reads may see one that is
/// just being written, which is good enough for a status page.
package struct ThreadLine: Sendable {
    let words: Words
    let head: Words
    let pool: Series

    static let idle = 1
    static let busy = 2

    /// The thread has begun to work on something.
    ///
    /// - Parameter time: nanoseconds of `Clock.monotonicNanoseconds`.
    package func begin(at time: Int) {
        words[PageLayout.Line.since] = time
        words[PageLayout.Line.state] = Self.busy
        let busy = head.add(1, at: PageLayout.Head.busy)
        head.raise(PageLayout.Head.peak, to: busy)
        pool.raise(Column.Pool.peak, to: busy)
        if busy == head[PageLayout.Head.limit] { pool.add(to: Column.Pool.saturated) }
    }

    /// Names what it works on: a method and the beginning of a path. At most 32 bytes of the path's first three segments, so that no id and no
    /// secret shows.
    package func describe(_ method: String, _ path: String) {
        var word: UInt64 = 0
        var count = 0
        func put(_ byte: UInt8) {
            word |= UInt64(byte) << UInt64(count % 8 * 8)
            count += 1
            if count % 8 == 0 {
                words[PageLayout.Line.text + count / 8 - 1] = Int(bitPattern: UInt(word))
                word = 0
            }
        }
        for byte in method.utf8.prefix(10) { put(byte) }
        put(UInt8(ascii: " "))
        let limit = count + 32
        var slashes = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/") { slashes += 1 }
            if slashes > 3 || count == limit { break }
            put(byte)
        }
        words[PageLayout.Line.text + count / 8] = Int(bitPattern: UInt(word))
        for index in count / 8 + 1..<PageLayout.Line.textWords { words[PageLayout.Line.text + index] = 0 }
    }

    package func describe(_ text: String) {
        words.write(text, at: PageLayout.Line.text, count: PageLayout.Line.textWords)
    }

    package func end(at time: Int) {
        words[PageLayout.Line.since] = time
        words[PageLayout.Line.state] = Self.idle
        words.add(1, at: PageLayout.Line.served)
        head.add(-1, at: PageLayout.Head.busy)
        pool.add(to: Column.Pool.served)
    }

    /// What readers see of it.
    package var state: ThreadState? {
        ThreadState((0..<PageLayout.line).map { words[$0] }[...])
    }
}

/// A thread as a reader sees it.
package struct ThreadState: Sendable, Equatable {
    package let isBusy: Bool
    /// Nanoseconds of `Clock.monotonicNanoseconds`.
    package let since: Int
    package let served: Int
    /// What it does, or did last.
    package let text: String

    /// Nil for a line that no thread has.
    init?(_ words: ArraySlice<Int>) {
        let start = words.startIndex
        let state = words[start + PageLayout.Line.state]
        guard state == ThreadLine.idle || state == ThreadLine.busy else { return nil }
        isBusy = state == ThreadLine.busy
        since = words[start + PageLayout.Line.since]
        served = words[start + PageLayout.Line.served]
        let text = start + PageLayout.Line.text
        self.text = Words.text(words[text..<text + PageLayout.Line.textWords])
    }
}
