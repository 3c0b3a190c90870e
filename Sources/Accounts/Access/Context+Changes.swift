package import Core
import Events
import Postgres

extension Context {
    /// Saves settings for all processes; those at hand are the new ones afterwards.
    package func save(_ values: [(key: any AnySettingKey, value: JSONValue)]) throws {
        try SettingsStore.save(values, database)
        try shared.settings.reload(database)
    }

    /// Closes every socket of an account once the transaction is committed.
    package func closeSockets(ofAccount id: String) {
        closeRooms([Room.user(id), Room.plainSockets(ofAccount: id)])
    }

    /// Closes single sockets, by their Socket.IO ids, once the transaction is committed.
    package func closeSockets(_ sids: [String]) {
        closeRooms(sids)
    }

    /// Closes the plain WebSockets that were opened by these credentials of an account, once the transaction is committed.
    package func closePlainSockets(of credentials: [Caller.Credential], account: String) {
        closeRooms(credentials.compactMap { $0.room(account: account) })
    }

    private func closeRooms(_ rooms: [String]) {
        let publisher = publisher
        database.afterCommit { for room in rooms { publisher.close(room: room) } }
    }
}
