import CCurl
import Core

/// A blocking HTTP/1.1 client for one thread and one egress policy.
///
/// It keeps connections open, so that the next request to an origin needs no new one. A connection is never reused
/// under another policy, because the check of addresses happens when it is opened: hence one client per policy.
/// It is not `Sendable`; each thread has its own.
///
///     let client = HTTPClient(policy: .administrator)
///     let answer = try client.send(HTTPRequest(url: "https://api.example.com/v1/models"))
package final class HTTPClient {
    private static let maximumConnections = 16
    private static let maximumIdleHandles = 16
    /// How long a wait lasts at most, so that `isCancelled` is asked this often.
    private static let longestWait = Duration.milliseconds(100)

    private let policy: EgressPolicy
    private let multi: UnsafeMutableRawPointer
    private var idle: [UnsafeMutableRawPointer] = []
    /// How long it has waited for other machines since the caller set this to zero.
    package var spentNanoseconds = 0

    package init(policy: EgressPolicy) {
        _ = SharedState.process
        guard let multi = curl_multi_init() else { preconditionFailure("no memory for an HTTP client") }
        self.multi = multi
        self.policy = policy
        curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.maximumConnections)
    }

    deinit {
        for easy in idle { curl_easy_cleanup(easy) }
        curl_multi_cleanup(multi)
    }

    /// Sends a request and returns the whole answer, whatever its status.
    package func send(_ request: HTTPRequest, wake: Cancellation? = nil) throws(OutboundError) -> HTTPAnswer {
        try sendAll([request], deadline: nil, wake: wake)[0].get()
    }

    /// Sends requests side by side and returns their answers in the same order.
    ///
    /// The deadline, in seconds, is for all of them together: what is not there by then failed with a timeout, and delays
    /// nothing else.
    package func sendAll(
        _ requests: [HTTPRequest],
        deadline: Double?,
        wake: Cancellation? = nil
    ) -> [Result<HTTPAnswer, OutboundError>] {
        let transfers = requests.map { request in Result { () throws(OutboundError) in try begin(request) } }
        let begun = transfers.compactMap { try? $0.get() }
        defer { begun.forEach(end) }
        let until = deadline.map { ContinuousClock.now + Duration(boundedSeconds: $0) }
        drive(begun, until: until, isCancelled: { wake?.isCancelled == true }, wake: wake, progress: {})
        return transfers.map { begun in
            begun.flatMap { transfer in
                let failure = OutboundError(.broken(afterData: false), "\(transfer.host): no answer")
                guard let outcome = transfer.outcome, let head = transfer.head else {
                    return .failure(transfer.outcome?.failure ?? failure)
                }
                return outcome.map { HTTPAnswer(head: head, body: transfer.pending) }
            }
        }
    }

    /// Sends a request and hands on the answer while it arrives.
    ///
    /// An error thrown by a closure ends the transfer and is thrown on. Otherwise `OutboundError` is thrown, after
    /// everything that arrived before it was handed on. Cancelling through `wake` acts at once, through `isCancelled` within
    /// 100 ms.
    ///
    /// - Parameters:
    ///   - request: What to send; `maximumBody` bounds the whole stream.
    ///   - onHead: Called once, when the head is there, even if no body follows.
    ///   - onData: Called with each piece as soon as it arrives. The bytes are valid during the call only.
    ///   - isCancelled: Asked about ten times a second, and after each piece.
    ///   - wake: Lets another thread cancel.
    /// - Returns: The status.
    /// - Throws: `OutboundError`, or what the closures throw.
    package func stream(
        _ request: HTTPRequest,
        onHead: (HTTPHead) throws -> Void,
        onData: (UnsafeRawBufferPointer) throws -> Void,
        isCancelled: () -> Bool = { false },
        wake: Cancellation? = nil
    ) throws -> Int {
        let transfer = try begin(request)
        defer { end(transfer) }
        var isHeadDelivered = false
        try drive([transfer], until: nil, isCancelled: { wake?.isCancelled == true || isCancelled() }, wake: wake) {
            if !isHeadDelivered, let head = transfer.head {
                isHeadDelivered = true
                try onHead(head)
            }
            guard !transfer.pending.isEmpty else { return }
            try transfer.pending.withUnsafeBytes(onData)
            transfer.pending.removeAll(keepingCapacity: true)
        }
        try transfer.outcome?.get()
        return transfer.head?.status ?? 0
    }

    // MARK: Handles

    private func begin(_ request: HTTPRequest) throws(OutboundError) -> Transfer {
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            throw OutboundError(.unreachable, "no memory for a request")
        }
        do throws(OutboundError) {
            return try Transfer(request, on: easy, policy: policy)
        } catch {
            keep(easy)
            throw error
        }
    }

    private func end(_ transfer: Transfer) {
        keep(transfer.easy)
    }

    /// Resetting also makes the handle forget the transfer that its callbacks pointed to.
    private func keep(_ easy: UnsafeMutableRawPointer) {
        guard idle.count < Self.maximumIdleHandles else { return curl_easy_cleanup(easy) }
        curl_easy_reset(easy)
        idle.append(easy)
    }

    // MARK: The loop

    /// Runs transfers until each has an outcome, or `progress` throws. `progress` is called after each step of libcurl.
    private func drive(
        _ transfers: [Transfer],
        until deadline: ContinuousClock.Instant?,
        isCancelled: () -> Bool,
        wake: Cancellation?,
        progress: () throws -> Void
    ) rethrows {
        let start = Clock.monotonicNanoseconds
        defer { spentNanoseconds += Clock.monotonicNanoseconds - start }
        wake?.attach(multi)
        for transfer in transfers { curl_multi_add_handle(multi, transfer.easy) }
        defer {
            // Removing an unfinished transfer closes its connection.
            for transfer in transfers { curl_multi_remove_handle(multi, transfer.easy) }
            wake?.detach(multi)
        }
        while true {
            if isCancelled() { transfers.forEach { $0.fail(.cancelled, "cancelled") } }
            if transfers.allSatisfy({ $0.outcome != nil }) { return }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectResults(of: transfers)
            try progress()
            let wait = nextWait(for: transfers, until: deadline)
            if transfers.contains(where: { $0.outcome == nil }) {
                curl_multi_poll(multi, nil, 0, Int32(wait.milliseconds), nil)
            }
        }
    }

    private func collectResults(of transfers: [Transfer]) {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let easy = message.pointee.easy_handle
            transfers.first { $0.easy == easy }?.finish(message.pointee.data.result)
        }
    }

    /// Ends the transfers whose time is over, and returns how long to wait for the others, at least a millisecond.
    private func nextWait(for transfers: [Transfer], until deadline: ContinuousClock.Instant?) -> Duration {
        let now = ContinuousClock.now
        var wait = Self.longestWait
        for transfer in transfers where transfer.outcome == nil {
            if let deadline {
                if deadline <= now { transfer.fail(.timeout, "no answer in time") }
                wait = min(wait, deadline - now)
            }
            if let patience = transfer.patience(at: now) {
                if patience <= .zero { transfer.fail(.timeout, "nothing moved for too long") }
                wait = min(wait, patience)
            }
            if transfer.outcome != nil { curl_multi_remove_handle(multi, transfer.easy) }
        }
        return max(wait, .milliseconds(1))
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
