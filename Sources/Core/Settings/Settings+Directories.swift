/// Where files lie.
package struct DataDirectories: Sendable, Equatable {
    package let root: String

    package var uploads: String { "\(root)/uploads" }
    package var cache: String { "\(root)/cache" }
    /// Speech that was made, by the hash of its request.
    package var speech: String { "\(cache)/audio/speech" }
    package var transcriptions: String { "\(cache)/audio/transcriptions" }
    package var images: String { "\(cache)/image/generations" }
    package var auditLog: String { "\(root)/audit.log" }
}

extension Settings {
    package var directories: DataDirectories {
        let root = self[Setting.dataDirectory]
        return DataDirectories(root: root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root)
    }
}
