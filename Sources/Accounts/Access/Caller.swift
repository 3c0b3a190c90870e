/// Who makes a request, and by what.
package struct Caller: Sendable {
    package enum Credential: Sendable {
        /// A token of ours, by its id.
        case session(id: String)
        /// A token of the reference, by its SHA-256.
        case foreignToken(digest: [UInt8])
        case apiKey
        /// Every visitor, where sign-in is switched off.
        case none
    }

    package let account: Account
    package let credential: Credential
    /// Seconds since 1970; nil for a token without an end.
    package let expiresAt: Int?

    package init(account: Account, credential: Credential, expiresAt: Int? = nil) {
        self.account = account
        self.credential = credential
        self.expiresAt = expiresAt
    }
}
