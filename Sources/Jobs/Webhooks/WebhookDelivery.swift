package import Outbound

/// Posts webhooks.
package enum WebhookDelivery {
    /// Seconds a receiver has to answer.
    private static let patience = 10.0

    /// `usersPolicy` says where the addresses that users chose may lead. It is asked anew for each, as it is a setting.
    package static func kind(usersPolicy: @escaping @Sendable (JobTools) throws -> EgressPolicy) -> JobKind {
        JobKind(Webhook.kindName, limit: 4, maximumAttempts: 6) { job, tools in
            let webhook = try Webhook(payload: job.payload)
            let http = webhook.origin == .administrator ? tools.http : HTTPClient(policy: try usersPolicy(tools))
            try deliver(webhook, http, tools.cancellation)
        }
    }

    private static func deliver(_ webhook: Webhook, _ http: HTTPClient, _ cancellation: Cancellation) throws {
        let request = HTTPRequest(
            method: "POST",
            url: webhook.url,
            headers: [(name: "Content-Type", value: "application/json")],
            body: webhook.body.bytes,
            connectTimeout: 5,
            totalTimeout: patience,
            maximumBody: 1 << 16
        )
        do {
            try judge(status: try http.send(request, wake: cancellation).status)
        } catch let error as OutboundError {
            switch error.kind {
            case .malformed, .refusedByGuard: throw JobRefusal("the address can not be used: \(error.message)")
            // It has answered, at length.
            case .tooLarge: return
            default: throw error
            }
        }
    }

    struct Unwilling: Error, CustomStringConvertible {
        let status: Int
        var description: String { "the receiver answered with status \(status)" }
    }

    private static func judge(status: Int) throws {
        switch status {
        case 200..<300: return
        case 408, 425, 429, 500...: throw Unwilling(status: status)
        default: throw JobRefusal(Unwilling(status: status).description)
        }
    }
}
