import Glibc
import HTTP

/// A file that the server keeps below `DATA_DIR/cache`: speech it made, recordings, images.
struct CachedFile {
    /// Below the cache's directory, without links and detours.
    private let path: String

    /// The file that a client named, by a path that was decoded once, in the cache's directory. Nil unless it is a plain file that lies
    /// below the directory, also after all links are followed.
    init?(_ path: String, below root: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.utf8.count <= 1024,
            parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.contains("\\") }),
            let base = Self.resolved(root), let file = Self.resolved("\(root)/\(path)"), file.hasPrefix(base + "/")
        else { return nil }
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.path = String(file.dropFirst(base.count + 1))
    }

    /// The web server sends the file. Names come from users, so that only what a browser can not run is shown in place.
    var response: Response {
        let location = path.split(separator: "/").map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        let type = Self.types[path.split(separator: ".").last.map { $0.lowercased() } ?? ""]
        return .accelerated(to: "/_cache/" + location)
            .with("Content-Type", type ?? "application/octet-stream")
            .with("Content-Disposition", type == nil ? "attachment" : "inline")
            .with("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'")
    }

    private static let types = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "opus": "audio/ogg", "m4a": "audio/mp4",
        "flac": "audio/flac",
        "aac": "audio/aac", "weba": "audio/webm", "mp4": "video/mp4", "webm": "video/webm", "pdf": "application/pdf",
    ]

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
