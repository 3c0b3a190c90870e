import Core
import Testing

@testable import Inference

/// What is made of a model's answer to a task.
struct TasksReplyTests {
    @Test(arguments: [
        (#"{"title": "A short title"}"#, "A short title"),
        ("Sure!\n```json\n{\"title\": \"🌧 Rain\"}\n```", "🌧 Rain"),
        (#"{"title": "  Spaced \n"}"#, "Spaced"),
    ])
    func `titles`(text: String, expected: String) {
        #expect(TaskReply(text: text).title == expected)
    }

    @Test(arguments: [
        "I'd rather not.", "", "{}", "{", "}{", #"{"title": ""}"#, #"{"title": " "}"#, #"{"title": 7}"#,
        #"{"title": null}"#, #"["title"]"#,
    ])
    func `what is no title`(text: String) {
        #expect(TaskReply(text: text).title == nil)
    }

    @Test func `a title is no novel`() {
        #expect(TaskReply.title(String(repeating: "é", count: 5000))?.count == TaskReply.longestTitle)
    }

    @Test(arguments: [
        (#"{"tags": ["Science", "Deep Space"]}"#, ["Science", "Deep Space"]),
        (
            #"{"tags": [" Science ", "science", "deep space", "Deep_Space", "NONE", "", " ", 3, null, "General"]}"#,
            ["Science", "deep space", "General"]
        ),
        (#"{"tags": []}"#, []),
    ])
    func `tags are names, each once`(text: String, expected: [String]) {
        #expect(TaskReply(text: text).tags == expected)
    }

    @Test(arguments: ["none", #"{"tags": "Science"}"#, #"{"title": "x"}"#])
    func `without a list there are no tags to set`(text: String) {
        #expect(TaskReply(text: text).tags == nil)
    }

    @Test func `endless lists and names are cut`() {
        let list = JSONValue((0..<1000).map { "tag \($0)" })
        #expect(TaskReply(text: JSONValue.object(["tags": list, "follow_ups": list]).text).tags?.count == 20)
        #expect(TaskReply(text: JSONValue.object(["follow_ups": list]).text).followUps?.count == 20)
        let long = JSONValue([String(repeating: "é", count: 200), "short"])
        #expect(TaskReply(text: JSONValue.object(["tags": long]).text).tags == ["short"])
    }

    @Test func `follow-ups are texts`() {
        #expect(
            TaskReply(text: #"{"follow_ups": ["Why?", {"question": "How?"}, " And then? "]}"#).followUps == [
                "Why?", "And then?",
            ]
        )
    }

    @Test func `a reply is read from a completion`() {
        let completion: JSONValue = [
            "choices": [["index": 0, "message": ["role": "assistant", "content": "{\"title\": \"Mars\"}"]]]
        ]
        #expect(TaskReply(completion: completion.bytes).title == "Mars")
        for body in [
            #"{"error": {"message": "slow down"}}"#, "<html>", "", #"{"choices": []}"#,
            #"{"choices": [{"message": {"content": null}}]}"#,
        ] {
            #expect(TaskReply(completion: Array(body.utf8)).title == nil)
        }
    }
}
