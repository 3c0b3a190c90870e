import Glibc

extension Multipart {
    /// One field or file of a form.
    package struct Part: Sendable {
        package let name: String
        /// As the client sent it: it may hold a path, and is no safe name for a file here.
        package let filename: String?
        package let contentType: String?
        package let body: Body

        package enum Body: Sendable {
            case bytes([UInt8])
            /// Bytes of the spooled request body; they are there until the request is answered.
            case fileRange(path: String, offset: Int, count: Int)

            package var size: Int {
                switch self {
                case .bytes(let bytes): bytes.count
                case .fileRange(_, _, let count): count
                }
            }
        }

        /// The value of a field.
        ///
        /// - Throws: 413 when it is so long that it can only be a file.
        package func text() throws -> String {
            guard case .bytes(let bytes) = body else { throw APIError.tooLarge("The field \(name) is too long") }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension Multipart.Part.Body {
    /// Hands over the bytes in their order, in pieces of at most 256 KiB when they lie in a file.
    ///
    /// - Throws: 500 when the spooled body can not be read, and whatever `read` throws.
    package func forEachPiece(_ read: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch self {
        case .bytes(let bytes):
            try bytes.withUnsafeBytes(read)
        case .fileRange(let path, let offset, let count):
            let unreadable = APIError(500, "The request body could not be read")
            let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else { throw unreadable }
            defer { close(file) }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 256 << 10), alignment: 16)
            defer { buffer.deallocate() }
            var position = 0
            while position < count {
                let got = pread(file, buffer.baseAddress, min(buffer.count, count - position), off_t(offset + position))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw unreadable }
                try read(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
                position += got
            }
        }
    }
}
