import COpenSSL
import Core
import Crypto

/// A public key of a provider, of a JSON Web Key (RFC 7517), and what it can verify.
final class SignatureKey {
    /// The algorithms of RFC 7518 that are accepted with public keys, and the one kind of key each of them goes with.
    private static let kinds = [
        "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "ES256": "P-256", "ES384": "P-384", "ES512": "P-521",
    ]
    /// `EVP_PKEY_PUBLIC_KEY`, a macro that Swift does not see: the public key and all parameters.
    private static let publicPart: Int32 = 0x86
    private static let rsaBits = 2048...8192

    private let key: OpaquePointer
    private let kind: String
    private let coordinateLength: Int

    /// - Returns: nil for what is no key, or none that is accepted here: RSA of 2048 bits or more, and the three NIST curves.
    init?(_ json: JSONValue) {
        func number(_ name: String) -> [UInt8]? {
            json[name]?.string.flatMap { Base64URL.decode($0) }.map { Array($0.drop { $0 == 0 }) }
        }
        switch json["kty"]?.string {
        case "RSA":
            guard let modulus = number("n"), let exponent = number("e"), Self.rsaBits.contains(modulus.count * 8),
                (1...8).contains(exponent.count),
                let key = Self.make(
                    "RSA",
                    [.number("n", modulus), .number("e", exponent)]
                )
            else { return nil }
            self.key = key
            kind = "RSA"
            coordinateLength = 0
        case "EC":
            let lengths = ["P-256": 32, "P-384": 48, "P-521": 66]
            guard let curve = json["crv"]?.string, let length = lengths[curve], let x = number("x"),
                let y = number("y"), x.count <= length, y.count <= length
            else { return nil }
            let point = [0x04] + Self.padded(x, length) + Self.padded(y, length)
            guard let key = Self.make("EC", [.text("group", curve), .octets("pub", point)]) else { return nil }
            self.key = key
            kind = curve
            coordinateLength = length
        default: return nil
        }
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// Whether this is the signature of the message; false for an algorithm that does not go with the key.
    func verifies(_ signature: [UInt8], of message: [UInt8], algorithm: String) -> Bool {
        guard Self.kinds[algorithm] == kind, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let digest =
            switch algorithm.suffix(3) {
            case "256": EVP_sha256()
            case "384": EVP_sha384()
            default: EVP_sha512()
            }
        guard let encoded = kind == "RSA" ? signature : Self.encoded(signature, coordinateLength),
            EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
        else { return false }
        return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }

    /// The two numbers of an ECDSA signature, which stand side by side in a token (RFC 7518, section 3.4), in DER as OpenSSL wants them.
    private static func encoded(_ signature: [UInt8], _ length: Int) -> [UInt8]? {
        guard signature.count == 2 * length else { return nil }
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            var digits = Array(bytes.drop { $0 == 0 })
            if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
            return [0x02, UInt8(digits.count)] + digits
        }
        let content = integer(signature[..<length]) + integer(signature[length...])
        return [0x30] + (content.count < 0x80 ? [] : [0x81]) + [UInt8(content.count)] + content
    }

    private static func padded(_ number: [UInt8], _ length: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: length - number.count) + number
    }

    private enum Parameter {
        case number(String, [UInt8])
        case octets(String, [UInt8])
        case text(String, String)
    }

    /// Makes a key of parameters. OpenSSL checks that a point lies on its curve.
    private static func make(_ algorithm: String, _ parameters: [Parameter]) -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var buffers: [UnsafeMutableRawBufferPointer] = []
        defer { buffers.forEach { $0.deallocate() } }
        func copy(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
            buffer.copyBytes(from: bytes)
            buffers.append(buffer)
            return buffer
        }
        var list = parameters.map { parameter in
            let (name, type, bytes) =
                switch parameter {
                // The machine's own byte order, which is little-endian on all that are supported.
                case .number(let name, let bytes): (name, OSSL_PARAM_UNSIGNED_INTEGER, Array(bytes.reversed()))
                case .octets(let name, let bytes): (name, OSSL_PARAM_OCTET_STRING, bytes)
                case .text(let name, let text): (name, OSSL_PARAM_UTF8_STRING, Array(text.utf8))
                }
            let key = copy(Array(name.utf8) + [0])
            // OpenSSL reads texts up to a NUL, which the size does not count.
            let data = copy(bytes + [0])
            return OSSL_PARAM(
                key: key.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) },
                data_type: UInt32(type),
                data: data.baseAddress,
                data_size: bytes.count,
                return_size: 0
            )
        }
        list.append(OSSL_PARAM())
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, publicPart, &list) == 1
        else {
            ERR_clear_error()
            return nil
        }
        return key
    }
}
