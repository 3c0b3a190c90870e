package import Core
package import Postgres
import Synchronization

/// The settings of a process, kept up to date by whoever finds that the database has newer ones.
package final class LiveSettings: Sendable {
    private struct State {
        var settings: Settings
        var version: Int
    }

    private let base: Settings
    private let state: Mutex<State>

    /// - Parameter base: the settings by environment and defaults alone.
    package init(base: Settings) {
        self.base = base
        state = Mutex(State(settings: base, version: -1))
    }

    package var current: Settings {
        state.withLock(\.settings)
    }

    /// The settings and the version they have in the database.
    package var versioned: (settings: Settings, version: Int) {
        state.withLock { ($0.settings, $0.version) }
    }

    /// Reads the saved settings again, unless those at hand are as new as `version`.
    package func refresh(toVersion version: Int, _ database: Connection) throws {
        if state.withLock({ $0.version >= version }) { return }
        try reload(database)
    }

    package func reload(_ database: Connection) throws {
        let saved = try SettingsStore.load(database)
        let settings = base.merging(database: saved.values)
        state.withLock { state in
            if saved.version >= state.version { state = State(settings: settings, version: saved.version) }
        }
    }
}
