/// How often things may be asked, which passwords are taken, and whether sessions in use go on. Counts are those of the whole
/// installation, whichever process or host is asked.
extension Setting {
    package static let signInLimit = SettingKey<Int>(
        "SIGNIN_FAILURE_LIMIT",
        default: 20,
        "Failed sign-ins to one account from one address within the window before more are refused; 0 for no limit."
    )
    package static let signInAddressLimit = SettingKey<Int>(
        "SIGNIN_FAILURE_LIMIT_PER_ADDRESS",
        default: 500,
        "Failed sign-ins to any accounts from one address within the window before more are refused; 0 for no limit."
    )
    package static let signInWindow = SettingKey<Int>(
        "SIGNIN_LIMIT_WINDOW",
        default: 300,
        "Seconds over which failed sign-ins and sign-ups are counted."
    )
    package static let signUpAddressLimit = SettingKey<Int>(
        "SIGNUP_LIMIT_PER_ADDRESS",
        default: 300,
        "Sign-ups from one address within the window before more are refused; 0 for no limit."
    )
    package static let apiKeyRateLimit = SettingKey<Int>(
        "API_KEY_RATE_LIMIT",
        default: 0,
        "Requests a minute with one API key; 0 for no limit."
    )
    package static let accountRateLimit = SettingKey<Int>(
        "ACCOUNT_RATE_LIMIT",
        default: 0,
        "Requests a minute of one account, by whatever it signs in with; 0 for no limit."
    )
    package static let addressRateLimit = SettingKey<Int>(
        "ADDRESS_RATE_LIMIT",
        default: 0,
        "Requests a minute from one address, signed in or not; 0 for no limit."
    )
    package static let accountTurnLimit = SettingKey<Int>(
        "ACCOUNT_TURN_LIMIT",
        default: 5000,
        "Answers of one account that may wait or be made at the same time before more are refused; 0 for no limit."
    )
    package static let passwordMinimumLength = SettingKey<Int>(
        "PASSWORD_MINIMUM_LENGTH",
        default: 0,
        "Characters that a new password must have at least; 0 takes any."
    )
    package static let passwordMinimumKinds = SettingKey<Int>(
        "PASSWORD_MINIMUM_KINDS",
        default: 0,
        "How many of capital letters, small letters, digits and other characters a new password must have, up to 4."
    )
    package static let enableSessionRenewal = SettingKey<Bool>(
        "ENABLE_SESSION_RENEWAL",
        default: true,
        "Whether a session that is used goes on after JWT_EXPIRES_IN; otherwise it ends then whatever happens."
    )

    package static let limits: [any AnySettingKey] = [
        signInLimit, signInAddressLimit, signInWindow, signUpAddressLimit, apiKeyRateLimit, accountRateLimit,
        addressRateLimit, accountTurnLimit, passwordMinimumLength, passwordMinimumKinds, enableSessionRenewal,
    ]
}
