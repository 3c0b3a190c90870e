import Core
import Synchronization

/// The documents of providers that this process has read, so that not every sign-in waits for them.
enum ProviderDocuments {
    /// In seconds.
    static let lifetime = 3600.0
    /// How long an old document serves while the provider does not give it.
    private static let grace = 24 * 3600.0
    /// Addresses come from the settings and the documents they name, so there are only a few.
    private static let maximumEntries = 64

    private struct Entry {
        let document: JSONValue
        let readAt: Double
    }

    private static let entries = Mutex<[String: Entry]>([:])

    /// The document at an address, at most `maximumAge` seconds old unless it can not be read again. `read` gets it from the provider, outside
    /// of the lock.
    static func document(
        at url: String,
        maximumAge: Double = lifetime,
        read: () throws(OAuthFailure) -> JSONValue
    ) throws(OAuthFailure) -> JSONValue {
        let known = entries.withLock { $0[url] }
        let now = Clock.monotonicSeconds
        if let known, now - known.readAt < maximumAge { return known.document }
        do {
            let document = try read()
            entries.withLock {
                if $0.count >= maximumEntries { $0.removeAll() }
                $0[url] = Entry(document: document, readAt: now)
            }
            return document
        } catch {
            if let known, now - known.readAt < grace { return known.document }
            throw error
        }
    }
}
