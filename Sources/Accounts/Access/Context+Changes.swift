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
        let publisher = publisher
        database.afterCommit { publisher.close(room: Room.user(id)) }
    }

    /// Closes single sockets, by their Socket.IO ids, once the transaction is committed.
    package func closeSockets(_ sids: [String]) {
        let publisher = publisher
        database.afterCommit { for sid in sids { publisher.close(room: sid) } }
    }
}
