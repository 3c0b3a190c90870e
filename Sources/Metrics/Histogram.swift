/// Durations in buckets, the same for everything that is measured.
package enum Histogram {
    /// The upper bounds of the buckets, in nanoseconds; one more bucket has what is longer.
    package static let bounds = [
        500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 30_000_000_000,
    ]
    package static let bucketCount = 15

    static func bucket(_ nanoseconds: Int) -> Int {
        // Most things are quick, so from below.
        switch nanoseconds {
        case ...500_000: 0
        case ...1_000_000: 1
        case ...2_500_000: 2
        case ...5_000_000: 3
        case ...10_000_000: 4
        case ...25_000_000: 5
        case ...50_000_000: 6
        case ...100_000_000: 7
        case ...250_000_000: 8
        case ...500_000_000: 9
        case ...1_000_000_000: 10
        case ...2_500_000_000: 11
        case ...5_000_000_000: 12
        case ...30_000_000_000: 13
        default: 14
        }
    }
}
