/// Why a sign-in with a provider did not come about.
struct OAuthFailure: Error, Equatable {
    /// What the person is told; never a text of the provider's, which anybody could have put into a link.
    let shown: String
    /// What the log is told; no secrets.
    let reason: String
    /// Whether trying the same again can not help.
    let isFinal: Bool

    init(_ shown: String, _ reason: String, isFinal: Bool = true) {
        self.shown = shown
        self.reason = reason
        self.isFinal = isFinal
    }

    static let notBegun = OAuthFailure(
        "This sign-in was not begun in this browser, or took too long. Please try again.",
        "no matching state"
    )
    static let declined = OAuthFailure(
        "The sign-in was cancelled or refused by the provider.",
        "the provider sent an error instead of a code"
    )

    static func unreachable(_ provider: OAuthProvider, _ reason: String) -> OAuthFailure {
        OAuthFailure(
            "\(provider.name) can not be reached at the moment. Please try again later.",
            reason,
            isFinal: false
        )
    }

    /// The provider answered, but not with what proves an identity.
    static func unproven(_ provider: OAuthProvider, _ reason: String) -> OAuthFailure {
        OAuthFailure("\(provider.name) did not confirm who you are. Please try again.", reason)
    }
}
