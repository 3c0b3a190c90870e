import Core

/// Settings that can be read, but should not stand like that.
enum ConfigurationCheck {
    static func all(_ settings: Settings) -> [Finding] {
        [secret(settings), address(settings), origins(settings)]
    }

    private static func secret(_ settings: Settings) -> Finding {
        let length = settings[Setting.webUISecretKey].utf8.count
        guard settings[Setting.webUIAuth] else {
            return .doubtful(
                "accounts",
                "WEBUI_AUTH is off: whoever reaches the server is its administrator.",
                "Leave it off only where nobody else reaches the server."
            )
        }
        switch length {
        case 0:
            return .bad(
                "secret key",
                "WEBUI_SECRET_KEY is not set.",
                "Set it to the output of: openssl rand -base64 32"
            )
        case ..<16:
            return .doubtful(
                "secret key",
                "WEBUI_SECRET_KEY has only \(length) bytes; whoever guesses it can sign in as anybody.",
                "Set it to the output of: openssl rand -base64 32 (everybody has to sign in again)"
            )
        default:
            return .good("secret key", "set, \(length) bytes")
        }
    }

    private static func address(_ settings: Settings) -> Finding {
        let address = settings[Setting.webUIURL]
        if address.isEmpty {
            return .doubtful(
                "address",
                "WEBUI_URL is empty, so links in webhooks and sign-in by other providers do not work.",
                "Set it to the address that browsers use, such as https://chat.example.org"
            )
        }
        return .good("address", address)
    }

    private static func origins(_ settings: Settings) -> Finding {
        let origins = settings[Setting.corsAllowOrigin]
        if origins.contains("*") {
            return .good("origins", "pages of any origin may call the API with a token, none with a cookie")
        }
        return .good("origins", origins.joined(separator: " "))
    }
}
