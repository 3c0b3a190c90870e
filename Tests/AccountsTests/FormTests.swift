import Testing

@testable import Accounts

@Suite struct FormTests {
    @Test func addressesAreTold() {
        #expect(["a@b.c", "admin@localhost", "ü+x@exämple.org", "a.b@c.d.e"].allSatisfy(EmailAddress.isAcceptable))
        let wrong = ["", "@localhost", "a@b", "a@b.", "a@.b", "a@@b.c", "a\u{0}@b.c", "a\u{A0}b@c.d"]
        #expect(!wrong.contains(where: EmailAddress.isAcceptable))
        #expect(!EmailAddress.isAcceptable(String(repeating: "a", count: 320) + "@b.c"))
    }

    @Test func datesOfCookiesAreThoseOfHTTP() {
        #expect(SessionCookie.date(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(SessionCookie.date(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test func picturesAreRastersOrAddresses() {
        let good = [
            "", "/user.png", "/static/favicon.png", "https://example.com/a.png?b=c", "data:image/webp;base64,AAAA",
        ]
        #expect(good.allSatisfy(ProfilePicture.isAcceptable))
        let bad = [
            "/static/../api/v1/auths/signout", "/api/v1/x", "//evil.example/x", "data:image/svg+xml;base64,AAAA",
            "data:image/png,AAAA", "data:image/png;base64,<b>", "https://example.com/\r\nX: y", "ftp://x/y",
            "data:image/png;base64," + String(repeating: "A", count: 5 << 20),
        ]
        #expect(!bad.contains(where: ProfilePicture.isAcceptable))
    }
}
