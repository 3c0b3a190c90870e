import Core
import Crypto
import Testing

@testable import Conversations

@Suite("Notes written together", .database)
struct NoteCollaborationTests {
    private let text = YjsSample.paragraph + YjsSample.hello

    @Test("the first gets the empty state, the second what was written, all in one")
    func joining() throws {
        try NoteSite.run { site in
            let (me, other) = (try site.server.client("Ada"), try site.server.client("Bob"))
            let note = try me.newNote(["access_control": shared(read: [other], write: [other])])
            let (a, b) = (try site.socket(me), try site.socket(other))
            #expect(try a.send("ydoc:document:join", ["document_id": .string("note:\(note)")]) == ["ack": []])
            for update in text { try a.write(update, to: note) }
            try b.join(note)
            #expect(try site.states(of: a) == [[0, 0]])
            #expect(try site.states(of: b) == [YjsUpdate.merging(text.map(YjsSample.bytes)) ?? []])
            let sessions = try site.emissions("ydoc:document:state").map { $0.payload["sessions"] }
            #expect(sessions == [.array([.string(a.sid)]), .array([.string(a.sid), .string(b.sid)])])
            let joined = try site.emissions("ydoc:user:joined").last
            #expect(joined?.rooms == ["doc_note:\(note)"])
            #expect(
                joined?.payload == [
                    "document_id": .string("note:\(note)"), "user_id": .string(other.id), "user_name": "Bob",
                    "user_color": "#123456",
                ]
            )
            try b.send("ydoc:document:state", ["document_id": .string("note:\(note)")])
            #expect(try site.states(of: b).count == 2)
        }
    }

    @Test("an update is kept and told as it came; one that comes back is dropped")
    func updates() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let (a, b) = (try site.socket(me), try site.socket(me))
            try a.join(note)
            try b.join(note)
            for update in text {
                try a.write(update, to: note)
                try b.write(update, to: note)
            }
            #expect(try site.log(note) == text.map(YjsSample.bytes))
            let told = try site.emissions("ydoc:document:update")
            #expect(told.count == text.count && told.allSatisfy { $0.rooms == ["doc_note:\(note)"] })
            #expect(
                told.first?.payload == [
                    "document_id": .string("note:\(note)"), "user_id": .string(me.id),
                    "update": .array(YjsSample.bytes(text[0]).map { JSONValue(Int($0)) }), "socket_id": .string(a.sid),
                ]
            )
        }
    }

    @Test("an update may be an attachment")
    func attachment() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let a = try site.socket(me)
            try a.join(note)
            let update = YjsSample.bytes(text[0])
            try a.send(
                "ydoc:document:update",
                [
                    "document_id": .string("note:\(note)"),
                    "update": ["_placeholder": true, "base64": .string(Base64.encode(update))],
                ]
            )
            #expect(try site.log(note) == [update])
            #expect(
                try site.emissions("ydoc:document:update").first?.payload["update"] == ["_placeholder": true, "num": 0]
            )
        }
    }

    @Test("readers, strangers and those who did not join neither write nor point")
    func refused() throws {
        try NoteSite.run { site in
            let (me, reader, stranger) = (try site.server.client(), try site.server.client(), try site.server.client())
            let note = try me.newNote([
                "access_control": shared(read: [reader]), "data": ["content": ["md": "Original"]],
            ])
            let (a, b, c, d) = (
                try site.socket(me), try site.socket(reader), try site.socket(stranger), try site.socket(me)
            )
            for socket in [a, b, c] { try socket.join(note) }
            for socket in [b, c, d] { try socket.write(text[0], to: note, content: ["md": "Vandalism"]) }
            for socket in [c, d] {
                try socket.send("ydoc:awareness:update", ["document_id": .string("note:\(note)"), "update": [1]])
            }
            try a.send("ydoc:document:update", ["document_id": .string("note:\(note)"), "update": [1]], as: .some(nil))
            #expect(try site.log(note).isEmpty && site.emissions("ydoc:document:update").isEmpty)
            #expect(try site.emissions("ydoc:awareness:update").isEmpty && site.states(of: c).isEmpty)
            #expect(try me.note(note)["data"]?["content"] == ["md": "Original"])
            try b.send(
                "ydoc:awareness:update",
                ["document_id": .string("note:\(note)"), "user_id": "x", "update": [1]]
            )
            #expect(
                try site.emissions("ydoc:awareness:update").map(\.payload) == [
                    ["document_id": .string("note:\(note)"), "user_id": .string(b.sid), "update": [1]]
                ]
            )
            try stranger.server.connect().execute("update account set role = 'admin' where id = \(stranger.id)")
            try c.join(note)
            try c.write(text[0], to: note)
            #expect(try site.log(note).count == 1)
            try stranger.server.connect().execute("update account set role = 'user' where id = \(stranger.id)")
            try c.write(text[1], to: note)
            #expect(try site.log(note).count == 1)
        }
    }

    @Test("whoever loses the right to read hears no more")
    func putOut() throws {
        try NoteSite.run { site in
            let (me, other) = (try site.server.client(), try site.server.client())
            let note = try me.newNote(["access_control": shared(read: [other], write: [other])])
            let (a, b) = (try site.socket(me), try site.socket(other))
            for socket in [a, b] {
                try socket.join(note)
                #expect(
                    try socket.send("join-note", ["note_id": .string(note)]) == [
                        "ack": [], "join": [.string("note:\(note)")],
                    ]
                )
            }
            try me.ok(.post, "/api/v1/notes/\(note)/update", ["title": "x", "access_control": [:]])
            let left = try site.server.connect().query("select distinct sid from note_member where note_id = \(note)")
            #expect(try left.map { try $0.text(0) } == [a.sid])
            #expect(try b.send("join-note", ["note_id": .string(note)]) == ["ack": []])
            try b.write(text[0], to: note)
            #expect(try site.log(note).isEmpty)
        }
    }

    @Test("an empty document is filled by the first who may write")
    func filling() throws {
        try NoteSite.run { site in
            let (me, reader) = (try site.server.client(), try site.server.client())
            let note = try me.newNote(["access_control": shared(read: [reader])])
            let (a, b, c) = (try site.socket(reader), try site.socket(me), try site.socket(me))
            for socket in [a, b, c] { try socket.join(note) }
            let sessions = try site.emissions("ydoc:document:state").map { $0.payload["sessions"] }
            #expect(
                sessions == [
                    .array([.string(a.sid)]), .array([.string(b.sid)]), .array([.string(b.sid), .string(c.sid)]),
                ]
            )
            // A page that can not fill it would ask again and again.
            try c.send("ydoc:document:state", ["document_id": .string("note:\(note)")])
            #expect(try site.states(of: c).count == 1)
        }
    }

    @Test("for a reader an empty document is filled from the note, once")
    func fillingForReaders() throws {
        try NoteSite.run { site in
            let (me, reader) = (try site.server.client(), try site.server.client())
            let text: JSONValue = [
                "type": "doc", "content": [["type": "paragraph", "content": [["type": "text", "text": "Stored"]]]],
            ]
            let note = try me.newNote([
                "access_control": shared(read: [reader]), "data": ["content": ["md": "Stored", "json": text]],
            ])
            let (a, b, c) = (try site.socket(reader), try site.socket(reader), try site.socket(me))
            for socket in [a, b, c] { try socket.join(note) }
            let log = try site.log(note)
            #expect(log.count == 1 && String(decoding: log[0], as: UTF8.self).contains("Stored"))
            for socket in [a, b, c] { #expect(try site.states(of: socket) == log) }
            #expect(try me.note(note)["data"]?["content"]?["json"]?.sorted == text.sorted)
        }
    }

    @Test("two who write at the same moment lose nothing")
    func concurrency() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let sockets = try (0..<2).map { _ in try site.socket(me) }
            for socket in sockets { try socket.join(note) }
            _ = try together(3) { number in
                if number == 2 {
                    for title in 0..<20 {
                        try me.ok(
                            .post,
                            "/api/v1/notes/\(note)/update",
                            ["title": .string("\(title)"), "data": ["files": []]]
                        )
                    }
                    return
                }
                for index in 0..<60 {
                    try sockets[number].write(
                        letter(index, client: UInt64(number + 1)),
                        to: note,
                        content: ["md": .string("\(number)-\(index)")]
                    )
                }
            }
            let log = try site.log(note)
            for client in [1, 2] as [UInt64] {
                let own = try log.filter { try YjsUpdate($0).structs.first?.client == client }
                #expect(own == (0..<60).map { letter($0, client: client) })
            }
            let row = try me.note(note)
            #expect(row["title"] == "19" && row["data"]?["files"] == [])
            #expect(["0-59", "1-59"].contains(row["data"]?["content"]?["md"]?.string ?? ""))
        }
    }

    @Test("a long log is merged, and says the same")
    func merging() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let a = try site.socket(me)
            try a.join(note)
            let letters = (0..<500).map { letter($0) }
            for update in letters { try a.write(update, to: note) }
            #expect(try site.log(note).count < UpdateLog.mergeThreshold)
            let b = try site.socket(me)
            try b.join(note)
            #expect(try site.states(of: b) == [YjsUpdate.merging(letters) ?? []])
            let row = try site.server.connect().query(
                """
                select d.entries = count(u), d.bytes = sum(octet_length(u.update)), d.position = max(u.position)
                from note_document d join note_update u on u.note_id = d.note_id where d.note_id = \(note) group by d.note_id
                """
            )[0]
            #expect(try row.bool(0) && row.bool(1) && row.bool(2))
        }
    }

    @Test("what was written outlives those who wrote it, and goes with the note")
    func durable() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let a = try site.socket(me)
            try a.join(note)
            try a.write(text[0], to: note, content: ["md": "Last words"])
            #expect(
                try a.send("ydoc:document:leave", ["document_id": .string("note:\(note)")]) == [
                    "ack": [], "leave": [.string("doc_note:\(note)")],
                ]
            )
            #expect(try me.note(note)["data"]?["content"] == ["md": "Last words"])
            #expect(try site.emissions("ydoc:user:left").map { $0.payload["user_id"] } == [.string(me.id)])
            try a.close()
            let b = try site.socket(me)
            try b.join(note)
            #expect(try site.states(of: b) == [YjsSample.bytes(text[0])])
            #expect(try site.emissions("ydoc:document:state").last?.payload["sessions"] == [.string(b.sid)])
            try me.ok(.delete, "/api/v1/notes/\(note)/delete")
            try b.write(text[1], to: note)
            #expect(try site.log(note).isEmpty)
        }
    }

    @Test("a text that comes by the API replaces the document when nobody is at it")
    func replaced() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let a = try site.socket(me)
            try a.join(note)
            try a.write(text[0], to: note, content: ["md": "Live"])
            let form: JSONValue = ["title": "x", "data": ["content": ["md": "By the API"]]]
            #expect(try me.update(note, form).status == 200)
            #expect(try site.log(note).count == 1)
            try a.close()
            #expect(try me.update(note, form).status == 200 && site.log(note).count == 1)
            #expect(try me.update(note, ["title": "x", "data": ["content": ["md": "Other"]]]).status == 200)
            let b = try site.socket(me)
            try b.join(note)
            #expect(try site.log(note).isEmpty && site.states(of: b) == [[0, 0]])
        }
    }

    @Test("a page's text counts when it has seen all that others wrote")
    func content() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let (a, b) = (try site.socket(me), try site.socket(me))
            try a.join(note)
            try b.join(note)
            let (one, two, three) = (letter(0, client: 1), letter(0, client: 2), letter(1, client: 1))
            let md = { try me.note(note)["data"]?["content"]?["md"] }
            try a.write(one, to: note, content: ["md": "1"])
            try b.write(two, to: note, content: ["md": "2"])
            #expect(try md() == "2")
            try a.write(two, to: note, content: ["md": "12"])
            #expect(try md() == "12")
            try a.write(three, to: note, content: ["md": "132"])
            try b.write(one, to: note, content: ["md": "12 late"])
            #expect(try md() == "132")
            try b.write(three, to: note, content: ["md": "132 whole"])
            #expect(try md() == "132 whole")
        }
    }

    @Test("a page that wrote while it was cut off is asked for the whole")
    func gap() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let a = try site.socket(me)
            try a.join(note)
            for index in [0, 1] { try a.write(letter(index), to: note) }
            try a.close()
            let back = try site.socket(me)
            try back.join(note)
            for index in [4, 5] { try back.write(letter(index), to: note) }
            #expect(try site.states(of: back) == [YjsUpdate.merging([letter(0), letter(1)]) ?? [], [0, 0]])
            #expect(try site.emissions("ydoc:document:state").last?.payload["sessions"] == [])
            try back.write(try YjsUpdate.merging((0..<6).map { letter($0) }) ?? [], to: note)
            let b = try site.socket(me)
            try b.join(note)
            #expect(try site.states(of: b) == [YjsUpdate.merging((0..<6).map { letter($0) }) ?? []])
        }
    }

    @Test("what is malformed, too large or of no note is refused and told")
    func bounds() throws {
        try NoteSite.run { site in
            let me = try site.server.client()
            let note = try me.newNote()
            let a = try site.socket(me)
            try a.join(note)
            try a.write([1, 2, 3], to: note)
            try a.write([UInt8](repeating: 0, count: UpdateLog.maximumUpdate + 1), to: note)
            try a.client.server.connect().execute(
                "update note_document set bytes = \(UpdateLog.maximumDocument) where note_id = \(note)"
            )
            try a.write(text[0], to: note)
            #expect(
                try site.emissions("error").map { $0.payload["message"]?.string } == [
                    NoteCollaboration.Refusal.malformed.message, NoteCollaboration.Refusal.updateTooLarge.message,
                    NoteCollaboration.Refusal.documentFull.message,
                ]
            )
            #expect(try site.log(note).isEmpty)
            let count = try site.emissions("ydoc:document:state").count
            for form in [
                [:], nil, 5, [], ["document_id": 5], ["document_id": .string("note_\(note)")],
                ["document_id": "note:x"],
            ] as [JSONValue] {
                for event in [
                    "join-note", "ydoc:document:join", "ydoc:document:state", "ydoc:document:update",
                    "ydoc:document:leave", "ydoc:awareness:update",
                ] {
                    #expect(try a.send(event, form)?["ack"] == [])
                }
            }
            for update in [
                nil, "x", [256], [-1], [1.5], ["x"], ["_placeholder": true], ["_placeholder": true, "base64": "*"],
            ] as [JSONValue] {
                try a.send("ydoc:document:update", ["document_id": .string("note:\(note)"), "update": update])
            }
            #expect(try site.log(note).isEmpty && site.emissions("ydoc:document:state").count == count)
            #expect(try a.send("usage", [:]) == nil)
        }
    }
}
