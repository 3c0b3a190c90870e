import Postgres

/// The pattern that finds a text anywhere in another. Its special characters stand for themselves.
struct LikePattern {
    let pattern: String
    private let hasCase: Bool
    /// Whether the trigram index can serve it: shorter texts hold no trigram.
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
        self.pattern = pattern + "%"
        hasCase = text.lowercased() != text.uppercased()
        isIndexable = longestRun >= 3
    }

    /// Comparing without regard to case is several times as dear, and needless for a text that has none.
    func matches(_ column: SQL) -> SQL {
        hasCase ? "\(column) ilike \(pattern)" : "\(column) like \(pattern)"
    }
}
