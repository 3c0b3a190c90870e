import Foundation

/// Lets nobody through until all have arrived.
final class Gate: Sendable {
    private let condition = NSCondition()
    // Read and written under the condition's lock alone.
    private nonisolated(unsafe) var missing: Int

    init(count: Int) {
        missing = count
    }

    func arrive() {
        condition.lock()
        defer { condition.unlock() }
        missing -= 1
        condition.broadcast()
        while missing > 0 { condition.wait() }
    }
}
