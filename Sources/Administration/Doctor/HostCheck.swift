import Core
import Glibc
import Metrics

/// nginx, and the processes that should be running.
struct HostCheck {
    private let settings: Settings
    private let nginx: String

    init(_ settings: Settings, nginx: String) {
        self.settings = settings
        self.nginx = nginx
    }

    func all() -> [Finding] {
        [site] + processes + [events]
    }

    private var site: Finding {
        guard let text = Self.read(nginx) else {
            return .doubtful(
                "nginx",
                "\(nginx) can not be read",
                "Run this as a user who may read it, or name nginx's main file by --nginx."
            )
        }
        let files = [text] + Self.included(text, from: nginx).compactMap(Self.read)
        if files.contains(where: { $0.contains("swiftlet_web") || $0.contains("swiftlet.conf") }) {
            return .good("nginx", "the site is part of \(nginx)")
        }
        return .bad(
            "nginx",
            "nothing in \(nginx) and the files it includes names swiftlet.conf",
            "Include it in the http block, then: nginx -t && systemctl reload nginx"
        )
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// The files that `include` names, one level deep, which is where Debian has its sites.
    private static func included(_ text: String, from path: String) -> [String] {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var files: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0.isWhitespace || $0 == ";" })
            guard words.count >= 2, words[0] == "include" else { continue }
            let name = words[1].filter { $0 != "\"" }
            let pattern = name.hasPrefix("/") ? name : "\(directory)/\(name)"
            var found = glob_t()
            if glob(pattern, 0, nil, &found) == 0 {
                for index in 0..<Int(found.gl_pathc) {
                    if let match = found.gl_pathv[index] { files.append(String(cString: match)) }
                }
            }
            globfree(&found)
        }
        return files
    }

    private var processes: [Finding] {
        let host: HostCounters
        do {
            host = try settings.counters.read()
        } catch {
            return [.bad("processes", "\(error)", "Start the server, or name its directory by SWIFTLET_COUNTERS_DIR.")]
        }
        let pools = Set(host.pools)
        let missing = ["web", "slow", "password", "turns", "jobs", "streamd"].filter { !pools.contains($0) }
        var findings: [Finding] = []
        if missing.isEmpty {
            findings.append(.good("processes", "\(host.processes.count) run"))
        } else {
            findings.append(
                .bad(
                    "processes",
                    "nothing runs of: \(missing.joined(separator: ", "))",
                    "Start it, and read its log (journalctl -u 'swiftlet*'), unless another host does this work."
                )
            )
        }
        let releases = Set(host.processes.map(\.version))
        if releases.count > 1 {
            findings.append(
                .doubtful(
                    "releases",
                    "several run side by side: \(releases.sorted().joined(separator: ", "))",
                    "That is so for a moment while an upgrade is under way; else restart what is old."
                )
            )
        }
        if host.isDraining {
            findings.append(
                .doubtful("service", "this host is being taken out of service", "swiftlet drain --undo puts it back.")
            )
        }
        let listeners = host.processes.filter { $0.listener > 0 }
        if !listeners.isEmpty, PoolQueues.now(host).isEmpty {
            findings.append(
                .doubtful(
                    "queues",
                    "the kernel does not tell how many requests wait",
                    "Allow AF_NETLINK (RestrictAddressFamilies in the unit) to see them in /metrics."
                )
            )
        }
        return findings
    }

    private var events: Finding {
        let path = settings[Setting.eventsSocket]
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            return .bad(
                "events",
                "there is no socket \(path)",
                "Start swiftlet-streamd with --events \(path), or name its socket by SWIFTLET_EVENTS_SOCKET."
            )
        }
        guard access(path, W_OK) == 0 else {
            return .bad(
                "events",
                "\(path) can not be written",
                "Run this as the server's user, or add it to its group."
            )
        }
        return .good("events", path)
    }
}
