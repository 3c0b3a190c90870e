import Core
import Glibc
import Metrics

/// The files that the server writes and serves.
enum DirectoryCheck {
    static func all(_ settings: Settings) -> [Finding] {
        let root = settings.directories.root
        var findings = [writable("data directory", root, "DATA_DIR"), space(root), frontend(settings)]
        findings.append(writable("counters", settings[Setting.countersDirectory], "SWIFTLET_COUNTERS_DIR"))
        return findings
    }

    private static func writable(_ check: String, _ path: String, _ setting: String) -> Finding {
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())"
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .bad(
                check,
                "\(path): \(String(cString: strerror(errno)))",
                "Make it: install -d -o \(user) -m 750 \(path) (or name another one by \(setting))"
            )
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return .bad(check, "\(path) is no directory", "Name another one by \(setting).")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            return .bad(check, "\(path) can not be written by \(user)", "chown -R \(user) \(path)")
        }
        if status.st_mode & 0o002 != 0 {
            return .bad(check, "everybody on this host can write \(path)", "chmod o-w \(path)")
        }
        return .good(check, "\(path) can be written by \(user)")
    }

    private static func space(_ path: String) -> Finding {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else {
            return .doubtful("disk", "\(path): \(String(cString: strerror(errno)))", "See the data directory.")
        }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let share = Double(status.f_bavail) / Double(status.f_blocks)
        let found = "\(StatusText.size(free)) free (\(Int(share * 100)) %) for \(path)"
        let remedy = "Make room, or move DATA_DIR to a larger disk: uploads are refused when it is full."
        if free < 200 << 20 { return .bad("disk", found, remedy) }
        if free < 2 << 30 || share < 0.05 { return .doubtful("disk", found, remedy) }
        return .good("disk", found)
    }

    private static func frontend(_ settings: Settings) -> Finding {
        let directory = settings[Setting.frontendDirectory]
        if directory.isEmpty {
            return .doubtful(
                "web client",
                "FRONTEND_BUILD_DIR is empty, so this server has only the API.",
                "Set it to the directory of the client's files, if browsers are to use it."
            )
        }
        guard access("\(directory)/index.html", R_OK) == 0 else {
            return .bad(
                "web client",
                "\(directory)/index.html can not be read",
                "Install the client's files there (those of open-webui \(Build.clientVersion))."
            )
        }
        return .good("web client", directory)
    }
}
