import NIOCore
import Testing

@testable import Streaming

@Suite struct RateLimitTests {
    @Test func aBurstIsTakenAndThenOnlyTheRate() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var limit = RateLimit(burst: 3, perSecond: 2, now: start)
        #expect((0..<4).map { _ in limit.take(now: start) } == [true, true, true, false])
        #expect(limit.take(now: start + .milliseconds(400)) == false)
        #expect(limit.take(now: start + .milliseconds(500)) == true)
        #expect(limit.take(now: start + .milliseconds(600)) == false)
        // What is not used is kept up to the burst.
        #expect((0..<4).map { _ in limit.take(now: start + .seconds(60)) } == [true, true, true, false])
    }
}
