import Core
import Postgres
import Testing

@testable import Conversations

private struct Tree: Sendable {
    let owner: String
    let folders: [String]
    let chat: String
}

@Suite("Changes of one folder tree, in every order", .database, .serialized)
struct FolderOrderTests {
    private func tree(_ me: TestClient, _ count: Int = 3) throws -> Tree {
        Tree(owner: me.id, folders: try (0..<count).map { _ in try me.newFolder() }, chat: try me.newChatID())
    }

    private static func move(_ folder: Int, to parent: Int) -> Orders.Action<Tree> {
        { _ = try FolderStore.move($0.folders[folder], to: $0.folders[parent], owner: $0.owner, $1) }
    }

    private static let delete: Orders.Action<Tree> = {
        try FolderStore.delete($0.folders[0], owner: $0.owner, mayDeleteChats: { true }, $1)
    }

    /// No folder lies below itself, or in one that is not there; no chat lies in a folder that is not there.
    private func isSound(_ database: Connection) throws -> Bool {
        let rows = try database.query(
            """
            select (select count(*) from folder f where parent_id is not null and not exists (select from folder p where p.id = f.parent_id))
                + (select count(*) from chat c where folder_id is not null and not exists (select from folder f where f.id = c.folder_id)),
            (with recursive up (start, id) as (
                select id, parent_id from folder union select up.start, f.parent_id from up join folder f on f.id = up.id
            ) select count(*) from up where start = id)
            """
        )
        return try rows[0].int(0) == 0 && rows[0].int(1) == 0
    }

    private func refusals(_ errors: [(any Error)?]) -> [FolderStore.Refusal?] {
        errors.map { $0 as? FolderStore.Refusal }
    }

    @Test("never make a cycle")
    func cycle() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            let orders = try Orders(server: server).all(of: [Self.move(0, to: 1), Self.move(1, to: 0)]) {
                try tree(me, 2)
            } check: { _, errors throws in
                #expect(try isSound(database))
                #expect(refusals(errors).filter { $0 == .cycle }.count == 1 && errors.compactMap { $0 }.count == 1)
            }
            #expect(orders > 1)
        }
    }

    @Test("never give siblings one name, when made, renamed or moved")
    func names() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            let make: Orders.Action<Tree> = {
                _ = try FolderStore.insert(name: "Same", data: nil, meta: nil, owner: $0.owner, $1)
            }
            let rename: Orders.Action<Tree> = {
                _ = try FolderStore.update($0.folders[0], name: "same", data: nil, meta: nil, owner: $0.owner, $1)
            }
            for pair in [[make, make], [make, rename]] {
                try Orders(server: server).all(of: pair) {
                    try database.execute("delete from folder")
                    return try tree(me, 1)
                } check: { _, errors throws in
                    #expect(refusals(errors).filter { $0 == .nameTaken }.count == 1)
                    let count = try database.query("select count(*) from folder where lower(name) = 'same'")[0].int(0)
                    #expect(count == 1)
                }
            }
        }
    }

    @Test("of different things of one folder are both kept")
    func keys() throws {
        try TestServer.run { server in
            let me = try server.client()
            let changes: [Orders.Action<Tree>] = [
                {
                    _ = try FolderStore.update(
                        $0.folders[0],
                        name: "New",
                        data: ["a": 1],
                        meta: nil,
                        owner: $0.owner,
                        $1
                    )
                },
                {
                    _ = try FolderStore.update($0.folders[0], name: nil, data: ["b": 2], meta: nil, owner: $0.owner, $1)
                },
                { _ = try FolderStore.setExpanded(true, $0.folders[0], owner: $0.owner, $1) },
                Self.move(0, to: 1),
            ]
            for first in changes.indices {
                for second in changes.indices.dropFirst(first + 1) {
                    try Orders(server: server).all(of: [changes[first], changes[second]]) {
                        try server.connect().execute("delete from folder")
                        return try tree(me)
                    } check: { tree, errors throws in
                        #expect(errors.allSatisfy { $0 == nil })
                        let folder = try me.ok(.get, "\(Sample.folders)/\(tree.folders[0])")
                        let shows = [
                            folder["name"] == "New" && folder["data"]?["a"] == 1, folder["data"]?["b"] == 2,
                            folder["is_expanded"] == true, folder["parent_id"] == .string(tree.folders[1]),
                        ]
                        #expect(shows[first] && shows[second], "\(first), \(second): \(folder)")
                    }
                }
            }
        }
    }

    @Test("that meet a deletion leave nothing in a folder that is gone")
    func deletion() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            let others: [Orders.Action<Tree>] = [
                { _ = try ChatStore.move($0.chat, to: $0.folders[0], owner: $0.owner, $1) },
                { tree, database in
                    var frame = ChatStore.Frame()
                    frame.folderID = tree.folders[0]
                    _ = try ChatStore.create(owner: tree.owner, ["title": "new"], frame, database)
                },
                Self.move(1, to: 0), Self.move(0, to: 1),
                { _ = try FolderStore.update($0.folders[0], name: "New", data: nil, meta: nil, owner: $0.owner, $1) },
                { try FolderStore.delete($0.folders[0], owner: $0.owner, mayDeleteChats: { true }, $1) },
            ]
            for other in others {
                try Orders(server: server).all(of: [other, Self.delete]) {
                    try tree(me)
                } check: { tree, errors throws in
                    #expect(try isSound(database))
                    #expect(try me.call(.get, "\(Sample.folders)/\(tree.folders[0])").status == 404)
                    #expect(!errors.contains { $0 is PostgresError }, "\(errors)")
                }
            }
        }
    }

    @Test("made by a crowd at random keep the tree a tree")
    func crowd() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            let folders = try (0..<8).map { _ in try me.newFolder() }
            let chats = try (0..<4).map { _ in try me.newChatID() }
            _ = try together(6) { _ in
                let connection = server.connect()
                for _ in 0..<30 {
                    let (one, two) = (folders.randomElement() ?? "", folders.randomElement() ?? "")
                    do {
                        switch Int.random(in: 0..<10) {
                        case 0..<6: _ = try FolderStore.move(one, to: two, owner: me.id, connection)
                        case 6: _ = try FolderStore.move(one, to: nil, owner: me.id, connection)
                        case 7: _ = try FolderStore.setExpanded(true, one, owner: me.id, connection)
                        default:
                            _ = try ChatStore.move(chats.randomElement() ?? "", to: one, owner: me.id, connection)
                        }
                    } catch is FolderStore.Refusal {
                        // The tree would not be one any more, or a sibling has the name.
                    }
                }
            }
            #expect(try isSound(database))
            #expect(try me.ok(.get, "\(Sample.folders)/").array?.count == 8)
        }
    }
}
