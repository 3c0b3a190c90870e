/// What this program is.
package enum Build {
    package static let version = "0.1.0"
    /// The release of the web client and its API that this server works with; clients compare it with their own.
    package static let clientVersion = "0.6.32"
}
