package import Accounts
import Conversations
package import Events
import Inference

/// What the other features do when something happens to an account.
package enum Consequences {
    package static func hooks(_ settings: LiveSettings, _ publisher: Publisher) -> AccountHooks {
        let notice = SignUpNotice(settings: settings)
        return AccountHooks(
            signedUp: { try notice.queue($0, $1) },
            sessionsEnded: { try TurnStore.stopStreams(ofEndedSessionsOf: $0, settings, $1) },
            accountDeleted: {
                try TurnStore.stopAll(of: $0, $1)
                try ModelAccess.shutPresets(of: $0, settings, $1)
            },
            groupChanged: { try ChannelRooms.refresh(ofGroup: $0, publisher, $1) },
            membershipChanged: { try ChannelRooms.refresh(ofAccount: $0, publisher, $1) }
        )
    }
}
