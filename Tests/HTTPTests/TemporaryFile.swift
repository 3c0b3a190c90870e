import Glibc

/// A file with these bytes, for as long as `use` runs.
func withFile(_ bytes: [UInt8], _ use: (_ path: String) throws -> Void) throws {
    var template = Array("/tmp/swiftlet-http-test-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else { throw FileProblem.notWritten }
    close(file)
    try use(path)
}

enum FileProblem: Error {
    case notWritten
}
