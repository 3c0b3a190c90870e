import HTTP

/// The addresses under which a client reached the service, for the links it is given.
enum SCIMAddress {
    static let root = "/api/v1/scim/v2"

    static func base(_ request: Request) -> String {
        let host = request.headers["host"] ?? ""
        let isHost = !host.isEmpty && host.utf8.count <= 255 && host.utf8.allSatisfy(isHostByte)
        return (request.client.isSecure ? "https://" : "http://") + (isHost ? host : "localhost") + root
    }

    /// The site's own address, of the service's.
    static func site(_ base: String) -> String {
        base.hasSuffix(root) ? String(base.dropLast(root.count)) : base
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:[]".utf8.contains(byte)
        }
    }
}
