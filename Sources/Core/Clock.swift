import Glibc

/// The time of day, and time that only goes forward.
///
/// Most code asks the type. What is tested against time holds a value of it, so that a test can give it another one.
package struct Clock: Sendable {
    /// Nanoseconds since 1970.
    package let wall: @Sendable () -> Int
    /// Nanoseconds since some moment; never set back.
    package let monotonic: @Sendable () -> Int

    package init(wall: @escaping @Sendable () -> Int, monotonic: @escaping @Sendable () -> Int) {
        self.wall = wall
        self.monotonic = monotonic
    }

    package static let system = Clock(wall: { read(CLOCK_REALTIME) }, monotonic: { read(CLOCK_MONOTONIC) })

    /// Nanoseconds since 1970.
    package static var nowNanoseconds: Int { read(CLOCK_REALTIME) }
    package static var nowMilliseconds: Int { nowNanoseconds / 1_000_000 }
    package static var nowSeconds: Int { nowNanoseconds / 1_000_000_000 }
    package static var monotonicNanoseconds: Int { read(CLOCK_MONOTONIC) }
    /// For measuring how long something takes.
    package static var monotonicSeconds: Double { Double(monotonicNanoseconds) / 1e9 }

    /// The date and time where the server is, according to `TZ` or `/etc/localtime`.
    package static var localTime: LocalTime { LocalTime(seconds: nowSeconds) }

    /// Blocks the thread, also when signals arrive.
    package static func sleep(milliseconds: Int) {
        var rest = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        var left = timespec()
        while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
    }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// The local date and time as prompts show them, the same in every locale.
package struct LocalTime: Sendable, Equatable {
    /// `YYYY-MM-DD`.
    package let date: String
    /// `hh:mm:ss AM`.
    package let time: String
    /// In English.
    package let weekday: String

    package init(date: String, time: String, weekday: String) {
        self.date = date
        self.time = time
        self.weekday = weekday
    }

    /// - Parameter seconds: since 1970.
    package init(seconds: Int) {
        var moment = time_t(seconds)
        var parts = tm()
        localtime_r(&moment, &parts)
        date = CalendarText.date(parts)
        time =
            "\(CalendarText.two((parts.tm_hour + 11) % 12 + 1)):\(CalendarText.two(parts.tm_min)):"
            + "\(CalendarText.two(parts.tm_sec)) \(parts.tm_hour < 12 ? "AM" : "PM")"
        weekday = CalendarText.weekdays[Int(parts.tm_wday)]
    }
}

/// Dates in the notations of protocols, always in UTC.
package enum CalendarText {
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Wed, 21 Oct 2015 07:28:00 GMT` (RFC 9110 §5.6.7), for HTTP headers and cookies, from seconds since 1970.
    package static func http(seconds: Int) -> String {
        let parts = utc(seconds)
        return
            "\(weekdays[Int(parts.tm_wday)].prefix(3)), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(year(parts)) "
            + "\(timeOfDay(parts)) GMT"
    }

    /// `2015-10-21T07:28:00.000Z` (RFC 3339), for logs, from milliseconds since 1970.
    package static func iso(milliseconds: Int) -> String {
        let seconds = Int((Double(milliseconds) / 1000).rounded(.down))
        let parts = utc(seconds)
        let fraction = String(milliseconds - seconds * 1000)
        return "\(date(parts))T\(timeOfDay(parts)).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)Z"
    }

    static func date(_ parts: tm) -> String {
        "\(year(parts))-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }

    static func two(_ number: Int32) -> String {
        (number < 10 ? "0" : "") + String(number)
    }

    private static func timeOfDay(_ parts: tm) -> String {
        "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }

    private static func year(_ parts: tm) -> String {
        let year = String(parts.tm_year + 1900)
        return String(repeating: "0", count: max(0, 4 - year.count)) + year
    }

    private static func utc(_ seconds: Int) -> tm {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        return parts
    }
}
