import Core

/// Somebody whom the directory knows, and whose password it has accepted.
struct DirectoryPerson: Equatable {
    /// In lower case.
    let email: String
    let name: String
    /// Names of groups; empty where the directory names none.
    let groups: [String]

    /// Why a person is let in no further. None is told to the client.
    enum Refusal: String, Error {
        case noCredentials = "the name or the password is missing"
        case unknown = "the directory has no such person"
        case ambiguous = "the directory has several persons of this name"
        case mismatch = "the directory found another name"
        case noAddress = "the person has no e-mail address"
        case wrongPassword = "the directory refused the password"
    }

    private static let longestName = 255
    private static let longestAddress = 320
    private static let longestCredential = 1024

    /// Asks the directory; waits for it.
    ///
    /// - Throws: `Refusal`, `DirectoryError`.
    init(user: String, password: String, _ directory: Directory) throws {
        // Directories take a bind without a password for an anonymous one, which succeeds.
        guard !user.isEmpty, !password.isEmpty, !password.utf8.contains(0),
            max(user.utf8.count, password.utf8.count) <= Self.longestCredential
        else { throw Refusal.noCredentials }
        let connection = try DirectoryConnection(directory)
        try connection.bind(directory.bindName, password: directory.bindPassword)
        let entry = try Self.find(user.lowercased(), connection, directory)
        try self.init(entry, directory)
        do {
            try connection.bind(entry.name, password: password)
        } catch let error as DirectoryError where error.isWrongPassword {
            throw Refusal.wrongPassword
        }
    }

    private static func find(
        _ user: String,
        _ connection: DirectoryConnection,
        _ directory: Directory
    ) throws -> DirectoryConnection.Entry {
        let entries = try connection.search(
            base: directory.base,
            filter: DirectoryFilter.equals(directory.nameAttribute, user, and: directory.filter),
            attributes: [directory.nameAttribute, directory.mailAttribute, "cn"]
                + (directory.groupsAttribute.map { [$0] } ?? []),
            limit: 2
        )
        guard let entry = entries.first, !entry.name.isEmpty else { throw Refusal.unknown }
        guard entries.count == 1 else { throw Refusal.ambiguous }
        // A directory may match more loosely than a name is compared here.
        guard entry.values(of: directory.nameAttribute).contains(where: { $0.lowercased() == user }) else {
            throw Refusal.mismatch
        }
        return entry
    }

    init(_ entry: DirectoryConnection.Entry, _ directory: Directory) throws {
        guard let email = entry.values(of: directory.mailAttribute).first?.lowercased(), !email.isEmpty,
            email.utf8.count <= Self.longestAddress
        else { throw Refusal.noAddress }
        self.email = email
        let names = entry.values(of: "cn") + entry.values(of: directory.nameAttribute)
        name = String((names.first { !$0.isEmpty } ?? email).prefix(Self.longestName))
        var groups: [String] = []
        for text in directory.groupsAttribute.map(entry.values(of:)) ?? [] {
            guard let group = DistinguishedName(text)?.commonName, !group.isEmpty, !groups.contains(group) else {
                continue
            }
            groups.append(group)
        }
        self.groups = groups
    }
}
