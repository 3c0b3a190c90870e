import Core
package import Metrics

/// What each thread of this process is doing, as the process's page tells everybody.
package final class Scoreboard: Sendable {
    /// One thread's line.
    package struct Line: Sendable {
        package let thread: Int
        package let isBusy: Bool
        /// How long it has been in this state.
        package let duration: Duration
        /// The present or the last request, such as `GET /api/v1/chats`, without what could be an id or a secret.
        package let request: String
        package let served: Int
    }

    package let page: CounterPage
    let threads: [ThreadLine]

    /// The page has room for so many threads.
    init(_ page: CounterPage, threads: Int) {
        self.page = page
        self.threads = (0..<threads).map { page.line($0) }
    }

    package func lines() -> [Line] {
        let now = Clock.monotonicNanoseconds
        return threads.enumerated().compactMap { index, line in
            line.state.map {
                Line(
                    thread: index,
                    isBusy: $0.isBusy,
                    duration: .nanoseconds(max(0, now - $0.since)),
                    request: $0.text,
                    served: $0.served
                )
            }
        }
    }
}
