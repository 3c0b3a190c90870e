/// How long a token is good, as `JWT_EXPIRES_IN` says it: `-1` or `0` for ever, else numbers with units, which add up (`1h30m`).
package enum TokenLifetime: Equatable, Sendable {
    case endless
    case seconds(Int)

    /// A century: long enough for everybody, and far from where dates end.
    private static let longest = 100.0 * 365 * 86400
    /// `ms` before `m`, so that the longer one is recognised.
    private static let units: [(name: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604_800),
    ]

    /// Nil for a text without any duration. What stands between durations is passed over, as the reference does.
    package init?(_ text: String) {
        if text == "-1" || text == "0" {
            self = .endless
            return
        }
        let durations = Self.durations(in: text)
        if durations.isEmpty { return nil }
        let total = durations.reduce(0, +)
        self = total == 0 ? .endless : .seconds(Int(min(max(total, -Self.longest), Self.longest)))
    }

    /// Whether the admin's form takes this: one number with one unit, or for ever.
    package static func isAcceptable(_ text: String) -> Bool {
        if text == "-1" || text == "0" { return true }
        var rest = text[...]
        return duration(&rest) != nil && rest.isEmpty
    }

    private static func durations(in text: String) -> [Double] {
        var found: [Double] = []
        var rest = text[...]
        while !rest.isEmpty {
            if let seconds = duration(&rest) {
                found.append(seconds)
            } else {
                rest = rest.dropFirst()
            }
        }
        return found
    }

    /// Takes `-1.5h` off the front; leaves the text alone when there is no such thing.
    private static func duration(_ rest: inout Substring) -> Double? {
        let sign = rest.hasPrefix("-") ? rest.prefix(1) : ""
        var tail = rest.dropFirst(sign.count)
        let whole = digits(&tail)
        if whole.isEmpty { return nil }
        var number = "\(sign)\(whole)"
        if tail.hasPrefix(".") {
            var after = tail.dropFirst()
            let fraction = digits(&after)
            if !fraction.isEmpty {
                number += ".\(fraction)"
                tail = after
            }
        }
        guard let unit = units.first(where: { tail.hasPrefix($0.name) }), let value = Double(number) else { return nil }
        rest = tail.dropFirst(unit.name.count)
        return value * unit.seconds
    }

    private static func digits(_ text: inout Substring) -> Substring {
        let digits = text.prefix { ("0"..."9").contains($0) }
        text = text.dropFirst(digits.count)
        return digits
    }
}

extension Settings {
    /// Nil when what was saved is no duration.
    package var jwtLifetime: TokenLifetime? {
        TokenLifetime(self[Setting.jwtExpiresIn])
    }
}
