import Core

/// Times in the notation of RFC 3339, such as `2026-01-31T12:00:00Z`.
enum SCIMTime {
    static func text(_ seconds: Int) -> String {
        // Milliseconds are of no use here; what is stored are seconds.
        String(CalendarText.iso(milliseconds: seconds * 1000).prefix { $0 != "." }) + "Z"
    }

    /// Seconds since 1970; nil for what is no time.
    static func seconds(_ text: String) -> Double? {
        let scanned = Array(text.utf8)
        guard scanned.count >= 20, scanned.count <= 40 else { return nil }
        func number(_ start: Int, _ count: Int) -> Int? {
            let digits = scanned[start..<(start + count)]
            return digits.allSatisfy({ (48...57).contains($0) }) ? Int(String(decoding: digits, as: UTF8.self)) : nil
        }
        let separators: [(Int, String)] = [(4, "-"), (7, "-"), (10, "tT "), (13, ":"), (16, ":")]
        guard separators.allSatisfy({ $1.utf8.contains(scanned[$0]) }),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), (1...12).contains(month),
            (1...31).contains(day),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var rest = scanned[19...]
        var fraction = 0.0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty, let value = Double("0." + String(decoding: digits, as: UTF8.self)) else {
                return nil
            }
            fraction = value
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offset(String(decoding: rest, as: UTF8.self)) else { return nil }
        return Double(days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset) + fraction
    }

    /// In seconds east of Greenwich.
    private static func offset(_ text: String) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard text.first == "+" || text.first == "-", parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), (0..<24).contains(hours), (0..<60).contains(minutes)
        else { return nil }
        return (text.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// Days since 1970 in the Gregorian calendar, counted in years that begin in March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
