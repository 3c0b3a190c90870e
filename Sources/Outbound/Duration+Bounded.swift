extension Duration {
    /// A time limit from a number of seconds that may be anything: at least a millisecond, since libcurl reads zero as its
    /// own default or as no limit, and at most some weeks.
    init(boundedSeconds seconds: Double) {
        let longest = 2_000_000.0
        self = .seconds(seconds < longest ? max(0.001, seconds) : longest)
    }

    /// Whole milliseconds, rounded down.
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
