import NIOCore

/// A token bucket: so many at once, so many a second.
struct RateLimit {
    private let burst: Double
    private let perNanosecond: Double
    private var tokens: Double
    private var last: NIODeadline

    init(burst: Int, perSecond: Int, now: NIODeadline) {
        self.burst = Double(burst)
        perNanosecond = Double(perSecond) / 1e9
        tokens = Double(burst)
        last = now
    }

    /// - Returns: false when there has been too much.
    mutating func take(now: NIODeadline) -> Bool {
        tokens = min(burst, tokens + Double((now - last).nanoseconds) * perNanosecond)
        last = now
        if tokens < 1 { return false }
        tokens -= 1
        return true
    }
}
