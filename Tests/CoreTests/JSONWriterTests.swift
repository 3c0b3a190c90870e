import Core
import Testing

@Suite struct JSONWriterTests {
    @Test func structure() {
        var json = JSONWriter()
        json.object {
            $0.field("s", "x")
            $0.field("none", nil as String?)
            $0.field("i", -7)
            $0.field("b", false)
            $0.field("raw", raw: #"{"as": "it is"}"#)
            $0.field("rawNone", raw: nil)
            $0.field("value", [1, "2", nil])
            $0.key("list")
            $0.array(of: [1, 2, 3]) { $0.int($1) }
            $0.key("empty")
            $0.object { _ in }
            $0.key("nested")
            $0.array { list in
                list.array { _ in }
                list.object { $0.field("k", 0) }
                list.null()
            }
        }
        #expect(
            json.text
                == #"{"s":"x","none":null,"i":-7,"b":false,"raw":{"as": "it is"},"rawNone":null,"value":[1,"2",null],"#
                + #""list":[1,2,3],"empty":{},"nested":[[],{"k":0},null]}"#
        )
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 1_234_567_890, Int.max, Int.min])
    func integers(value: Int) {
        var json = JSONWriter()
        json.int(value)
        #expect(json.text == String(value))
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
        ("\n\r\t", #""\n\r\t""#),
        ("\u{0}", #""\u0000""#), ("\u{8}\u{C}\u{1F}", #""\u0008\u000c\u001f""#), ("\u{7F}", "\"\u{7F}\""),
        ("üß€😀", #""üß€😀""#),
        ("a\"b\"c", #""a\"b\"c""#), ("\u{2028}", "\"\u{2028}\""),
    ])
    func escapes(text: String, expected: String) {
        var json = JSONWriter()
        json.string(text)
        #expect(json.text == expected)
        var bytes = JSONWriter()
        Array(text.utf8).withUnsafeBytes { bytes.string(utf8: $0) }
        #expect(bytes.text == expected)
        #expect(JSONValue.object([text: 1]).text == "{\(expected):1}")
    }

    @Test func everyCharacterComesBack() throws {
        let scalars =
            (1..<0x3000).compactMap(Unicode.Scalar.init) + ["\u{FFFD}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"]
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        let back = try JSONValue(parsing: JSONValue.string(text).bytes)
        #expect(back.string.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(arguments: [
        #"{"a":[1,2.50,{"b":null}],"c":"x\ny","d":true,"":{}}"#, "[]", "{}", #""""#, "[[[[]]]]", "-0.0",
        #"{"z":1,"y":{"x":[false,null,"\\\""]}}"#,
    ])
    func roundTrip(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.text == text)
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test func settingMembers() {
        var value: JSONValue = ["a": ["b": 1]]
        value["a"]?["c"] = 2
        value["d"] = "x"
        value["e"] = nil
        #expect(value.text == #"{"a":{"b":1,"c":2},"d":"x"}"#)
        var text: JSONValue = "no object"
        text["k"] = true
        #expect(text == ["k": true])
    }
}
