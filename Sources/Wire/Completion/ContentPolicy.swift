/// When the whole content of an answer may be told.
///
/// Whole content is simple and heals whatever a client missed, but told at each change it would cost the square of the
/// answer's length. So it is told while it is short; when a block begins or ends, as long as that stays within a few
/// times the answer's length; and while a model thinks, when a quarter has come since the last time or some time has
/// passed.
struct ContentPolicy: Sendable {
    /// Bytes of content that is always told whole: less than the envelope around it.
    private static let short = 512
    /// Changes of blocks are told at once within `allowance + 8 * size` bytes in all.
    private static let allowance = 65_536
    /// Bytes a second at which growing content is told again.
    private static let rate = 32_768.0

    private var spent = 0
    private var lastSize = 0
    private var lastTime = -Double.infinity

    func isShort(_ size: Int) -> Bool {
        size <= Self.short
    }

    func allows(size: Int, isNewBlock: Bool, now: Double) -> Bool {
        if isShort(size) { return true }
        if isNewBlock, spent + size <= Self.allowance + 8 * size { return true }
        if size - lastSize >= lastSize / 4 { return true }
        return now - lastTime >= max(1, Double(size) / Self.rate)
    }

    mutating func tell(size: Int, now: Double) {
        spent += size
        lastSize = size
        lastTime = now
    }
}
