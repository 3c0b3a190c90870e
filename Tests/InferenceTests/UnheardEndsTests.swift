import Testing

@testable import Inference

/// The ends of answers that nobody heard.
struct UnheardEndsTests {
    @Test func `a socket hears those of its account, in order`() {
        let ends = UnheardEnds()
        ends.put([[1], [2]], of: "one")
        ends.put([[3]], of: "other")
        ends.put([[4]], of: "one")
        #expect(ends.events(of: "one") == [[1], [2], [4]])
        // A second page of the account hears them too.
        #expect(ends.events(of: "one") == [[1], [2], [4]])
        #expect(ends.events(of: "nobody").isEmpty)
    }

    @Test func `the oldest are forgotten when there are too many`() {
        let ends = UnheardEnds()
        let megabyte = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<20 { ends.put([megabyte], of: "one") }
        #expect(ends.events(of: "one").count == 16)
    }
}
