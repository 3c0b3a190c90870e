import Core

/// The address of an HTTP answer that is written from elsewhere: a worker answers its request with both headers, nginx
/// goes to streamd with them, and whoever holds the secret writes.
///
///     let key = StreamKey()
///     // X-Accel-Redirect: key.location    X-Stream-Token: key.secret
///     publisher.stream(key: key.secret)    // here, or in the process that does the work
package struct StreamKey: Sendable {
    /// What `Publisher.stream` is given; good for one answer. It is in no address, so that no log shows it.
    package let secret: String
    /// A path inside nginx that only names the stream.
    package let location: String

    /// - Parameter name: for logs, say a turn's id: letters, digits and `-`.
    package init(name: String = "answer") {
        var generator = SystemRandomNumberGenerator()
        secret = (0..<4).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        location = "/_stream/" + name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}
