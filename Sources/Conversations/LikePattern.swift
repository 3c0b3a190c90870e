import Postgres

/// The pattern that finds a text anywhere in another, whatever the case. Its special characters stand for themselves.
struct LikePattern {
    let pattern: String

    init(containing text: String) {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern.unicodeScalars.append("\\") }
            pattern.unicodeScalars.append(scalar)
        }
        self.pattern = pattern + "%"
    }

    func matches(_ column: SQL) -> SQL {
        "\(column) ilike \(pattern)"
    }
}
