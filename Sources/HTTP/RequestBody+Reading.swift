import Glibc

extension RequestBody {
    /// Gives the whole body at one place: that of the array, or a read-only mapping of the spooled file, which costs no heap.
    ///
    /// - Throws: 500 when the file can not be read, and whatever `read` throws.
    package func withBytes<Result>(_ read: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        switch self {
        case .bytes(let bytes):
            return try bytes.withUnsafeBytes(read)
        case .file(let path, let size):
            if size == 0 { return try read(UnsafeRawBufferPointer(start: nil, count: 0)) }
            let unreadable = APIError(500, "The request body could not be read")
            let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else { throw unreadable }
            defer { close(file) }
            // A mapping that is longer than its file traps when it is read, so the size is not taken on trust.
            var status = stat()
            guard fstat(file, &status) == 0, status.st_size >= size,
                let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED
            else { throw unreadable }
            defer { munmap(start, size) }
            return try read(UnsafeRawBufferPointer(start: start, count: size))
        }
    }
}
