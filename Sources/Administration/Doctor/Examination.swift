import Accounts
import Core
import Postgres

/// All checks of an installation, as its environment describes it. None of them changes anything.
package struct Examination {
    private let migrations: String
    private let nginx: String
    private let source: Settings.Source

    /// - Parameters:
    ///   - migrations: the directory of the numbered migrations.
    ///   - nginx: its main configuration file.
    package init(migrations: String, nginx: String) {
        self.init(migrations: migrations, nginx: nginx, source: .process())
    }

    init(migrations: String, nginx: String, source: Settings.Source) {
        self.migrations = migrations
        self.nginx = nginx
        self.source = source
    }

    /// In the order in which one thing stands on the other.
    package func run() -> [Finding] {
        let base: Settings
        do {
            base = try Settings(source: source)
        } catch {
            return error.problems.map {
                .bad("configuration", $0.description, "Correct it in the environment, and run this again.")
            }
        }
        let database = Connection(
            url: base[Setting.databaseURL],
            name: "swiftlet doctor",
            options: "-c statement_timeout=5s",
            patience: .zero
        )
        var findings = ConfigurationCheck.all(base)
        let checks = DatabaseCheck(database, migrations: migrations)
        var settings = base
        let reached = checks.reach()
        findings.append(reached)
        if reached.state != .bad {
            findings += checks.all()
            let live = LiveSettings(base: base)
            if (try? live.reload(database)) != nil { settings = live.current }
        }
        findings += ProviderCheck.all(settings)
        findings += DirectoryCheck.all(settings)
        findings += HostCheck(settings, nginx: nginx).all()
        return findings
    }
}
