import Core
import Outbound

/// Sends requests to providers, and lets nothing of their answers through that would do harm.
extension CompletionSource {
    /// Bytes of an answer that is no stream.
    static let longestWhole = 64 << 20
    /// Bytes of a refusal that are read; what follows is left out.
    private static let longestRefusal = 1 << 20

    /// A refusal is handed on in one piece, without the key that some providers repeat in it. A redirect is an error: whoever configured the
    /// provider decides where its key and the conversation go. An answer that is no event stream has at most `longest` bytes.
    func send(
        _ request: HTTPRequest,
        control: TurnControl,
        longest: Int = longestWhole,
        isInterrupted: () -> Bool,
        onHead: (Head) throws -> Void,
        onData: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var head: Head?
        var refusal: [UInt8] = []
        var size = 0
        _ = try http.stream(
            request,
            onHead: { answered in
                guard !(300..<400).contains(answered.status) else {
                    throw Failure(message: "The provider refers to another address (status \(answered.status)).")
                }
                let received = Head(answered)
                head = received
                try onHead(received)
            },
            onData: { bytes in
                guard let head else { return }
                guard head.status < 400 else {
                    return refusal.append(contentsOf: bytes.prefix(Self.longestRefusal - refusal.count))
                }
                size += bytes.count
                guard head.isEventStream || size <= longest else {
                    throw Failure(message: "The provider's answer is longer than \(longest >> 20) MB.")
                }
                try onData(bytes)
            },
            isCancelled: isInterrupted,
            wake: control.cancellation
        )
        if !refusal.isEmpty { try ProviderSecrets(request).hidden(in: refusal).withUnsafeBytes(onData) }
    }
}

extension CompletionSource.Head {
    init(_ answer: HTTPHead) {
        status = answer.status
        contentType = answer.header("content-type") ?? "application/json"
        let wait = answer.header("retry-after") ?? ""
        let isPlain = !wait.isEmpty && wait.utf8.count <= 40 && wait.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        retryAfter = isPlain ? wait : nil
    }
}

/// The keys in a request's headers, which nobody but the provider may see.
struct ProviderSecrets {
    private let secrets: [[UInt8]]
    private static let mark = Array("[key]".utf8)
    /// Shorter ones would be found in ordinary words.
    private static let shortest = 8

    init(_ request: HTTPRequest) {
        secrets = request.headers.compactMap { name, value in
            guard ["authorization", "api-key", "x-api-key"].contains(name.lowercased()) else { return nil }
            let secret = value.hasPrefix("Bearer ") ? value.dropFirst(7) : value[...]
            return secret.utf8.count < Self.shortest ? nil : Array(secret.utf8)
        }
    }

    func hidden(in bytes: [UInt8]) -> [UInt8] {
        secrets.reduce(bytes) { bytes, secret in
            var (out, rest) = ([UInt8](), bytes[...])
            while let found = rest.firstRange(of: secret) {
                out += rest[..<found.lowerBound] + Self.mark
                rest = rest[found.upperBound...]
            }
            return out + rest
        }
    }
}
