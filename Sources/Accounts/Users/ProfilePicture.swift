import Crypto

/// What may stand as the picture of an account, and how it is served.
///
/// A picture that is a `data:` URL must be a raster image: an SVG or a page would run in whoever opens it.
package enum ProfilePicture {
    package static let standard = "/user.png"
    /// In bytes; clients scale pictures down to some tens of kilobytes.
    static let maximumLength = 4 << 20

    private static let types = ["png", "jpeg", "jpg", "gif", "webp"]
    private static let sitePictures = ["/user.png", "/favicon.png"]

    /// Whether an account may have this as its picture: nothing, one of the site's own pictures, an address on the web, or a
    /// `data:` URL of a raster image.
    package static func isAcceptable(_ url: String) -> Bool {
        if url.utf8.count > maximumLength { return false }
        if url.isEmpty || sitePictures.contains(url) { return true }
        if url.hasPrefix("/static/") { return url.utf8.allSatisfy(isPathByte) && !url.contains("..") }
        let scheme = url.prefix(8).lowercased()
        if scheme.hasPrefix("http://") || scheme.hasPrefix("https://") {
            return url.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        }
        return encodedImage(url)?.utf8.allSatisfy(isBase64Byte) ?? false
    }

    /// An image and the media type that its first bytes show, whatever it was called.
    package struct Image: Equatable {
        package let type: String
        package let bytes: [UInt8]

        /// - Parameter dataURL: nil comes of anything but a raster image in Base64.
        package init?(dataURL: String) {
            guard let text = encodedImage(dataURL), let bytes = Base64.decodeLenient(text),
                let type = Self.type(of: bytes)
            else { return nil }
            self.bytes = bytes
            self.type = type
        }

        private static func type(of bytes: [UInt8]) -> String? {
            if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
            if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
            if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
            if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
                return "image/webp"
            }
            return nil
        }
    }

    /// The Base64 of a `data:image/…;base64,…` URL of an accepted type.
    private static func encodedImage(_ url: String) -> Substring? {
        guard let comma = url.utf8.prefix(64).firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = url[..<comma].lowercased()
        guard types.contains(where: { head == "data:image/\($0);base64" }) else { return nil }
        return url[url.utf8.index(after: comma)...]
    }

    private static func isBase64Byte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || (isBase64Byte(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "="))
    }
}
