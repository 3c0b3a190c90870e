/// Why a client gave no answer to a call. Its text is fit for a user.
package enum CallError: Error, Equatable, CustomStringConvertible {
    /// The client is there but did not answer; a hidden tab never does.
    case timeout
    /// The client went away, or was never there.
    case disconnected
    /// The client has too many unanswered calls.
    case busy
    /// streamd can not be reached.
    case unavailable

    package var description: String {
        switch self {
        case .timeout: "The browser did not answer in time"
        case .disconnected: "The browser is not connected"
        case .busy: "The browser has too many unanswered requests"
        case .unavailable: "The connection to the browser is not available"
        }
    }
}
