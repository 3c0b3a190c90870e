import COpenSSL

/// Authenticated encryption of small secrets that are kept in the database, such as providers' API keys (AES-256-GCM).
///
/// A box is `version (1 byte, 0x01) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`.
package enum SecretBox {
    /// A key for one purpose. Boxes sealed for one purpose do not open for another.
    package struct Key: Sendable {
        fileprivate let bytes: [UInt8]

        /// Derives the key with HKDF-SHA-256, so that one configured secret serves several purposes.
        package init(secret: [UInt8], purpose: String) {
            bytes = HKDF.sha256(secret: secret, info: Array("swiftlet secret box: \(purpose)".utf8), count: 32)
        }
    }

    /// The cipher refused: an error of the library, never of the content.
    package struct SealingFailed: Error {}

    private static let version: UInt8 = 1
    private static let nonceLength = 12
    private static let tagLength = 16
    /// Far above any stored secret, and below the limits of the cipher's `Int32` lengths.
    private static let maximumLength = 64 * 1024 * 1024

    /// Encrypts under a fresh random nonce. `place` says where the box will be kept, such as a row's id: a box moved to
    /// another place does not open. Throws `SealingFailed`.
    package static func seal(_ content: [UInt8], key: Key, place: String = "") throws -> [UInt8] {
        guard content.count <= maximumLength, let context = EVP_CIPHER_CTX_new() else { throw SealingFailed() }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = Random.bytes(nonceLength)
        let associated = [version] + Array(place.utf8)
        var encrypted = [UInt8](repeating: 0, count: content.count)
        var tag = [UInt8](repeating: 0, count: tagLength)
        var count: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key.bytes, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &count, associated, Int32(associated.count)) == 1,
            content.isEmpty || EVP_EncryptUpdate(context, &encrypted, &count, content, Int32(content.count)) == 1,
            EVP_EncryptFinal_ex(context, nil, &count) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1
        else { throw SealingFailed() }
        return [version] + nonce + encrypted + tag
    }

    /// Returns the content, or `nil` when the box was not sealed with this key for this place, or was changed since.
    package static func open(_ box: [UInt8], key: Key, place: String = "") -> [UInt8]? {
        guard box.first == version, box.count >= 1 + nonceLength + tagLength, box.count <= maximumLength,
            let context = EVP_CIPHER_CTX_new()
        else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = Array(box[1..<1 + nonceLength])
        let encrypted = Array(box[(1 + nonceLength)..<(box.count - tagLength)])
        var tag = Array(box.suffix(tagLength))
        let associated = [version] + Array(place.utf8)
        var content = [UInt8](repeating: 0, count: encrypted.count)
        var count: Int32 = 0
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key.bytes, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &count, associated, Int32(associated.count)) == 1,
            encrypted.isEmpty
                || EVP_DecryptUpdate(context, &content, &count, encrypted, Int32(encrypted.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1,
            EVP_DecryptFinal_ex(context, nil, &count) == 1
        else { return nil }
        return content
    }
}
