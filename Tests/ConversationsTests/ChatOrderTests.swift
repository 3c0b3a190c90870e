import Core
import Postgres
import Testing

@testable import Conversations

/// A chat that two clients change.
private struct Subject: Sendable {
    let id: String
    let owner: String
    let folder: String
    let current: String
    let turns: [(chat: JSONValue, question: String, answer: String)]
}

/// A change, and how it shows.
private struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (Subject, Connection) throws -> Void
    let isKept: @Sendable (Subject, JSONValue, Connection) throws -> Bool

    init(
        _ name: String,
        _ make: @escaping @Sendable (Subject, Connection) throws -> Void,
        isKept: @escaping @Sendable (Subject, JSONValue, Connection) throws -> Bool
    ) {
        (testDescription, self.make, self.isKept) = (name, make, isKept)
    }

    private static func turn(_ number: Int) -> Change {
        Change("turn \(number)") { subject, database in
            let chat = subject.turns[number].chat.object ?? [:]
            _ = try ChatStore.update(subject.id, owner: subject.owner, chat, database)
        } isKept: { subject, chat, _ in
            let messages = chat["chat"]?["history"]?["messages"]
            let (question, answer) = (subject.turns[number].question, subject.turns[number].answer)
            return messages?[answer]?["parentId"] == .string(question)
                && messages?[question]?["childrenIds"] == [.string(answer)]
                && messages?[subject.current]?["childrenIds"]?.array?.contains(.string(question)) == true
        }
    }

    static let all: [Change] = [
        turn(0), turn(1),
        Change("title") {
            try ChatStore.setTitle("Another", of: $0.id, $1)
        } isKept: { _, chat, _ in
            chat["title"] == "Another" && chat["chat"]?["title"] == "Another"
        },
        Change("pin") {
            _ = try ChatStore.togglePinned($0.id, owner: $0.owner, $1)
        } isKept: { _, chat, _ in
            chat["pinned"] == true
        },
        Change("tag") {
            _ = try TagStore.add("New", toChat: $0.id, owner: $0.owner, $1)
        } isKept: { subject, chat, database in
            try chat["meta"]?["tags"]?.array?.contains("new") == true
                && TagStore.all(owner: subject.owner, database).contains { try $0.text(0) == "new" }
        },
        Change("no tag") {
            _ = try TagStore.remove("old", fromChat: $0.id, owner: $0.owner, $1)
        } isKept: { subject, chat, database in
            try chat["meta"]?["tags"]?.array?.contains("old") == false
                && !TagStore.all(owner: subject.owner, database).contains { try $0.text(0) == "old" }
        },
        Change("status") { subject, database in
            let event = MessageEvent(type: "status", data: ["description": "searching"])
            try database.transaction { try event.save(chat: subject.id, message: subject.current, database) }
        } isKept: { subject, chat, _ in
            chat["chat"]?["history"]?["messages"]?[subject.current]?["statusHistory"] == [["description": "searching"]]
        },
        Change("answer") { subject, database in
            try MessageStore.begin("answer", of: subject.id, model: "m", database)
            try MessageStore.checkpoint("answer", of: subject.id, content: "so", database)
            try MessageStore.finish("answer", of: subject.id, content: "so far", patch: ["done": true], database)
        } isKept: { _, chat, _ in
            let message = chat["chat"]?["history"]?["messages"]?["answer"]
            return message?["content"] == "so far" && message?["done"] == true
        },
        Change("share") {
            _ = try ChatStore.share($0.id, owner: $0.owner, $1)
        } isKept: { subject, chat, database in
            try chat["share_id"]?.string.map { try ChatStore.shared($0, database)?.chatID == subject.id } ?? false
        },
        Change("folder") {
            _ = try ChatStore.move($0.id, to: $0.folder, owner: $0.owner, $1)
        } isKept: { subject, chat, _ in
            chat["folder_id"] == .string(subject.folder)
        },
    ]

    /// Saves and answers meet everything; the others lock the same rows in the same way, so of these the tags will do.
    static let pairs: [(Change, Change)] = all.indices.flatMap { first in
        all.indices.dropFirst(first + 1).map { (all[first], all[$0]) }.filter { pair in
            let names = [pair.0.testDescription, pair.1.testDescription]
            return names == ["tag", "no tag"] || !Set(names).isDisjoint(with: ["turn 0", "answer"])
        }
    }
}

@Suite("Two changes of one chat, in every order", .database, .serialized)
struct ChatOrderTests {
    private func subject(_ me: TestClient) throws -> Subject {
        let folder = try me.newFolder()
        let row = try me.newChat()
        let (id, chat) = (row["id"]?.string ?? "", row["chat"] ?? .null)
        try me.ok(.post, "\(Sample.chats)/\(id)/tags", ["name": "old"])
        return Subject(
            id: id,
            owner: me.id,
            folder: folder,
            current: chat["history"]?["currentId"]?.string ?? "",
            turns: [Sample.withTurn(chat, "one"), Sample.withTurn(chat, "two")]
        )
    }

    @Test("are both kept")
    func both() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            for (first, second) in Change.pairs {
                let count = try Orders(server: server).all(of: [first.make, second.make]) {
                    try subject(me)
                } check: { subject, errors throws in
                    let names: Comment = "\(first.testDescription), \(second.testDescription)"
                    #expect(errors.allSatisfy { $0 == nil }, "\(names): \(errors)")
                    let chat = try me.chat(subject.id)
                    #expect(try first.isKept(subject, chat, database), names)
                    #expect(try second.isKept(subject, chat, database), names)
                    try me.ok(.delete, "\(Sample.chats)/\(subject.id)")
                }
                #expect(count > 1)
            }
        }
    }

    @Test("the deletion wins over every other, and leaves nothing behind")
    func deletion() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            for change in Change.all {
                try Orders(server: server).all(
                    of: [
                        change.make,
                        { subject, database throws in
                            #expect(try ChatStore.delete(subject.id, owner: subject.owner, database))
                        },
                    ]
                ) {
                    try subject(me)
                } check: { subject, errors throws in
                    #expect(errors.allSatisfy { $0 == nil }, "\(change.testDescription): \(errors)")
                    #expect(try me.call(.get, "\(Sample.chats)/\(subject.id)").status == 401)
                    let left = try database.query(
                        "select (select count(*) from chat_message) + (select count(*) from tag) + (select count(*) from shared_chat)"
                    )
                    #expect(try left[0].int(0) == 0, "\(change.testDescription)")
                }
            }
        }
    }
}
