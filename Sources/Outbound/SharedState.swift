import CCurl
import Glibc

/// What all clients of the process share under locks: resolved names and TLS sessions. libcurl does not let threads
/// share connections.
///
/// Its first use initialises libcurl. A process that forks must fork before.
final class SharedState: Sendable {
    static let process = SharedState()

    /// libcurl calls the lock functions around every use, and the handle itself is never changed nor freed.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer?

    private init() {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        // Clients run with CURLOPT_NOSIGNAL, under which libcurl leaves SIGPIPE from a closed TLS connection to us.
        signal(SIGPIPE, SIG_IGN)

        let count = Int(CURL_LOCK_DATA_LAST.rawValue)
        let locks = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: count)
        for index in 0..<count { pthread_mutex_init(locks + index, nil) }
        handle = curl_share_init()
        curl_share_set_locks(handle, lock, unlock, locks)
        curl_share_set_data(handle, CURL_LOCK_DATA_DNS)
        curl_share_set_data(handle, CURL_LOCK_DATA_SSL_SESSION)
    }
}

private func lock(
    _: UnsafeMutableRawPointer?,
    _ data: curl_lock_data,
    _: curl_lock_access,
    _ locks: UnsafeMutableRawPointer?
) {
    guard let locks = locks?.assumingMemoryBound(to: pthread_mutex_t.self) else { return }
    pthread_mutex_lock(locks + Int(data.rawValue))
}

private func unlock(_: UnsafeMutableRawPointer?, _ data: curl_lock_data, _ locks: UnsafeMutableRawPointer?) {
    guard let locks = locks?.assumingMemoryBound(to: pthread_mutex_t.self) else { return }
    pthread_mutex_unlock(locks + Int(data.rawValue))
}
