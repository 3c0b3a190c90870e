import Glibc

extension Settings {
    /// What the environment and the `.env` file say, read once when a process starts.
    package struct Source: Sendable {
        struct Variable: Sendable, Equatable {
            let text: String
            /// The variable that was read, for messages: the setting's own or its `_FILE` variant.
            let name: String
            let origin: Origin
        }

        private(set) var variables: [String: Variable] = [:]
        private(set) var problems: [SettingsProblem] = []

        /// - Parameters:
        ///   - environment: variables by name.
        ///   - dotenv: the text of a `.env` file; the environment goes before it.
        package init(environment: [String: String] = [:], dotenv: String = "") {
            self.init({ environment[$0] }, credentials: environment[Credentials.variable], dotenv: dotenv, file: ".env")
        }

        /// The environment of this process, and the file if there is one. Secrets are also looked for in the directory that
        /// `CREDENTIALS_DIRECTORY` names, or else in `credentials`.
        package static func process(dotenv path: String = ".env", credentials: String? = nil) -> Source {
            let environment = { (name: String) in getenv(name).map { String(cString: $0) } }
            let credentials = environment(Credentials.variable) ?? credentials
            do {
                let text = try TextFile.read(path, limit: 1 << 20) ?? ""
                return Source(environment, credentials: credentials, dotenv: text, file: path)
            } catch {
                var source = Source(environment, credentials: credentials, dotenv: "", file: path)
                source.problems.append(SettingsProblem(path, error.message))
                return source
            }
        }

        private init(
            _ environment: @escaping (String) -> String?,
            credentials: String?,
            dotenv text: String,
            file: String
        ) {
            let dotenv = Dotenv(parsing: text, file: file, environment: environment)
            problems = dotenv.problems
            let credentials = credentials.flatMap { isOpen($0) ? $0 : nil }
            for key in Setting.all {
                for name in [key.name] + key.aliases {
                    var variable = find(name, isSecret: key.isSecret, .environment, environment)
                    if key.isSecret, let credentials, variable?.text.isEmpty ?? true {
                        variable = credential(name, in: credentials) ?? variable
                    }
                    if let variable = variable ?? find(name, isSecret: key.isSecret, .dotenv, { dotenv.values[$0] }) {
                        variables[name] = variable
                    }
                }
            }
        }

        private mutating func find(
            _ name: String,
            isSecret: Bool,
            _ origin: Origin,
            _ lookup: (String) -> String?
        ) -> Variable? {
            let text = lookup(name)
            let fileName = "\(name)_FILE"
            guard isSecret, let path = lookup(fileName), !path.isEmpty else {
                return text.map { Variable(text: $0, name: name, origin: origin) }
            }
            guard text == nil || text == "" else {
                problems.append(SettingsProblem(name, "both \(name) and \(fileName) are set"))
                return nil
            }
            do {
                guard let content = try TextFile.read(path, limit: Credentials.longest) else {
                    problems.append(SettingsProblem(fileName, "there is no such file"))
                    return nil
                }
                return Variable(text: content.trimmingLineEnd, name: fileName, origin: origin)
            } catch {
                problems.append(SettingsProblem(fileName, error.message))
                return nil
            }
        }

        /// A directory that is not there has nothing; one that is closed is worth one word, and not one for each secret.
        private mutating func isOpen(_ directory: String) -> Bool {
            if access(directory, X_OK) == 0 { return true }
            if errno != ENOENT {
                problems.append(SettingsProblem(directory, "can not be entered: \(String(cString: strerror(errno)))"))
            }
            return false
        }

        /// A secret as the service manager hands it over (systemd.exec(5), `LoadCredential=`), which is as good as the environment.
        private mutating func credential(_ name: String, in directory: String) -> Variable? {
            for file in Credentials.files(of: name) {
                do {
                    guard let content = try TextFile.read("\(directory)/\(file)", limit: Credentials.longest) else {
                        continue
                    }
                    return Variable(text: content.trimmingLineEnd, name: name, origin: .environment)
                } catch {
                    problems.append(SettingsProblem(name, "its credential \(error.message)"))
                }
            }
            return nil
        }
    }
}

/// Secrets that the service manager keeps for a service.
private enum Credentials {
    /// Names the directory they are in.
    static let variable = "CREDENTIALS_DIRECTORY"
    /// Bytes of a secret.
    static let longest = 1 << 16

    /// A secret's own name; or the one systemd gives to a file of a directory that is loaded as `swiftlet`.
    static func files(of name: String) -> [String] { [name, "swiftlet_\(name)"] }
}

extension String {
    /// Without the line end that editors put at the end of a file.
    fileprivate var trimmingLineEnd: String {
        guard let last = lastIndex(where: { !$0.isNewline }) else { return "" }
        return String(self[...last])
    }
}

/// Small configuration files.
enum TextFile {
    struct Failure: Error {
        let message: String
    }

    /// - Returns: the file's text, or nil when there is no such file.
    static func read(_ path: String, limit: Int) throws(Failure) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure(message: "can not be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var content = [UInt8](repeating: 0, count: limit + 1)
        var length = 0
        while length <= limit {
            let count = content.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + length, limit + 1 - length)
            }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(message: "can not be read: \(String(cString: strerror(errno)))")
            }
            length += count
        }
        guard length <= limit else { throw Failure(message: "is longer than \(limit) bytes") }
        guard let text = String(validating: content[..<length], as: UTF8.self) else {
            throw Failure(message: "is not UTF-8")
        }
        return text
    }
}
