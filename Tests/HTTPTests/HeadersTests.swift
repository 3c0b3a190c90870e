import Testing

@testable import HTTP

@Suite struct HeadersTests {
    @Test func namesHaveNoCaseAndValuesAreJoined() {
        var headers: Headers = ["Accept": "a"]
        headers.add("ACCEPT", "b")
        #expect(headers["accept"] == "a, b")
        #expect(headers["missing"] == nil)
    }

    @Test func cookieLinesAreJoinedAsCookies() {
        let request = Request(method: .get, path: "/", headers: ["Cookie": "a=1", "cookie": "b=2"])
        #expect(request.cookies["a"] == "1")
        #expect(request.cookies["b"] == "2")
    }

    @Test(arguments: [
        ("token=abc", "abc"), ("a=1; token=abc", "abc"), ("a=1;token=abc", "abc"),
        ("token=first; token=second", "first"),
        ("token=\"quoted\"", "quoted"), ("token=a=b==", "a=b=="), ("token=", ""), ("junk; token=abc; =x", "abc"),
        ("token=\"", "\""),
    ])
    func cookies(header: String, expected: String) {
        #expect(Cookies(header: header)["token"] == expected)
    }

    @Test(arguments: ["", "Token=abc", "xtoken=abc", "token", ";;;", "a=token=b"])
    func cookiesThatAreNotThere(header: String) {
        #expect(Cookies(header: header)["token"] == nil)
    }

    @Test func cookiesAreBounded() {
        let many = (0..<200).map { "c\($0)=\($0)" }.joined(separator: "; ")
        #expect(Cookies(header: many)["c99"] == "99")
        #expect(Cookies(header: many)["c100"] == nil)
    }
}
