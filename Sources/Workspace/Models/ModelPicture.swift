import Accounts
import Core
import Crypto
import HTTP

/// A model's picture as it is served: of data only raster images, told by their first bytes, since an SVG could run in whoever opens it.
enum ModelPicture {
    /// Served by the web server from the client's own files.
    private static let standard = Response(headers: [
        ("X-Accel-Redirect", "/static/favicon.png"), ("Content-Type", "image/png"),
    ])

    /// The answer for an address on the web or a `data:` URL; anything else gives the standard picture.
    static func response(for url: String?) -> Response {
        guard let url, ProfilePicture.isAcceptable(url) else { return standard }
        if url.prefix(4).lowercased() == "http" { return .redirect(to: url) }
        guard url.prefix(5).lowercased() == "data:", let comma = url.utf8.prefix(64).firstIndex(of: UInt8(ascii: ",")),
            let bytes = Base64.decodeLenient(url[url.utf8.index(after: comma)...]), let type = mediaType(of: bytes)
        else { return standard }
        return Response(headers: [("Content-Type", type), ("Content-Disposition", "inline")], body: bytes)
    }

    private static func mediaType(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            return "image/webp"
        }
        return nil
    }
}
