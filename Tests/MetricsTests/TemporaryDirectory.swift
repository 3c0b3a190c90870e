import Foundation
import Metrics

/// A directory of counters that goes with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "swiftlet-counters-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var counters: CounterDirectory { CounterDirectory(path) }

    func page(_ pool: String = "web", threads: Int = 2) throws -> CounterPage {
        try CounterPage.open(in: path, pool: pool, threads: threads)
    }

    var pages: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".page") } }
    }
}
