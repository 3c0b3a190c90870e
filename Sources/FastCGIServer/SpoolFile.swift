import Glibc
import Synchronization

/// A request body on its way to disk. The file is removed when nobody refers to it any more.
final class SpoolFile {
    let path: String
    private(set) var size = 0
    private let descriptor: Int32

    private static let prefix = "swiftlet-body-"
    private static let counter = Atomic(0)

    init(in directory: String) throws(SystemCallError) {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        path = "\(directory)/\(Self.prefix)\(getpid())-\(number)"
        descriptor = try SystemCallError.check(
            "open \(path)",
            open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        )
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemCallError("write \(path)") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        size += bytes.count
    }

    func append(_ bytes: [UInt8]) throws(SystemCallError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(SystemCallError) in try append(buffer) }
        }
        try result.get()
    }

    /// Removes what processes left in the directory that died in the middle of a request.
    static func sweep(_ directory: String) {
        guard let list = opendir(directory) else { return }
        defer { closedir(list) }
        while let entry = readdir(list) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(prefix), let owner = name.dropFirst(prefix.count).split(separator: "-").first,
                let process = pid_t(owner), kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlink("\(directory)/\(name)")
        }
    }
}
