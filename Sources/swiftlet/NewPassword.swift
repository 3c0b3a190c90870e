import Glibc

/// A password that is typed twice at a terminal, or comes as the first line of standard input. Never from an argument, which every
/// process on the machine can read.
enum NewPassword {
    private static let longest = 1024

    static func read() throws -> String {
        guard isatty(STDIN_FILENO) != 0 else { return try checked(line()) }
        let first = try prompt("Password: ")
        guard try prompt("The same again: ") == first else { throw Failure("The two passwords differ.") }
        return try checked(first)
    }

    private static func prompt(_ text: String) throws -> String {
        var terminal = termios()
        guard tcgetattr(STDIN_FILENO, &terminal) == 0 else { throw Failure("The terminal can not be read.") }
        var silent = terminal
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal)
            show("\n")
        }
        show(text)
        return try line()
    }

    /// On standard error, so that standard output has only the result.
    private static func show(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func line() throws -> String {
        guard let line = readLine(strippingNewline: true), line.utf8.count <= longest else {
            throw Failure("No password was given on standard input.")
        }
        return line
    }

    private static func checked(_ password: String) throws -> String {
        if password.isEmpty { throw Failure("The password is empty.") }
        return password
    }
}
