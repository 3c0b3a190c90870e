import Core
import Glibc

/// A file of lines that several processes add to. At its limit it is put aside under a name with the time, and a new one begins.
struct AuditLogFile: Sendable {
    static let standardSize = 10_000_000

    let path: String
    /// In bytes.
    let limit: Int

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ code: Int32) {
            description = "\(what): \(String(cString: strerror(code)))"
        }
    }

    /// Reads `10MB`, `500 kB` or `1 GiB`; anything else is 10 MB.
    static func size(_ text: String) -> Int {
        let digits = text.drop { $0 == " " }.prefix { $0.isNumber }
        let unit = text.drop { $0 == " " }.dropFirst(digits.count).filter { $0 != " " }.uppercased()
        let factors = [
            "": 1, "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "KIB": 1 << 10, "MIB": 1 << 20,
            "GIB": 1 << 30,
        ]
        guard let number = Int(digits), let factor = factors[unit], number > 0 else { return standardSize }
        let (size, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? standardSize : size
    }

    func append(_ line: [UInt8]) throws {
        let file = try openLocked()
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        if size > 0, size + line.count > limit {
            guard rename(path, aside) == 0 else { throw Failure("The audit log can not be put aside", errno) }
            let next = try openLocked()
            defer { close(next) }
            return try write(line, to: next)
        }
        try write(line, to: file)
    }

    private func write(_ line: [UInt8], to file: Int32) throws {
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + written }, line.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure("The audit log can not be written", errno) }
            written += count
        }
    }

    /// Opens the file that has the name at the moment its lock is held: another process may have put it aside meanwhile.
    private func openLocked() throws -> Int32 {
        while true {
            let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
            guard file >= 0 else { throw Failure("The audit log can not be opened", errno) }
            while flock(file, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    let code = errno
                    close(file)
                    throw Failure("The audit log can not be locked", code)
                }
            }
            var (mine, named) = (stat(), stat())
            if fstat(file, &mine) == 0, stat(path, &named) == 0, mine.st_ino == named.st_ino,
                mine.st_dev == named.st_dev
            {
                return file
            }
            close(file)
        }
    }

    /// `audit.2025-10-21T07:28:00.000Z.log` beside `audit.log`.
    private var aside: String {
        let stem = path.hasSuffix(".log") ? String(path.dropLast(4)) : path
        let time = CalendarText.iso(milliseconds: Clock.nowMilliseconds)
        var name = "\(stem).\(time).log"
        var number = 1
        while access(name, F_OK) == 0 {
            number += 1
            name = "\(stem).\(time)-\(number).log"
        }
        return name
    }
}
