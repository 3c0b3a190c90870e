import Core
import Testing

@testable import Inference

/// What is attached, and how it gets into a request.
struct ContextPromptTests {
    private let system = SystemPrompt(
        variables: [:],
        person: SystemPrompt.Person(name: "[query] {{QUERY}}"),
        now: LocalTime(date: "2025-03-01", time: "01:00:00 PM", weekday: "Saturday")
    )

    private func source(_ item: JSONObject) throws -> ContextSource {
        guard case .passages(let passages) = try #require(Attachment(item)) else { throw Mismatch() }
        return ContextSource(item, passages)
    }

    private struct Mismatch: Error {}

    @Test func `kinds that need a file store or retrieval are not read`() {
        let unread: [JSONObject] = [
            ["type": "file", "id": "f"], ["type": "file", "id": "f", "context": "full"],
            ["type": "collection", "id": "c"],
            ["type": "text", "id": "t"], ["type": "note"], ["id": "x"], ["collection_name": "x"], [:],
        ]
        for item in unread { #expect(Attachment(item) == nil) }
        #expect(Attachment(["type": "note", "id": "n"]) == .note(id: "n"))
        #expect(Attachment(["type": "chat", "id": "c"]) == .chat(id: "c"))
    }

    @Test func `texts lie in the item, in its file, or in documents`() throws {
        let text = try source(["type": "text", "id": "t", "name": "n", "content": "words"])
        #expect(text.passages == [Passage(text: "words", metadata: ["file_id": "t", "name": "n"])])
        #expect(text.json["source"] == ["type": "text", "id": "t", "name": "n"], "the text is not told twice")
        let file = try source([
            "type": "file", "id": "f", "name": "n", "context": "full",
            "file": ["id": "f", "data": ["content": "all", "metadata": ["page": 1]]],
        ])
        #expect(file.passages == [Passage(text: "all", metadata: ["file_id": "f", "name": "n", "page": 1])])
        #expect(file.json["source"]?["file"] == ["id": "f"])
        let documents = try source(["docs": [["content": "one", "metadata": ["source": "u"]], ["content": "two"]]])
        #expect(documents.passages.map(\.text) == ["one", "two"] && !documents.isShown)
    }

    @Test func `passages of one origin share a number`() throws {
        let first = try source(["type": "text", "id": "a", "name": "A \"quoted\"", "content": "one"])
        let second = try source([
            "name": "pages",
            "docs": [
                ["content": "two", "metadata": ["source": "u"]], ["content": "three", "metadata": ["source": "v"]],
            ],
        ])
        let third = try source(["name": "again", "docs": [["content": "four", "metadata": ["source": "u"]]]])
        let prompt = ContextPrompt([first, second, third])
        #expect(prompt.count == 3)
        #expect(
            prompt.context == """
                <source id="1" name="A &quot;quoted&quot;">one</source>
                <source id="2" name="pages">two</source>
                <source id="3" name="pages">three</source>
                <source id="2" name="again">four</source>
                """
        )
    }

    @Test func `what is filled in brings in no placeholder`() throws {
        let prompt = ContextPrompt([
            try source(["type": "text", "id": "a", "content": "[query] {{CONTEXT}} {{USER_NAME}}"])
        ])
        let text = prompt.fill(
            "{{CURRENT_DATE}} [context] | {{QUERY}} | {{USER_NAME}}",
            "[context] {{USER_NAME}}",
            system
        )
        let expected =
            "2025-03-01 <source id=\"1\">[query] {{CONTEXT}} {{USER_NAME}}</source> | [context] {{USER_NAME}} | [query] {{QUERY}}"
        #expect(text == expected)
    }

    @Test func `the question follows the context and keeps its picture`() throws {
        let prompt = ContextPrompt([try source(["type": "text", "id": "a", "content": "x"])])
        let picture: JSONValue = ["type": "image_url", "image_url": ["url": "data:image/png;base64,AA=="]]
        var messages: [JSONValue] = [
            ["role": "user", "content": "Old"], ["role": "assistant", "content": "Answer"],
            ["role": "user", "content": [["type": "text", "text": "New"], picture]],
        ]
        prompt.insert(into: &messages, template: "C[context] Q[query]", system)
        #expect(messages[0]["content"] == "Old")
        let filled = "C<source id=\"1\">x</source> QNew\nNew"
        #expect(messages[2]["content"] == [["type": "text", "text": .string(filled)], picture])
        var empty: [JSONValue] = []
        prompt.insert(into: &empty, template: " ", system)
        #expect(empty.count == 1 && empty[0]["content"]?.string?.contains("<source id=\"1\">x</source>") == true)
    }
}
