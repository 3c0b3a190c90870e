import Testing

@testable import Metrics

@Suite struct HistogramTests {
    @Test func everyBoundIsInItsBucketAndTheNextNanosecondIsNot() {
        for (index, bound) in Histogram.bounds.enumerated() {
            #expect(Histogram.bucket(bound) == index)
            #expect(Histogram.bucket(bound + 1) == index + 1)
        }
        #expect(Histogram.bucketCount == Histogram.bounds.count + 1)
        #expect(Histogram.bucket(0) == 0)
        #expect(Histogram.bucket(.max) == Histogram.bucketCount - 1)
    }

    @Test func quantilesAreEstimatedInsideTheirBucket() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.page()
        let series = page.series(.requests, "chats")
        var line: SeriesValues? { try? directory.counters.read().all(.requests).first }
        #expect(line?.quantile(0.5) == nil)
        // All between 5 and 10 ms: half of them lie below the middle.
        for _ in 0..<10 { series.observe(7_000_000) }
        #expect(line?.quantile(0.5) == 0.0075)
        for _ in 0..<90 { series.observe(400_000) }
        #expect(try #require(line?.quantile(0.5)) < 0.0005)
        #expect(try #require(line?.quantile(0.95)) == 0.0075)
        series.observe(3_600_000_000_000)
        #expect(line?.quantile(1) == 30)
        #expect(line?.count == 101)
    }
}
