import FoundationEssentials

/// The header of a token that is not the usual one byte for byte.
struct TokenHeader {
    private let alg: String
    private let typ: String?
    private let hasExtension: Bool

    /// Parses the JSON object, or fails.
    init?(json: [UInt8]) {
        guard let header = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = header
    }

    /// Whether it is a plain HS256 token. Extensions (`crit`, `b64`) change what the signature means, so they are refused.
    var isAcceptable: Bool {
        alg == "HS256" && (typ ?? "JWT") == "JWT" && !hasExtension
    }
}

extension TokenHeader: Decodable {
    private enum CodingKeys: CodingKey { case alg, typ, crit, b64 }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        alg = try members.decode(String.self, forKey: .alg)
        typ = members.contains(.typ) ? try members.decode(String.self, forKey: .typ) : nil
        hasExtension = members.contains(.crit) || members.contains(.b64)
    }
}

/// The claims of a token that the server reads. A claim that is there must have its right type; `null` is no value.
struct TokenPayload {
    let id: String
    let exp: Int?
    let iat: Int?
    let jti: String?
    private let nbf: Int?
    private let hasAudience: Bool

    /// Parses the JSON object, or fails.
    init?(json: [UInt8]) {
        guard let payload = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = payload
    }

    func isValid(at now: Int, ignoringExpiry: Bool) -> Bool {
        if let exp, exp <= now, !ignoringExpiry { return false }
        if let nbf, nbf > now { return false }
        if let iat, iat > now { return false }
        return !hasAudience
    }
}

extension TokenPayload: Decodable {
    private enum CodingKeys: CodingKey { case id, exp, iat, nbf, jti, aud }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)

        /// A NumericDate (RFC 7519, section 2) may have a fraction; it is cut off, as PyJWT does.
        func time(_ key: CodingKeys) throws -> Int? {
            guard members.contains(key) else { return nil }
            let seconds = try members.decode(Double.self, forKey: key)
            guard let whole = Int(exactly: seconds.rounded(.towardZero)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: members, debugDescription: "time out of range")
            }
            return whole
        }

        id = try members.decode(String.self, forKey: .id)
        exp = try time(.exp)
        iat = try time(.iat)
        nbf = try time(.nbf)
        jti = members.contains(.jti) ? try members.decode(String.self, forKey: .jti) : nil
        hasAudience = members.contains(.aud)
    }
}

/// Claims as JSON text.
enum ClaimText {
    static func written(_ value: SessionToken.ClaimValue) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .integer(let number): String(number)
        }
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                quoted += "\\"
                quoted.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}":
                quoted += "\\u00" + Hex.encode([UInt8(scalar.value)])
            default:
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
