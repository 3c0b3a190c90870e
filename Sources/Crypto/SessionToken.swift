/// Session tokens: JSON Web Tokens signed with HMAC-SHA-256 (RFC 7519, RFC 7515), interchangeable with Open WebUI's.
///
/// Open WebUI's tokens hold `id` and, when they expire, `exp`. Ours add `jti`, by which one token can be revoked; readers
/// that do not know it ignore it.
package enum SessionToken {
    /// The longest token that is looked at, in bytes.
    package static let maximumLength = 4096

    /// What a verified token says.
    package struct Claims: Equatable, Sendable {
        /// The `id` claim.
        package let userID: String
        /// The `exp` claim in seconds since 1970; `nil` when the token never expires.
        package let expiresAt: Int?
        /// The `jti` claim; tokens of Open WebUI have none.
        package let tokenID: String?
        /// The `iat` claim in seconds since 1970.
        package let issuedAt: Int?
    }

    /// The value of one claim to sign.
    package enum ClaimValue: Equatable, Sendable {
        case text(String)
        case integer(Int)
    }

    /// `{"alg":"HS256","typ":"JWT"}`, byte for byte what PyJWT writes.
    private static let header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

    /// Returns a signed token for a user. `expiresAt` is in seconds since 1970, `nil` for a token without an end; `jti` is
    /// the identifier by which the token can be revoked.
    package static func issue(userID: String, expiresAt: Int?, jti: String, key: [UInt8]) -> String {
        var claims: [(name: String, value: ClaimValue)] = [("id", .text(userID))]
        if let expiresAt { claims.append(("exp", .integer(expiresAt))) }
        claims.append(("jti", .text(jti)))
        return sign(claims: claims, key: key)
    }

    /// Returns a token with these claims, in this order.
    package static func sign(claims: [(name: String, value: ClaimValue)], key: [UInt8]) -> String {
        let members = claims.map { "\(ClaimText.quoted($0.name)):\(ClaimText.written($0.value))" }
        let payload = "{\(members.joined(separator: ","))}"
        let signed = "\(header).\(Base64URL.encode(Array(payload.utf8)))"
        return "\(signed).\(Base64URL.encode(HMAC.sha256(key: key, message: Array(signed.utf8))))"
    }

    /// Returns the claims of a token that `key` signed and that is valid at `now`, else `nil`.
    ///
    /// The signature is checked before anything inside is parsed. Times follow PyJWT without leeway: `exp` at or before
    /// `now` has expired, `nbf` and `iat` after `now` are not yet valid. A token for an audience is not for us. An empty
    /// key verifies nothing. `now` is in seconds since 1970. With `ignoringExpiry` the caller decides whether `exp` counts.
    package static func verify(_ token: String, key: [UInt8], now: Int, ignoringExpiry: Bool = false) -> Claims? {
        guard !key.isEmpty, token.utf8.count <= maximumLength else { return nil }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
            .map { Substring($0) }
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]) else { return nil }
        let signed = Array(token.utf8[..<parts[1].endIndex])
        guard constantTimeEquals(signature, HMAC.sha256(key: key, message: signed)) else { return nil }

        guard parts[0] == header || Base64URL.decode(parts[0]).flatMap(TokenHeader.init)?.isAcceptable == true,
            let payload = Base64URL.decode(parts[1]).flatMap(TokenPayload.init),
            payload.isValid(at: now, ignoringExpiry: ignoringExpiry)
        else { return nil }
        return Claims(
            userID: payload.id,
            expiresAt: payload.exp,
            tokenID: payload.jti,
            issuedAt: payload.iat
        )
    }
}
