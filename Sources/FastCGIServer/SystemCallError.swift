import Glibc

/// A system call that failed in a way nobody provided for.
package struct SystemCallError: Error, CustomStringConvertible {
    package let call: String
    package let code: Int32

    init(_ call: String, _ code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    package var description: String {
        "\(call): \(String(cString: strerror(code)))"
    }

    /// Passes on what a call returned unless it is negative.
    static func check(_ call: String, _ result: Int32) throws(SystemCallError) -> Int32 {
        if result < 0 { throw SystemCallError(call) }
        return result
    }
}
