import Core
import Testing

@Suite struct JSONParserTests {
    @Test func everyKind() throws {
        let value = try JSONValue(
            parsing: #" { "n" : null , "t":true,"f":false,"i":-12,"s":"x","a":[1,[],{}],"o":{"k":"v"} } "#
        )
        #expect(value["n"] == .null)
        #expect(value["t"]?.bool == true)
        #expect(value["f"]?.bool == false)
        #expect(value["i"]?.int == -12)
        #expect(value["s"]?.string == "x")
        #expect(value["a"]?.array?.count == 3)
        #expect(value["o"]?["k"] == "v")
        #expect(value["missing"] == nil)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{'a':1}",
        "{\"a\":1 \"b\":2}", "{1:2}", "nul", "nulll", "tru", "True", "NaN", "Infinity", "-Infinity", "+1", "-", "--1",
        "01", "-01",
        "1.", ".5", "1.e5", "1e", "1e+", "0x1", "1_000", "1 2", "{} {}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"",
        "\"\\u123",
        "\"\\u12g4\"", "\"\\ud83d\\u\"", "\"\\ud83d\\uzzzz\"", "\"a\u{0}b\"", "\"a\nb\"", "\"a\\n\nb\"", "\"\t\"",
        "// c\n1", "/**/1",
        "\u{FEFF}", "[1]]", "undefined",
    ])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test(arguments: [("[1,x]", 3), ("{\"a\" 1}", 5), ("", 0), ("[1] x", 4), ("\"a\nb\"", 2), ("\"\\t\nb\"", 3)])
    func errorsSayWhere(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == offset)
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSONValue(parsing: nested(JSONValue.maximumDepth)).array?.count == 1)
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(JSONValue.maximumDepth + 1)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[[[1]]]", maximumDepth: 2) }
        // Width is no depth.
        #expect(try JSONValue(parsing: "[" + String(repeating: "[],", count: 1000) + "[]]").array?.count == 1001)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00fc\u20AC""#, "ü€"), (#""\ud83d\ude00""#, "😀"),
        (#""\uD83D\uDE00""#, "😀"), (#""ü😀""#, "ü😀"), ("\"\u{7F}\"", "\u{7F}"), (#""a\u0041""#, "aA"),
    ])
    func strings(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).string == expected)
    }

    /// Neither can be stored in the database; both come from clients that cut text anywhere.
    @Test(arguments: [
        (#""a\u0000b""#, "ab"), (#""\u0000""#, ""), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"),
        (#""\ud83dx""#, "\u{FFFD}x"), (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\u0000""#, "\u{FFFD}"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
    ])
    func halvesOfPairsAndNUL(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).string == expected)
    }

    /// The last two are half of a pair written as three bytes, and an overlong slash.
    @Test(arguments: [[0x61, 0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] as [[UInt8]])
    func bytesThatAreNoUTF8AreRefused(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
    }

    @Test func byteOrderMarkIsPassedOver() throws {
        #expect(try JSONValue(parsing: [0xEF, 0xBB, 0xBF, 0x31]).int == 1)
    }

    @Test func keysKeepTheirOrderAndTheLastValueCounts() throws {
        let value = try JSONValue(parsing: #"{"z":1,"a":2,"m":3,"a":4}"#)
        #expect(value.object.map { Array($0.keys) } == ["z", "a", "m"])
        #expect(value["a"] == 4)
    }

    @Test(arguments: [
        "0", "-0", "1", "1.0", "1.50", "-1.5e-10", "1E5", "1e+5", "0.1", "9223372036854775807",
        "123456789012345678901234567890", "1e400",
    ])
    func numbersKeepTheirSpelling(text: String) throws {
        #expect(try JSONValue(parsing: text).text == text)
        #expect(try JSONValue(parsing: "[\(text),{\"n\":\(text)}]").text == "[\(text),{\"n\":\(text)}]")
    }

    @Test func numbersAreBounded() throws {
        #expect(try JSONValue(parsing: String(repeating: "9", count: 400)).text.utf8.count == 400)
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "9", count: 401)) }
    }
}
