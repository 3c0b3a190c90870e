package import Core
package import Postgres

/// Everything the status page shows: `{at, hosts, shared, advice}`. Its parts are described in this folder's README.
package struct StatusDocument {
    package let json: JSONValue

    /// Without the database this host alone is shown. Throws a `PageError` when its counters can not be read.
    package init(_ settings: Settings, _ database: Connection?) throws {
        let (name, directory) = (settings.nameOfHost, settings.counters)
        let own = HostReport(try directory.read(), name: name, directory: directory.path).json
        var hosts = [own]
        var shared: JSONValue = .null
        if let database {
            hosts += try HostStatusStore.others(than: name, directory: directory.path, database)
            shared = try SharedState(database).json
        }
        json = [
            "at": JSONValue(Clock.nowMilliseconds), "slow_request_ms": JSONValue(settings[Setting.slowRequest]),
            "hosts": .array(hosts), "shared": shared,
            "advice": .array(Advice.all(hosts, shared).map(\.json)),
        ]
    }
}
