/// One line of counters of this process. Adding to it takes no lock and no memory.
package struct Series: Sendable {
    let words: Words

    package func add(_ count: Int = 1, to column: Int) {
        words.add(count, at: PageLayout.Series.values + column)
    }

    /// Counts something that took so many nanoseconds.
    package func observe(_ nanoseconds: Int) {
        words.add(1, at: PageLayout.Series.values + Histogram.bucket(nanoseconds))
        words.add(nanoseconds, at: PageLayout.Series.values + Column.sum)
    }

    /// For a value that is kept elsewhere, or is no count.
    package func set(_ value: Int, at column: Int) {
        words[PageLayout.Series.values + column] = value
    }

    package func raise(_ column: Int, to value: Int) {
        words.raise(PageLayout.Series.values + column, to: value)
    }
}
