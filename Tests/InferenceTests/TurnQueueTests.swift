import Conversations
import Core
import Postgres
import Testing

@testable import Inference

/// Which turns are taken, and when they are begun.
@Suite(.database)
struct TurnQueueTests {
    private func turn(_ id: String, _ chat: String, message: String = "m1", _ site: TasksSurroundings) -> Turn {
        let place = Turn.Place(chatID: chat, messageID: message, sessionID: "")
        return Turn(id: id, accountID: site.accountID, reply: .events(place), kind: .chat, body: ["model": "x"])
    }

    private func queue(_ turn: Turn, _ site: TasksSurroundings, limit: Int = 0) throws {
        try site.database.transaction {
            try TurnStore.admit(turn, limit: limit, site.database)
            if let place = turn.storedPlace {
                try MessageStore.begin(place.messageID, of: place.chatID, model: "x", site.database)
            }
            try TurnStore.enqueue(turn, site.database)
        }
    }

    private func claim(_ site: TasksSurroundings) throws -> [String] {
        try TurnStore.claim(limit: 10, owner: "tests", site.database).map(\.id)
    }

    @Test func `a message is written by one turn at a time`() throws {
        try TasksSurroundings.run { site in
            let chat = try site.chat(["Hi", "", "Hi", ""])
            try queue(turn("a", chat, site), site)
            #expect(throws: TurnStore.Obstacle.messageIsBusy) { try queue(turn("b", chat, site), site) }
            try queue(turn("c", chat, message: "m3", site), site)
            #expect(Set(try claim(site)) == ["a", "c"])
            #expect(throws: TurnStore.Obstacle.messageIsBusy) { try queue(turn("b", chat, site), site) }
            // Once the answer is there, the message may be continued, although its turn still makes a title.
            try MessageStore.finish("m1", of: chat, content: "Done", site.database)
            try queue(turn("b", chat, site), site)
            #expect(try claim(site) == ["b"])
        }
    }

    @Test func `what follows a stopped turn waits until that has ended, and opens the message again`() throws {
        try TasksSurroundings.run { site in
            let chat = try site.chat(["Hi", ""])
            try queue(turn("a", chat, site), site)
            #expect(try claim(site) == ["a"])
            #expect(try TurnStore.requestStop("a", account: site.accountID, site.database))
            try queue(turn("b", chat, site), site)
            #expect(try claim(site).isEmpty)
            try MessageStore.finish("m1", of: chat, content: "So far", site.database)
            try TurnStore.remove("a", owner: "tests", site.database)
            #expect(try claim(site) == ["b"])
            #expect(try MessageStore.resume("m1", of: chat, site.database) == "So far")
            let row = try site.database.query(
                "select streaming from chat_message where chat_id = \(chat) and id = 'm1'"
            )[0]
            #expect(try row.bool(0))
        }
    }

    @Test func `an account has only so many unfinished turns`() throws {
        try TasksSurroundings.run { site in
            let chat = try site.chat(["Hi", "", "Hi", ""])
            try queue(turn("a", chat, site), site, limit: 1)
            #expect(throws: TurnStore.Obstacle.tooMany) {
                try queue(turn("b", chat, message: "m3", site), site, limit: 1)
            }
            try queue(turn("b", chat, message: "m3", site), site, limit: 2)
        }
    }

    @Test func `a turn that was not begun goes back into the queue`() throws {
        try TasksSurroundings.run { site in
            let chat = try site.chat(["Hi", ""])
            try queue(turn("a", chat, site), site)
            #expect(try claim(site) == ["a"])
            #expect(try claim(site).isEmpty)
            try TurnStore.release("a", owner: "somebody else", site.database)
            #expect(try claim(site).isEmpty)
            try TurnStore.release("a", owner: "tests", site.database)
            #expect(try claim(site) == ["a"])
        }
    }
}
