import Core
import Crypto

/// An ID token (OpenID Connect Core 1.0, section 2) and the checks of section 3.1.3.7.
struct IDToken {
    /// The longest token that is looked at, in bytes; large lists of groups come to some tens of kilobytes.
    static let maximumLength = 128 * 1024
    /// How far the clocks may be apart, in seconds.
    private static let leeway = 60
    private static let maximumKeys = 32

    struct Invalid: Error, Equatable {
        let reason: String
        /// Whether the signature was by a key that is not known; perhaps the provider has new ones.
        var isKeyUnknown = false
    }

    /// What a good token must agree with.
    struct Expectation {
        let issuer: String
        let clientID: String
        let clientSecret: String
        let nonce: String
        /// Those that the provider says it uses.
        let algorithms: [String]
        /// Seconds since 1970.
        let now: Int
    }

    let claims: JSONObject

    /// Checks the signature, then reads what it signs, then checks that.
    init(verifying text: String, keys: [JSONValue], _ expected: Expectation) throws(Invalid) {
        guard text.utf8.count <= Self.maximumLength else { throw Invalid(reason: "too long") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]), !signature.isEmpty,
            let header = Self.object(parts[0]), let algorithm = header["alg"]?.string
        else { throw Invalid(reason: "not a signed token") }
        // An extension that must be understood changes what the signature means (RFC 7515, section 4.1.11).
        guard header["crit"] == nil else { throw Invalid(reason: "it has an unknown extension") }
        let message = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        try Self.verify(signature, of: message, algorithm, keyID: header["kid"]?.string, keys, expected)
        guard let claims = Self.object(parts[1]) else { throw Invalid(reason: "the claims are no object") }
        self.claims = claims
        try check(expected)
    }

    /// A public key never verifies HS256, and the client's secret nothing else: a token does not choose how it is checked.
    private static func verify(
        _ signature: [UInt8],
        of message: [UInt8],
        _ algorithm: String,
        keyID: String?,
        _ keys: [JSONValue],
        _ expected: Expectation
    ) throws(Invalid) {
        guard expected.algorithms.contains(algorithm) else {
            throw Invalid(reason: "the provider does not use its algorithm")
        }
        if algorithm == "HS256" {
            guard !expected.clientSecret.isEmpty,
                constantTimeEquals(
                    signature,
                    HMAC.sha256(key: Array(expected.clientSecret.utf8), message: message)
                )
            else { throw Invalid(reason: "the signature is not by the client's secret") }
            return
        }
        let candidates = keys.prefix(maximumKeys).filter { key in
            let use = key["use"]?.string ?? "sig"
            let isNamed = keyID == nil || key["kid"]?.string == nil || key["kid"]?.string == keyID
            return use == "sig" && isNamed && (key["alg"]?.string ?? algorithm) == algorithm
        }
        let isGood = candidates.contains {
            SignatureKey($0)?.verifies(signature, of: message, algorithm: algorithm) ?? false
        }
        guard isGood else {
            throw Invalid(reason: "the signature is not by a key of the provider's", isKeyUnknown: true)
        }
    }

    private func check(_ expected: Expectation) throws(Invalid) {
        guard let subject = claims["sub"]?.string, !subject.isEmpty else {
            throw Invalid(reason: "there is no subject")
        }
        guard let issuer = claims["iss"]?.string, issuer == self.issuer(expected.issuer) else {
            throw Invalid(reason: "the issuer is another")
        }
        let audiences = claims["aud"]?.array?.compactMap(\.string) ?? claims["aud"]?.string.map { [$0] } ?? []
        guard audiences.contains(expected.clientID) else { throw Invalid(reason: "the audience is another") }
        // The party it was issued to; it must be said where there are several audiences.
        let party = claims["azp"]?.string
        guard party == expected.clientID || (party == nil && audiences.count == 1) else {
            throw Invalid(reason: "it was issued to another party")
        }
        guard let expiry = claims["exp"]?.double, expiry + Double(Self.leeway) > Double(expected.now) else {
            throw Invalid(reason: "it has expired")
        }
        for name in ["iat", "nbf"] {
            guard let time = claims[name] else { continue }
            guard let time = time.double, time - Double(Self.leeway) <= Double(expected.now) else {
                throw Invalid(reason: "it is from the future")
            }
        }
        guard let nonce = claims["nonce"]?.string, constantTimeEquals(nonce, expected.nonce) else {
            throw Invalid(reason: "the nonce is another")
        }
    }

    /// Microsoft's shared tenants leave a gap for the tenant that signs.
    private func issuer(_ pattern: String) -> String? {
        guard let gap = pattern.firstRange(of: "{tenantid}") else { return pattern }
        guard let tenant = claims["tid"]?.string, !tenant.isEmpty,
            tenant.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isHexDigit })
        else { return nil }
        return pattern.replacingCharacters(in: gap, with: tenant)
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return (try? JSONValue(parsing: bytes, maximumDepth: 32))?.object
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
