import Core
import Testing

@testable import Inference

/// Templates of tasks and what is filled in.
struct TasksPromptTests {
    static let talk = [
        TaskPrompt.Message(role: "user", text: "Tell me about Mars"),
        TaskPrompt.Message(role: "assistant", text: "It is red"),
        TaskPrompt.Message(role: "user", text: "And Venus?"),
        TaskPrompt.Message(role: "assistant", text: "It is hot"),
    ]
    static let system = SystemPrompt(
        variables: [:],
        person: SystemPrompt.Person(name: "Ada"),
        now: LocalTime(date: "2030-01-02", time: "03:04:05 PM", weekday: "Wednesday")
    )

    private func fill(_ template: String) -> String {
        TaskPrompt(Self.talk, Self.system).fill(template)
    }

    @Test(arguments: [
        ("{{prompt}}", "And Venus?"),
        ("{{Prompt}} {{PROMPT:START:3}}", "And Venus? And"),
        ("{{prompt:start:0}}|{{prompt:start:99}}", "|And Venus?"),
        ("{{prompt:end:6}}|{{prompt:end:0}}", "Venus?|"),
        ("{{prompt:middletruncate:4}}", "An...s?"),
        ("{{prompt:middletruncate:3}}", "An...?"),
        ("{{prompt:middletruncate:0}}", "..."),
        ("{{prompt:middletruncate:10}}", "And Venus?"),
        ("{{MESSAGES:START:1}}", "USER: Tell me about Mars"),
        ("{{MESSAGES:END:1}}", "ASSISTANT: It is hot"),
        ("{{MESSAGES:END:0}}", ""),
        ("{{MESSAGES:MIDDLETRUNCATE:2}}", "USER: Tell me about Mars\nASSISTANT: It is hot"),
        ("{{MESSAGES:MIDDLETRUNCATE:3}}", "USER: Tell me about Mars\nUSER: And Venus?\nASSISTANT: It is hot"),
        ("{{MESSAGES}}", "USER: Tell me about Mars\nASSISTANT: It is red\nUSER: And Venus?\nASSISTANT: It is hot"),
        (
            "{{MESSAGES:END:99999999999999999999999999}}",
            "USER: Tell me about Mars\nASSISTANT: It is red\nUSER: And Venus?\nASSISTANT: It is hot"
        ),
        ("{{USER_NAME}} on {{CURRENT_WEEKDAY}}, {{CURRENT_DATE}}", "Ada on Wednesday, 2030-01-02"),
    ])
    func `placeholders stand for parts of the conversation`(template: String, expected: String) {
        #expect(fill(template) == expected)
    }

    @Test(arguments: [
        "{{messages}}", "{{Messages:END:1}}", "{{prompt:end}}", "{{prompt:end:}}", "{{prompt:end:-1}}",
        "{{prompt:end:x}}", "{{prompt:middle:2}}",
        "{{prompt:end:1:2}}", "{{ prompt }}", "{{prompt}", "{{prompt", "{prompt}", "{{}}", "{{", "}}", "{{TYPE}}",
        "{{responses}}", "{{TOOLS}}",
        "{{SOMETHING}}", "{{prompt:end:\(String(repeating: "0", count: 60))1}}", "{{é}}", "",
    ])
    func `what is no placeholder stays`(template: String) {
        #expect(fill(template) == template)
    }

    @Test func `placeholders are found among braces`() {
        #expect(fill("{{{prompt}}}") == "{And Venus?}")
        #expect(fill("{{x {{prompt}} }}") == "{{x And Venus? }}")
        #expect(fill("{\"a\": {{{{prompt}}}}") == "{\"a\": {{And Venus?}}")
    }

    @Test func `what was said is never filled in`() {
        let hostile = "{{MESSAGES}} {{USER_NAME}} {{prompt}} {{"
        let prompt = TaskPrompt([TaskPrompt.Message(role: "user", text: hostile)], Self.system)
        #expect(prompt.fill("{{prompt}}USER_NAME}}") == hostile + "USER_NAME}}")
        #expect(prompt.fill("{{MESSAGES}}") == "USER: " + hostile)
    }

    @Test func `a prompt is cut between characters`() {
        let prompt = TaskPrompt([TaskPrompt.Message(role: "user", text: "👩‍🚀👨‍👩‍👧é")], Self.system)
        #expect(prompt.fill("{{prompt:start:1}}{{prompt:end:1}}") == "👩‍🚀é")
    }

    @Test func `a conversation without a question has an empty prompt`() {
        let prompt = TaskPrompt([TaskPrompt.Message(role: "assistant", text: "Hello")], Self.system)
        #expect(prompt.fill("<{{prompt}}> {{MESSAGES}}") == "<> ASSISTANT: Hello")
    }

    @Test func `a task's own placeholders`() {
        var prompt = TaskPrompt(Self.system)
        prompt.type = "search query"
        prompt.responses = ["Rayleigh", "{{TYPE}}"]
        prompt.tools = "[]"
        #expect(
            prompt.fill("{{TYPE}} {{TOOLS}}\n{{responses}}")
                == "search query []\n\"\"\"Rayleigh\"\"\"\n\n\"\"\"{{TYPE}}\"\"\""
        )
        #expect(prompt.fill("{{prompt}}{{MESSAGES}}") == "{{prompt}}{{MESSAGES}}", "emojis have no conversation")
    }

    @Test func `many braces cost no more than their number`() {
        let braces = String(repeating: "{{", count: 500_000) + "}}"
        #expect(fill(braces) == braces)
    }

    /// Providers and the demonstration tell tasks apart by the key they ask for.
    @Test(arguments: [
        (TaskKind.title, "\"title\""), (.tags, "\"tags\""), (.followUps, "\"follow_ups\""),
        (.imagePrompt, "\"prompt\""), (.queries, "\"queries\""),
        (.autocompletion, "\"text\""),
    ])
    func `the built-in templates ask for JSON about the conversation`(kind: TaskKind, key: String) throws {
        let keys = ["\"title\"", "\"tags\"", "\"follow_ups\"", "\"prompt\"", "\"queries\"", "\"text\""]
        let template = kind.template(Settings())
        #expect(keys.filter(template.contains) == [key])
        let filled = fill(template)
        #expect(filled.contains("USER: And Venus?\nASSISTANT: It is hot"))
        if kind != .autocompletion { #expect(!filled.contains("{{")) }
    }

    @Test func `an administrator's template goes before the built-in one unless it is blank`() {
        let settings = Settings().merging(database: [
            "TITLE_GENERATION_PROMPT_TEMPLATE": "Title!", "TAGS_GENERATION_PROMPT_TEMPLATE": " \n",
        ])
        #expect(TaskKind.title.template(settings) == "Title!")
        #expect(TaskKind.tags.template(settings) == TaskKind.tags.template(Settings()))
    }
}
