import Foundation

/// One file of the migrations folder, named like `0012_add_turn.sql`.
struct Migration: Sendable {
    let number: Int
    let name: String
    let text: String

    /// Reads the folder's migrations in order. Other files than `*.sql` are left alone.
    /// - Throws: `MigrationError` when a name is not of that form, or the numbers do not run 1, 2, 3 and so on.
    static func all(in directory: String) throws -> [Migration] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: directory).filter {
                $0.hasSuffix(".sql")
            }
        } catch {
            throw MigrationError("The migrations folder \(directory) can not be read")
        }
        let migrations = try files.sorted().map { try Migration(file: $0, in: directory) }
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            let problem =
                migration.number <= index
                ? "Two migrations have number" : "There is no migration with number"
            throw MigrationError(
                "\(problem) \(min(migration.number, index + 1)) (found at \(migration.name).sql)"
            )
        }
        return migrations
    }

    private init(file: String, in directory: String) throws {
        let name = file.dropLast(".sql".count)
        let digits = name.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ ("0"..."9").contains($0) }),
            let number = Int(digits),
            name.dropFirst(4).first == "_", name.count > 5
        else {
            throw MigrationError("\(file) is not named like a migration (0001_name.sql)")
        }
        guard let data = FileManager.default.contents(atPath: directory + "/" + file),
            let text = String(data: data, encoding: .utf8), !text.utf8.contains(0)
        else {
            throw MigrationError("\(file) can not be read as text")
        }
        self.number = number
        self.name = String(name)
        self.text = text
    }
}

/// Why migrations can not be applied, in words for an administrator.
package struct MigrationError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
