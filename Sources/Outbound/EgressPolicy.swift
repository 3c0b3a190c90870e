/// Where requests may go. It depends on who chose the URL.
package enum EgressPolicy: Equatable, Sendable {
    /// An administrator configured the URL: any `http` or `https` address, through the proxy that the environment names.
    case administrator
    /// A user supplied the URL: no user names in it, no proxy, and connections to public addresses only, checked as
    /// each socket is opened so that redirects and changing names are covered. `allowPrivate` adds the loopback and private
    /// networks, never link-local ones (cloud metadata), multicast or reserved ranges.
    case guarded(allowPrivate: Bool)

    /// Whether a socket may be opened to the address; `nil` is one that is neither IPv4 nor IPv6.
    func permits(_ address: IPAddress?) -> Bool {
        switch (self, address?.reach) {
        case (.administrator, _), (.guarded, .global): true
        case (.guarded(let allowPrivate), .local): allowPrivate
        case (.guarded, .special), (.guarded, nil): false
        }
    }
}
