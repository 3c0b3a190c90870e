import Core
import Glibc
import HTTP

/// The cookies that sign-in sets and sign-out clears. No script reads them.
enum SessionCookie {
    static let token = "token"

    /// Without an expiry (seconds since 1970) the cookie ends with the browser's session.
    static func set(_ value: String, expiresAt: Int?, _ settings: Settings) -> String {
        let expiry = expiresAt.map { "; expires=\(date($0))" } ?? ""
        let secure = settings[Setting.webUIAuthCookieSecure] ? "; Secure" : ""
        return
            "\(token)=\(value)\(expiry); HttpOnly; Path=/; SameSite=\(settings[Setting.webUIAuthCookieSameSite])\(secure)"
    }

    static func clear(_ name: String) -> String {
        "\(name)=\"\"; expires=\(date(Clock.nowSeconds)); Max-Age=0; Path=/; SameSite=lax"
    }

    /// RFC 9110 §5.6.7, the same in every locale.
    static func date(_ seconds: Int) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return
            "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
