import Core
import Testing

@testable import Wire

@Suite struct ReplyTextTests {
    @Test(arguments: [
        ("a<details type=\"x\">\nb\n</details>\nc", "a\nc"), ("<DETAILS>x</Details> a", "a"),
        ("a <detailsx>b</details>", "a <detailsx>b</details>"),
        ("a <details b", "a <details b"), ("a <details>b", "a <details>b"), ("x ![alt](http://a/b.png) y", "x  y"),
        ("![a\nb](c\nd)e", "e"), ("![a] (b)", "![a] (b)"), ("![a](b", "![a](b"), ("! [a](b)", "! [a](b)"),
        ("<details><details>a</details>b</details>", "b</details>"), ("![x](a)![y](b)", ""),
        ("日本 <details>🎉</details>é", "日本 é"), ("", ""),
    ])
    func `details and images are left out`(text: String, rest: String) {
        #expect(DetailsStripper.strip(text) == rest)
    }

    @Test(arguments: ["<details", "<details>", "![", "![](", "<details>![", "]("])
    func `texts made to be slow are not`(part: String) {
        let text = String(repeating: part, count: 50_000)
        #expect(DetailsStripper.strip(text) == text)
    }

    @Test(
        arguments: [
            ("{\"title\": \"Rain\"}", ["title": "Rain"]),
            ("Sure!\n```json\n{\"title\": \"🌧 Rain\"}\n```", ["title": "🌧 Rain"]),
            ("{\"a\": {\"b\": 1}} bye", ["a": ["b": 1]]),
        ] as [(String, JSONValue)]
    )
    func `the object in a reply is found`(reply: String, object: JSONValue) {
        #expect(EmbeddedJSON.object(in: reply) == object)
    }

    @Test(arguments: ["", "I'd rather not.", "{", "} {", "{a}", "{\"a\":1} {\"b\":2}", "[1]"])
    func `where there is none, none is found`(reply: String) {
        #expect(EmbeddedJSON.object(in: reply) == nil)
    }

    @Test func `spaced JSON`() {
        let value: JSONValue = ["a": [1, 2.5, nil, true], "é": "🎉\"\\\n\r\t\u{8}\u{C}\u{1}\u{7F}", "e": [:], "l": []]
        #expect(
            value.spacedText()
                == "{\"a\": [1, 2.5, null, true], \"\\u00e9\": \"\\ud83c\\udf89\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u007f\", \"e\": {}, \"l\": []}"
        )
        #expect(
            value.spacedText(asciiOnly: false)
                == "{\"a\": [1, 2.5, null, true], \"é\": \"🎉\\\"\\\\\\n\\r\\t\\b\\f\\u0001\u{7F}\", \"e\": {}, \"l\": []}"
        )
    }
}
