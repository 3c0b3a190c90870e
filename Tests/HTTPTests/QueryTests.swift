import Testing

@testable import HTTP

@Suite struct QueryTests {
    @Test func lastValueCounts() {
        let query = Query("a=1&b=2&a=3&c&=d&a%62=e&&")
        #expect(query["a"] == "3")
        #expect(query.all("a") == ["1", "3"])
        #expect(query["b"] == "2")
        #expect(query["c"] == "")
        #expect(query[""] == "d")
        #expect(query["ab"] == "e")
        #expect(query["missing"] == nil)
        #expect(Query("")["a"] == nil)
    }

    @Test func valuesKeepFurtherEqualsSigns() {
        #expect(Query("token=a==&x=y")["token"] == "a==")
    }

    @Test func pairsAreBounded() {
        #expect(Query(String(repeating: "a=1&", count: 2000)).pairs.count == 1000)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a+b", "a b"), ("a%2Bb", "a+b"), ("%C3%BC", "ü"), ("%c3%bc", "ü"), ("ü", "ü"), ("%", "%"),
        ("%4", "%4"),
        ("%zz", "%zz"), ("%%41", "%A"), ("100%25", "100%"), ("a%00b", "ab"), ("%F0%9F%98%80", "😀"), ("%FF", "\u{FFFD}"),
        ("%ED%A0%80", "\u{FFFD}\u{FFFD}\u{FFFD}"), ("%c3", "\u{FFFD}"),
    ])
    func decoding(text: String, expected: String) {
        #expect(PercentEncoding.decode(text, plusIsSpace: true) == expected)
        #expect(Query("k=\(text)")["k"] == expected)
    }

    @Test func plusStaysInPaths() {
        #expect(PercentEncoding.decode("a+b%20c") == "a+b c")
    }

    @Test func encodingComesBack() {
        #expect(PercentEncoding.encode("a-Z_0.9~") == "a-Z_0.9~")
        #expect(PercentEncoding.encode("a b/ü\n+") == "a%20b%2F%C3%BC%0A%2B")
        for text in ["", "ä/ö?&=#%", "😀", "a\tb"] {
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
        }
    }

    @Test func typedParameters() throws {
        let request = Request(method: .get, path: "/", query: Query("page=2&bad=x&on=Yes&off=0"))
        #expect(try request.queryInt("page") == 2)
        #expect(try request.queryInt("none") == nil)
        #expect(try request.queryBool("on") == true)
        #expect(try request.queryBool("off") == false)
        #expect(try request.queryBool("none") == nil)
        #expect(throws: APIError.self) { try request.queryInt("bad") }
        #expect(throws: APIError.self) { try request.queryBool("bad") }
        #expect(throws: APIError.self) { try request.requiredQuery("none") }
        #expect(try request.requiredQuery("bad") == "x")
    }
}
