import Events

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

        /// The room of the plain WebSockets that were opened by it; all tokens of the reference have one.
        package func room(account: String) -> String? {
            switch self {
            case .session(let id): Room.plainSockets(ofSession: id)
            case .foreignToken: Room.plainSockets(ofSession: "foreign \(account)")
            case .apiKey: Room.plainSockets(ofSession: "key \(account)")
            case .none: nil
            }
        }
    }

    package let account: Account
    package let credential: Credential
    /// Seconds since 1970; nil for what has no end. Of a session of ours it is the session's, which can be later than the token's.
    package let expiresAt: Int?
    /// When the session was last noted to be in use; nil before that, and for everything else than a session of ours.
    package let sessionUsedAt: Int?

    package init(account: Account, credential: Credential, expiresAt: Int? = nil, sessionUsedAt: Int? = nil) {
        self.account = account
        self.credential = credential
        self.expiresAt = expiresAt
        self.sessionUsedAt = sessionUsedAt
    }
}
