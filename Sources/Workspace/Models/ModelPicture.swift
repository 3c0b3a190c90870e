import Accounts
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
        guard let image = ProfilePicture.Image(dataURL: url) else { return standard }
        return Response(headers: [("Content-Type", image.type), ("Content-Disposition", "inline")], body: image.bytes)
    }
}
