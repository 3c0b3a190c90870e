import Crypto
import Testing

struct SessionTokenTests {
    private let key = Array("t0p-s3cr3t".utf8)
    private let now = 1_760_000_000

    /// Made by PyJWT 2.10.1 with the key above.
    private let foreign = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJpZCI6IjdiMGI1YTNlLTBhNDktNGI2Zi05YTNjLTZhMWY1YjFkMmMzZSIsImV4cCI6NDEwMjQ0NDgwMH0.\
        _3w1QzX85yfiPCzmfvd-qjQAMtcF9adV6EhZeJX0YGQ
        """

    /// Signs any header and payload, so that the tests reach what lies behind the signature.
    private func signed(_ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#) -> String {
        let text = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(Array(payload.utf8)))"
        return "\(text).\(Base64URL.encode(HMAC.sha256(key: key, message: Array(text.utf8))))"
    }

    @Test func readsTokensOfOpenWebUI() throws {
        let claims = try #require(SessionToken.verify(foreign, key: key, now: now))
        #expect(claims.userID == "7b0b5a3e-0a49-4b6f-9a3c-6a1f5b1d2c3e")
        #expect(claims.expiresAt == 4_102_444_800)
        #expect(claims.tokenID == nil)
        #expect(claims.issuedAt == nil)
    }

    @Test func writesWhatPyJWTWrites() {
        let written = SessionToken.issue(userID: "7b0b5a3e", expiresAt: 4_102_444_800, jti: "abc123", key: key)
        #expect(
            written == """
                eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
                eyJpZCI6IjdiMGI1YTNlIiwiZXhwIjo0MTAyNDQ0ODAwLCJqdGkiOiJhYmMxMjMifQ.\
                NvqXRl6w92v91mkhAAr-irWEOh7e9nReS7GYAV47sSE
                """
        )
        let claims: [(name: String, value: SessionToken.ClaimValue)] = [
            ("id", .text("7b0b5a3e-0a49-4b6f-9a3c-6a1f5b1d2c3e")), ("exp", .integer(4_102_444_800)),
        ]
        #expect(SessionToken.sign(claims: claims, key: key) == foreign)
    }

    @Test(arguments: ["plain", "a\"b\\c", "line\nbreak\u{1}", "Zoë 🦊", "</script>"])
    func anyUserIDComesBack(userID: String) {
        let token = SessionToken.issue(userID: userID, expiresAt: nil, jti: "j\"", key: key)
        let claims = SessionToken.verify(token, key: key, now: now)
        #expect(claims?.userID == userID)
        #expect(claims?.tokenID == "j\"")
        #expect(claims?.expiresAt == nil)
    }

    @Test func everyChangedCharacterIsNoticed() {
        let characters = Array(foreign.utf8)
        for position in characters.indices {
            var changed = characters
            changed[position] = characters[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(SessionToken.verify(String(decoding: changed, as: UTF8.self), key: key, now: now) == nil)
        }
    }

    @Test func everyTruncationIsRefused() {
        for length in 0..<foreign.utf8.count {
            #expect(SessionToken.verify(String(foreign.prefix(length)), key: key, now: now) == nil)
        }
    }

    @Test func otherKeysAreRefused() {
        #expect(SessionToken.verify(foreign, key: Array("t0p-s3cr3T".utf8), now: now) == nil)
        let unkeyed = SessionToken.issue(userID: "u", expiresAt: nil, jti: "j", key: [])
        #expect(SessionToken.verify(unkeyed, key: [], now: now) == nil)
    }

    @Test func unsignedAndOtherAlgorithmsAreRefused() {
        // Both made by PyJWT: alg "none", and HS512 with the right key.
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpZCI6InUifQ."
        let hs512 = """
            eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpZCI6InUifQ.\
            t0QhzbjvpMHJI2VbypvAQJi-Eku2FmsaQjFpI_T09DTaytcHlEqFPvycMIVJuhi_2K0PL4cMgtFR9Mh_7pIWMw
            """
        #expect(SessionToken.verify(none, key: key, now: now) == nil)
        #expect(SessionToken.verify(hs512, key: key, now: now) == nil)
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"hs256","typ":"JWT"}"#, #"{"alg":"RS256","typ":"JWT"}"#,
        #"{"typ":"JWT"}"#, #"{"alg":"HS256","typ":"JWE"}"#, #"{"alg":"HS256","typ":null}"#, #"{"alg":["HS256"]}"#,
        #"{"alg":"HS256","crit":["x"]}"#, #"{"alg":"HS256","b64":false}"#, "[]", "{", "",
    ])
    func headersThatAreRefused(header: String) {
        #expect(SessionToken.verify(signed(#"{"id":"u"}"#, header: header), key: key, now: now) == nil)
    }

    @Test(arguments: [#"{"typ":"JWT","alg":"HS256"}"#, #"{"alg": "HS256"}"#, #"{"alg":"HS256","kid":"1"}"#])
    func headersOfOtherWritersAreRead(header: String) {
        #expect(SessionToken.verify(signed(#"{"id":"u"}"#, header: header), key: key, now: now)?.userID == "u")
    }

    @Test(arguments: [
        #"{}"#, #"{"id":1}"#, #"{"id":null}"#, #"{"id":["u"]}"#, #"{"ID":"u"}"#, #"["u"]"#, #""u""#, "", "{",
        #"{"id":"u"} x"#, #"{"id":"u","exp":null}"#, #"{"id":"u","exp":"soon"}"#, #"{"id":"u","exp":true}"#,
        #"{"id":"u","exp":1e300}"#, #"{"id":"u","jti":7}"#, #"{"id":"u","aud":"others"}"#, #"{"id":"u","iat":{}}"#,
    ])
    func payloadsThatAreRefused(payload: String) {
        #expect(SessionToken.verify(signed(payload), key: key, now: now) == nil)
    }

    @Test func timesHaveNoLeeway() {
        func isValid(_ claims: String) -> Bool {
            SessionToken.verify(signed("{\"id\":\"u\",\(claims)}"), key: key, now: now) != nil
        }
        #expect(isValid("\"exp\":\(now + 1)"))
        #expect(!isValid("\"exp\":\(now)"))
        #expect(!isValid("\"exp\":\(now - 1)"))
        #expect(!isValid("\"exp\":\(now).9"))
        #expect(isValid("\"nbf\":\(now)"))
        #expect(!isValid("\"nbf\":\(now + 1)"))
        #expect(isValid("\"iat\":\(now)"))
        #expect(!isValid("\"iat\":\(now + 1)"))
    }

    @Test func oversizeAndMisshapenTokensAreRefused() {
        let long = SessionToken.issue(
            userID: String(repeating: "u", count: 4000),
            expiresAt: nil,
            jti: "j",
            key: key
        )
        #expect(long.utf8.count > SessionToken.maximumLength)
        #expect(SessionToken.verify(long, key: key, now: now) == nil)
        for token in ["", ".", "..", "...", "\(foreign).", ".\(foreign)", " \(foreign)", "\(foreign)\n", "\(foreign)="]
        {
            #expect(SessionToken.verify(token, key: key, now: now) == nil)
        }
    }

    @Test func nonCanonicalSignatureIsRefused() {
        // The last of 43 characters carries four bits; its lower two encode nothing and must be zero.
        #expect(foreign.hasSuffix("Q"))
        #expect(SessionToken.verify(String(foreign.dropLast()) + "R", key: key, now: now) == nil)
    }
}
