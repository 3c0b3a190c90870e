import Core
import HTTP
import Postgres
import Testing

@testable import Conversations

private struct Subject: Sendable {
    let note: String
    let sockets: [NoteSocket]
}

@Suite("Two changes of one note, in every order", .database, .serialized)
struct NoteOrderTests {
    private func subject(_ site: NoteSite, _ me: TestClient) throws -> Subject {
        let form: JSONValue = ["title": "A note", "data": ["content": ["md": "", "html": "", "json": nil]]]
        let note = try me.ok(.post, "/api/v1/notes/create", form)["id"]?.string ?? ""
        let sockets = try (0..<2).map { _ in try site.socket(me) }
        for socket in sockets { try socket.join(note) }
        return Subject(note: note, sockets: sockets)
    }

    private static func write(_ number: Int) -> Orders.Action<Subject> {
        { subject, database in
            let content: JSONValue = ["md": .string("text \(number)"), "html": "", "json": nil]
            try subject.sockets[number].write(
                letter(0, client: UInt64(100 + number)),
                to: subject.note,
                content: content,
                on: database
            )
        }
    }

    private static func request(_ me: TestClient, _ method: HTTP.Method, _ action: String, _ form: JSONValue?)
        -> Orders.Action<Subject>
    {
        { subject, database in
            let answer = try me.server.call(
                method,
                "/api/v1/notes/\(subject.note)\(action)",
                body: form?.bytes ?? [],
                token: me.token,
                on: database
            )
            #expect(answer.status == 200 || answer.status == 404)
        }
    }

    @Test("two who write are both in the log, and the text is that of one of them")
    func updates() throws {
        try NoteSite.run { site in
            let me = try site.server.client(role: .admin)
            let count = try Orders(server: site.server, letsReadsPass: true).all(of: [Self.write(0), Self.write(1)]) {
                try subject(site, me)
            } check: { subject, errors throws in
                #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
                #expect(try Set(site.log(subject.note)) == [letter(0, client: 100), letter(0, client: 101)])
                let text = try me.ok(.get, "/api/v1/notes/\(subject.note)")["data"]?["content"]?["md"]
                #expect(text == "text 0" || text == "text 1")
            }
            #expect(count > 1)
        }
    }

    @Test("a new title and what is written are both kept")
    func title() throws {
        try NoteSite.run { site in
            let me = try site.server.client(role: .admin)
            let rename = Self.request(me, .post, "/update", ["title": "Another", "data": ["pinned": true]])
            try Orders(server: site.server, letsReadsPass: true).all(of: [Self.write(0), rename]) {
                try subject(site, me)
            } check: { subject, errors throws in
                #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
                let note = try me.ok(.get, "/api/v1/notes/\(subject.note)")
                #expect(note["title"] == "Another" && note["data"]?["pinned"] == true)
                #expect(note["data"]?["content"]?["md"] == "text 0")
                #expect(try site.log(subject.note) == [letter(0, client: 100)])
            }
        }
    }

    @Test("a deletion takes what is being written along")
    func deletion() throws {
        try NoteSite.run { site in
            let me = try site.server.client(role: .admin)
            let database = site.server.connect()
            let delete = Self.request(me, .delete, "/delete", nil)
            try Orders(server: site.server, letsReadsPass: true).all(of: [Self.write(0), delete]) {
                try subject(site, me)
            } check: { subject, errors throws in
                #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
                #expect(try me.call(.get, "/api/v1/notes/\(subject.note)").status == 404)
                let left = try database.query(
                    "select (select count(*) from note_update) + (select count(*) from note_member)"
                )
                #expect(try left[0].int(0) == 0)
            }
        }
    }
}
