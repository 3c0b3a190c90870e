import Crypto
import Glibc

/// The part of an address that counts as one sender: a whole IPv4 address, or the first 64 bits of an IPv6 one, which is what a
/// subscriber is given.
enum ClientAddress {
    static func sender(_ address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        let all = withUnsafeBytes(of: &bytes) { Array($0) }
        // ::ffff:a.b.c.d is an IPv4 address (RFC 4291 §2.5.5.2).
        if all.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) {
            return all.suffix(4).map(String.init).joined(separator: ".")
        }
        return Hex.encode(all.prefix(8)) + "::/64"
    }
}
