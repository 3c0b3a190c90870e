import Core
import Crypto
import Outbound

/// The picture of an account at its provider.
///
/// Its address is a claim, which at many providers the account's owner writes. So it is fetched under the egress guard, must be a raster
/// image by its bytes, and is asked for with the access token only where the token belongs: at the provider's own origin.
struct ProviderPicture {
    private static let maximumBytes = ProfilePicture.maximumLength / 4 * 3 - 64

    let url: String
    /// Where this address leads and who may be told the token there.
    enum Trust: Equatable {
        /// Configured by an administrator: with the token.
        case configured
        /// At the origin of the provider's userinfo endpoint: with the token, and on a private network where the provider is on one.
        case provider
        case stranger
    }

    let trust: Trust

    init?(_ identity: OAuthIdentity, provider: OAuthProvider, _ metadata: ProviderMetadata) {
        guard !identity.picture.isEmpty else { return nil }
        url = identity.picture
        if url == provider.pictureURL {
            trust = .configured
        } else if let origin = metadata.userInfoEndpoint.flatMap(Self.origin), url.hasPrefix(origin + "/") {
            trust = .provider
        } else {
            trust = .stranger
        }
    }

    /// The picture as a `data:` URL; nil when there is none that may be shown.
    func fetch(_ accessToken: String, allowPrivate: Bool, timeout: Double) -> String? {
        let policy: EgressPolicy =
            switch trust {
            case .configured: .administrator
            case .provider: .guarded(allowPrivate: true)
            case .stranger: .guarded(allowPrivate: allowPrivate)
            }
        let authorization = trust == .stranger ? [] : [(name: "Authorization", value: "Bearer " + accessToken)]
        let request = HTTPRequest(
            url: url,
            headers: [(name: "Accept", value: "image/*"), (name: "User-Agent", value: "Swiftlet")] + authorization,
            connectTimeout: min(5, timeout),
            totalTimeout: timeout,
            maximumBody: Self.maximumBytes,
            // A redirect away from the provider must not inherit its rights.
            followRedirects: trust == .stranger
        )
        guard let answer = try? HTTPClient(policy: policy).send(request), answer.status == 200 else { return nil }
        let text = Base64.encode(answer.body)
        // The type stands for any: what counts is what the bytes show.
        guard let image = ProfilePicture.Image(dataURL: "data:image/png;base64," + text) else { return nil }
        return "data:\(image.type);base64,\(text)"
    }

    /// `scheme://host[:port]`. The first slash ends the authority for every reader, so a URL with this and a slash in front leads there.
    static func origin(_ url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@"), !authority.contains("\\") else { return nil }
        return String(url[..<authority.endIndex])
    }
}
