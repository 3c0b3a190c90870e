package import Accounts
import Core
import Jobs
package import Postgres

/// Tells the administrators' webhook that somebody signed up.
package struct SignUpNotice: Sendable {
    private let settings: LiveSettings

    package init(settings: LiveSettings) {
        self.settings = settings
    }

    /// For `AccountHooks.signedUp`. The event is `{action: "signup", message, user}`; the user is JSON in a text.
    package func queue(_ account: Account, _ database: Connection) throws {
        let settings = settings.current
        let url = settings[Setting.webhookURL]
        guard !url.isEmpty else { return }
        let message = "New user signed up: \(account.name)"
        let user: JSONValue = [
            "id": .string(account.id), "name": .string(account.name), "email": .string(account.email),
            "role": .string(account.role.rawValue),
            "profile_image_url": .string(account.shortProfileImageURL ?? "/api/v1/users/\(account.id)/profile/image"),
        ]
        let webhook = Webhook(
            url: url,
            origin: .administrator,
            sender: settings[Setting.webUIName],
            text: message,
            event: ["action": "signup", "message": .string(message), "user": .string(user.text)]
        )
        try Webhook.send([webhook], database)
    }
}
