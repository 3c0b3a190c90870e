import CFastCGI
import HTTP

/// Why a request does not reach a responder.
enum RequestFailure: Error {
    /// It is answered with this.
    case refused(APIError)
    /// Its sender is gone or broke the protocol, and there is nobody to answer.
    case dropped(String)
    /// The server could not take it in.
    case failed(SystemCallError)
}

/// Reads a request's body from libfcgi's stream: into memory, or into a file when it is long.
struct BodyReader {
    private let stream: UnsafeMutablePointer<FCGX_Stream>
    private let configuration: PoolConfiguration

    private static let piece = 64 << 10

    init(_ stream: UnsafeMutablePointer<FCGX_Stream>, _ configuration: PoolConfiguration) {
        self.stream = stream
        self.configuration = configuration
    }

    /// Reads all of the body.
    ///
    /// - Parameter expected: its length, or nil when the web server passes it on without knowing.
    /// - Returns: the body, and the file that must live as long as it is used.
    /// - Throws: why the request ends here.
    func read(expected: Int?) throws(RequestFailure) -> (RequestBody, SpoolFile?) {
        if let expected, expected > configuration.maximumBody { throw .refused(Self.tooLarge) }
        if let expected, expected <= configuration.bodyInMemory {
            return (.bytes(try readExactly(expected)), nil)
        }
        return try readUntilEnd(expected: expected)
    }

    private func readExactly(_ count: Int) throws(RequestFailure) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = fill(UnsafeMutableRawBufferPointer(buffer))
        }
        try checkEnd(got: bytes.count, expected: count)
        return bytes
    }

    private func readUntilEnd(expected: Int?) throws(RequestFailure) -> (RequestBody, SpoolFile?) {
        // Most requests without a length have no body at all: they should not cost a buffer.
        var first: UInt8 = 0
        guard withUnsafeMutableBytes(of: &first, { fill($0) }) == 1 else {
            try checkEnd(got: 0, expected: expected)
            return (.bytes([]), nil)
        }
        var memory = [first]
        var file: SpoolFile?
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
        defer { buffer.deallocate() }
        var total = 1
        while true {
            let count = fill(buffer)
            total += count
            if total > configuration.maximumBody { throw .refused(Self.tooLarge) }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            do throws(SystemCallError) {
                if let file {
                    try file.append(piece)
                } else if total > configuration.bodyInMemory {
                    let spool = try SpoolFile(in: configuration.spoolDirectory)
                    try spool.append(memory)
                    try spool.append(piece)
                    memory = []
                    file = spool
                } else {
                    memory += piece
                }
            } catch {
                throw .failed(error)
            }
            if count < buffer.count { break }
        }
        try checkEnd(got: total, expected: expected)
        return (file.map { .file(path: $0.path, size: $0.size) } ?? .bytes(memory), file)
    }

    /// Fills the buffer as far as the body goes.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return 0 }
        return Int(FCGX_GetStr(start.assumingMemoryBound(to: CChar.self), Int32(buffer.count), stream))
    }

    /// An end of the stream looks the same whether the sender finished or broke off; the error and the count tell.
    private func checkEnd(got: Int, expected: Int?) throws(RequestFailure) {
        if FCGX_GetError(stream) != 0 { throw .dropped("the web server broke off") }
        if let expected, got < expected { throw .dropped("the body is shorter than its length says") }
        if let expected, got > expected { throw .refused(Self.tooLong) }
        if expected != nil {
            var surplus: UInt8 = 0
            if withUnsafeMutableBytes(of: &surplus, { fill($0) }) > 0 { throw .refused(Self.tooLong) }
            if FCGX_GetError(stream) != 0 { throw .dropped("the web server broke off") }
        }
    }

    private static let tooLarge = APIError.tooLarge("The request body is too large")
    private static let tooLong = APIError.badRequest("The request body is longer than its length says")
}
