import CPostgres
import Logging

/// Brings a database to the schema that this release wants, by the files of one folder.
///
/// Each file is applied in a transaction of its own, together with its entry in the table `schema_migration`, so a file that
/// fails leaves nothing behind. The transactions hold an advisory lock: of several migrators one works at a time, and the
/// others find the work done. Entries with higher numbers than the folder has are those of a newer release and are left
/// alone: a release keeps working on its successor's schema.
package struct Migrator {
    private let connection: Connection
    private let directory: String

    /// Any number, the same for every migrator of a database.
    private static let lock = 7_945_128

    package init(connection: Connection, directory: String) {
        self.connection = connection
        self.directory = directory
    }

    /// The names of the migrations that `migrate` would apply. Changes nothing.
    package func pending() throws -> [String] {
        let migrations = try Migration.all(in: directory)
        return try unapplied(migrations).map(\.name)
    }

    /// Applies what is pending, and returns the names of what it applied.
    /// - Throws: `MigrationError` when the folder and the database do not belong together, or a file fails. What came before
    ///   that file stays applied.
    package func migrate() throws -> [String] {
        let migrations = try Migration.all(in: directory)
        var applied: [String] = []
        while let migration = try connection.transaction({ try applyNext(of: migrations) }) {
            Logger.postgres.info("Applied a migration", metadata: ["migration": "\(migration.name)"])
            applied.append(migration.name)
        }
        return applied
    }

    private func applyNext(of migrations: [Migration]) throws -> Migration? {
        // Neither the wait for another migrator nor a long migration falls under the limits of everyday statements.
        try connection.script("set local statement_timeout = 0; set local lock_timeout = 0")
        try connection.execute("select pg_advisory_xact_lock(\(Self.lock))")
        guard let migration = try unapplied(migrations).first else { return nil }
        try connection.script(
            """
            create table if not exists schema_migration (
                number int primary key,
                name text not null,
                checksum text not null,
                applied_at timestamptz not null default now()
            )
            """
        )
        do {
            try connection.script(migration.text)
        } catch let error as PostgresError where !error.isConnectionLost {
            throw MigrationError("\(migration.name).sql\(line(of: error, in: migration)): \(error)")
        }
        guard connection.status == PQTRANS_INTRANS else {
            throw MigrationError(
                "\(migration.name).sql ends the transaction it is applied in: take its commit out"
            )
        }
        try connection.execute(
            """
            insert into schema_migration (number, name, checksum)
            values (\(migration.number), \(migration.name), encode(sha256(convert_to(\(migration.text), 'UTF8')), 'hex'))
            """
        )
        return migration
    }

    /// The migrations the database has not had, after a check that it had the others as they are now.
    private func unapplied(_ migrations: [Migration]) throws -> [Migration] {
        guard try connection.query("select to_regclass('schema_migration') is not null")[0].bool(0)
        else {
            return migrations
        }
        let rows = try connection.query(
            """
            select m.number, m.name, m.name = f.name and m.checksum = encode(sha256(convert_to(f.text, 'UTF8')), 'hex')
            from schema_migration m
            join unnest(\(migrations.map(\.number)), \(migrations.map(\.name)), \(migrations.map(\.text)))
                as f (number, name, text) on f.number = m.number
            order by m.number
            """
        )
        for (index, row) in rows.enumerated() {
            let name = try row.text(1)
            guard try row.int(0) == index + 1 else {
                throw MigrationError("\(name) was applied before its predecessor \(migrations[index].name)")
            }
            guard try row.bool(2) else {
                throw MigrationError(
                    "\(name) was changed after it was applied (the file is now \(migrations[index].name).sql): "
                        + "restore it and put the change into a new migration"
                )
            }
        }
        return Array(migrations.dropFirst(rows.count))
    }

    private func line(of error: PostgresError, in migration: Migration) -> String {
        guard let position = error.position else { return "" }
        let before = migration.text.unicodeScalars.prefix(position - 1)
        return ", line \(1 + before.count { $0 == "\n" })"
    }
}
