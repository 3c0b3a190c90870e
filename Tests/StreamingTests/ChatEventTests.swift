import Core
import Events
import Testing

@Suite struct ChatEventTests {
    private func data(_ event: ChatEvent) throws -> JSONValue {
        try JSONValue(parsing: event.payload(chatID: "c", messageID: "m"))["data"] ?? .null
    }

    @Test func theEnvelopeNamesChatAndMessage() throws {
        let payload = try JSONValue(parsing: ChatEvent.title("é\"").payload(chatID: "c", messageID: nil))
        #expect(payload == ["chat_id": "c", "message_id": nil, "data": ["type": "chat:title", "data": "é\""]])
    }

    @Test func theEndOfATurnHasNoData() throws {
        #expect(try data(.cancelled) == ["type": "chat:tasks:cancel"])
    }

    @Test func eachEventHasTheShapeThatTheClientReads() throws {
        let completion = { (data: JSONValue) -> JSONValue in ["type": "chat:completion", "data": data] }
        #expect(try data(.delta("a\n")) == completion(["choices": [["index": 0, "delta": ["content": "a\n"]]]]))
        #expect(try data(.content("x")) == completion(["content": "x"]))
        #expect(try data(.done(content: "x", title: nil)) == completion(["done": true, "content": "x", "title": nil]))
        #expect(try data(.chunk(Array(#"{"id":1}"#.utf8))) == completion(["id": 1]))
        #expect(try data(.usage(["n": 1])) == completion(["usage": ["n": 1]]))
        #expect(try data(.sources([])) == completion(["sources": []]))
        #expect(try data(.selectedModel("m")) == completion(["selected_model_id": "m"]))
        #expect(try data(.completionError("e")) == completion(["error": "e"]))
        #expect(try data(.error("no")) == ["type": "chat:message:error", "data": ["error": ["content": "no"]]])
        #expect(try data(.followUps(["a"])) == ["type": "chat:message:follow_ups", "data": ["follow_ups": ["a"]]])
        #expect(try data(.tags(["t"])) == ["type": "chat:tags", "data": ["t"]])
        #expect(try data(.files([["type": "image"]])) == ["type": "files", "data": ["files": [["type": "image"]]]])
        #expect(try data(.embeds(["<p>"])) == ["type": "embeds", "data": ["embeds": ["<p>"]]])
        #expect(try data(.status(["done": true])) == ["type": "status", "data": ["done": true]])
        let message: JSONValue = ["chat_id": "c", "message_id": "m", "content": "t"]
        #expect(
            try data(.message(chatID: "c", messageID: "m", content: "t")) == ["type": "chat:message", "data": message]
        )
        #expect(
            try data(ChatEvent(type: "notification", data: ["a": 1])) == ["type": "notification", "data": ["a": 1]]
        )
    }

    @Test func keysOfStreamsCanNotBeGuessedAndTheirAddressTellsNothing() {
        let (first, second) = (StreamKey(name: "turn-1/../x y"), StreamKey(name: "turn-1/../x y"))
        #expect(first.secret.count == 64)
        #expect(first.secret != second.secret)
        #expect(first.location == "/_stream/turn-1xy")
        #expect(!first.location.contains(first.secret))
    }
}
