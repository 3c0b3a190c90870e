import Glibc

/// An IP address, as far as the egress policy needs to know it.
enum IPAddress: Equatable {
    case v4(UInt32)
    /// The first and the last eight bytes.
    case v6(UInt64, UInt64)

    enum Reach {
        /// Any machine of the internet.
        case global
        /// This machine or its own network.
        case local
        /// Nothing that a request could mean: link-local, multicast, reserved, documentation, translated addresses.
        case special
    }

    /// Reads the numeric text of an address.
    init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self.init(v6)
        } else {
            return nil
        }
    }

    /// Reads a socket address of the given family; `nil` for families other than IPv4 and IPv6.
    init?(family: Int32, socketAddress: UnsafeRawPointer) {
        switch family {
        case AF_INET:
            self = .v4(UInt32(bigEndian: socketAddress.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            self.init(socketAddress.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
        default:
            return nil
        }
    }

    private init(_ address: in6_addr) {
        self = withUnsafeBytes(of: address) { bytes in
            .v6(
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// How far the address reaches, after IANA's special-purpose registries.
    var reach: Reach {
        switch self {
        case .v4(let bits):
            if Self.local4.contains(where: { $0.contains(bits) }) { return .local }
            return Self.special4.contains { $0.contains(bits) } ? .special : .global
        case .v6(let high, let low):
            if high == 0, low == 1 { return .local }
            if high >> 57 == 0xFC >> 1 { return .local }
            // Only 2000::/3 is handed out. What lies outside covers ::, mapped IPv4, NAT64, link-local and multicast.
            guard high >> 61 == 0b001 else { return .special }
            return Self.special6.contains { $0.contains(high) } ? .special : .global
        }
    }

    private static let local4 = [
        Network4(10, 0, 0, 0, bits: 8), Network4(100, 64, 0, 0, bits: 10), Network4(127, 0, 0, 0, bits: 8),
        Network4(172, 16, 0, 0, bits: 12), Network4(192, 168, 0, 0, bits: 16),
    ]
    private static let special4 = [
        Network4(0, 0, 0, 0, bits: 8), Network4(169, 254, 0, 0, bits: 16), Network4(192, 0, 0, 0, bits: 24),
        Network4(192, 0, 2, 0, bits: 24), Network4(192, 88, 99, 0, bits: 24), Network4(198, 18, 0, 0, bits: 15),
        Network4(198, 51, 100, 0, bits: 24), Network4(203, 0, 113, 0, bits: 24), Network4(224, 0, 0, 0, bits: 3),
    ]
    /// Teredo and its neighbours (2001::/23), documentation (2001:db8::/32, 3fff::/20) and 6to4 (2002::/16), which
    /// carries an IPv4 address inside.
    private static let special6 = [
        Network6(0x2001_0000, bits: 23), Network6(0x2001_0DB8, bits: 32), Network6(0x2002_0000, bits: 16),
        Network6(0x3FFF_0000, bits: 20),
    ]
}

private struct Network4 {
    let prefix: UInt32
    let mask: UInt32

    init(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32, bits: UInt32) {
        prefix = first << 24 | second << 16 | third << 8 | fourth
        mask = ~0 << (32 - bits)
    }

    func contains(_ address: UInt32) -> Bool { address & mask == prefix }
}

private struct Network6 {
    let prefix: UInt64
    let mask: UInt64

    /// Takes the first 32 bits of the prefix and at most 32 bits of length.
    init(_ first: UInt64, bits: UInt64) {
        prefix = first << 32
        mask = ~0 << (64 - bits)
    }

    func contains(_ high: UInt64) -> Bool { high & mask == prefix }
}
