/// Where things are in a page, counted in words. Pages of two releases may lie side by side while one takes over from the other: what
/// stands here is only ever added to, and sizes are read from the page's own head.
enum PageLayout {
    /// The first word of every page.
    static let magic = 0x5357_4C54_5041_4745
    static let head = 512
    static let series = 32
    static let slow = 48
    static let line = 16

    /// How many series a process may have; what comes later is counted as `other`.
    static let seriesCount = 192
    static let slowCount = 16

    enum Head {
        static let process = 1
        /// Nanoseconds since 1970.
        static let start = 2
        static let seriesCount = 3
        static let slowCount = 4
        static let lineCount = 5
        /// The inode of the listening socket; 0 without one.
        static let listener = 6
        static let phase = 7
        /// Threads at work now, the most there ever were, and how many there may be.
        static let busy = 8
        static let peak = 9
        static let limit = 10
        static let nextSlow = 11
        static let pool = 16
        static let poolWords = 3
        static let version = 20
        static let versionWords = 4
        /// In the file of the past: the page whose counts were added last.
        static let folded = 32
        static let foldedWords = 16
    }

    enum Series {
        static let kind = 0
        static let pool = 1
        static let label = 4
        static let labelWords = 8
        static let values = 12
        static let valueCount = 20
    }

    enum Slow {
        /// Nanoseconds since 1970; 0 where there is no entry.
        static let time = 0
        static let duration = 1
        static let database = 2
        static let statements = 3
        static let upstream = 4
        static let status = 5
        static let request = 6
        static let requestWords = 10
        static let id = 16
        static let idWords = 8
        static let statement = 24
        static let statementWords = 24
    }

    enum Line {
        static let state = 0
        /// Nanoseconds of the clock that only goes forward, which is the same for all processes of a host.
        static let since = 1
        static let served = 2
        static let text = 4
        static let textWords = 12
    }
}
