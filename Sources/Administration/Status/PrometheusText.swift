import Metrics

/// Metrics in the text format that Prometheus reads (version 0.0.4).
struct PrometheusText {
    typealias Labels = [(name: String, value: String)]

    static let type = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func counter(_ name: String, _ help: String, _ samples: [(Labels, Int)]) {
        family("\(name)_total", "counter", help, samples.map { ($0.0, "\($0.1)") })
    }

    mutating func gauge(_ name: String, _ help: String, _ samples: [(Labels, Int)]) {
        family(name, "gauge", help, samples.map { ($0.0, "\($0.1)") })
    }

    mutating func gauge(_ name: String, _ help: String, seconds samples: [(Labels, Double)]) {
        family(name, "gauge", help, samples.map { ($0.0, "\($0.1)") })
    }

    /// The labels tell the lines apart.
    mutating func histogram(
        _ name: String,
        _ help: String,
        _ lines: [SeriesValues],
        _ labels: (SeriesValues) -> Labels
    ) {
        guard !lines.isEmpty else { return }
        head(name, "histogram", help)
        for line in lines {
            let labels = labels(line)
            var count = 0
            for bucket in 0..<Histogram.bucketCount {
                count += line[bucket]
                let bound =
                    bucket < Histogram.bounds.count ? "\(Double(Histogram.bounds[bucket]) / 1e9)" : "+Inf"
                sample("\(name)_bucket", labels + [("le", bound)], "\(count)")
            }
            sample("\(name)_sum", labels, "\(line.seconds)")
            sample("\(name)_count", labels, "\(count)")
        }
    }

    /// A sum and a count, from which a mean can be had.
    mutating func summary(_ name: String, _ help: String, _ samples: [(labels: Labels, sum: Double, count: Int)]) {
        guard !samples.isEmpty else { return }
        head(name, "summary", help)
        for line in samples {
            sample("\(name)_sum", line.labels, "\(line.sum)")
            sample("\(name)_count", line.labels, "\(line.count)")
        }
    }

    private mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [(Labels, String)]) {
        guard !samples.isEmpty else { return }
        head(name, type, help)
        for (labels, value) in samples { sample(name, labels, value) }
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ labels: Labels, _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{\(labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case _ where character.isNewline: text += "\\n"
            default: text.append(character)
            }
        }
    }
}
