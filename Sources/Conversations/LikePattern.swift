import Postgres

/// The pattern that finds a text anywhere in another, whatever the case. Its special characters stand for themselves.
struct LikePattern {
    let text: String
    let pattern: String
    /// Whether the index of trigrams can serve it: a run of fewer than three letters or digits has none.
    let isIndexable: Bool

    init(containing text: String) {
        var pattern = "%"
        var run = 0
        var longestRun = 0
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern.unicodeScalars.append("\\") }
            pattern.unicodeScalars.append(scalar)
            run = scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? run + 1 : 0
            longestRun = max(longestRun, run)
        }
        self.text = text
        self.pattern = pattern + "%"
        isIndexable = longestRun >= 3
    }

    func matches(_ column: SQL) -> SQL {
        "\(column) ilike \(pattern)"
    }
}
