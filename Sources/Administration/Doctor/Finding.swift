package import Core

/// What one check found, and how to mend it.
package struct Finding: Sendable, CustomStringConvertible {
    package enum State: String, Sendable {
        case good, doubtful, bad
    }

    package let check: String
    package let state: State
    package let found: String
    /// Empty when nothing is to be done.
    package let remedy: String

    static func good(_ check: String, _ found: String) -> Finding {
        Finding(check: check, state: .good, found: found, remedy: "")
    }

    static func doubtful(_ check: String, _ found: String, _ remedy: String) -> Finding {
        Finding(check: check, state: .doubtful, found: found, remedy: remedy)
    }

    static func bad(_ check: String, _ found: String, _ remedy: String) -> Finding {
        Finding(check: check, state: .bad, found: found, remedy: remedy)
    }

    package var description: String {
        let mark =
            switch state {
            case .good: "ok "
            case .doubtful: "?  "
            case .bad: "BAD"
            }
        return "\(mark)  \(check): \(found)" + (remedy.isEmpty ? "" : "\n       \(remedy)")
    }

    package var json: JSONValue {
        [
            "check": .string(check), "state": .string(state.rawValue), "found": .string(found),
            "remedy": .string(remedy),
        ]
    }
}
