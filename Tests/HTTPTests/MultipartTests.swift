import Glibc
import Testing

@testable import HTTP

@Suite struct MultipartTests {
    private func parts(
        _ body: String,
        boundary: String = "b",
        limits: Multipart.Limits = .init()
    ) throws -> [Multipart.Part] {
        try parts(Array(body.utf8), boundary: boundary, limits: limits)
    }

    private func parts(
        _ body: [UInt8],
        boundary: String = "b",
        limits: Multipart.Limits = .init()
    ) throws -> [Multipart.Part] {
        let request = Request(
            method: .post,
            path: "/",
            headers: ["Content-Type": "multipart/form-data; boundary=\(boundary)"],
            body: .bytes(body)
        )
        return try Multipart.parts(of: request, limits: limits)
    }

    private func part(_ header: String) throws -> Multipart.Part {
        let all = try parts("--b\r\n\(header)\r\n\r\nx\r\n--b--\r\n")
        return try #require(all.first)
    }

    private func status(_ work: () throws -> Void) -> Int? {
        do {
            try work()
            return nil
        } catch {
            return (error as? APIError)?.status
        }
    }

    @Test func fieldsAndFiles() throws {
        let all = try parts(
            "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nGrüße\r\n"
                + "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
                + "one\r\ntwo\r\n\r\n--b--\r\n"
        )
        #expect(all.map(\.name) == ["title", "file"])
        #expect(try all[0].text() == "Grüße")
        #expect(all[0].filename == nil)
        #expect(all[0].contentType == nil)
        #expect(all[1].filename == "a.txt")
        #expect(all[1].contentType == "text/plain")
        #expect(try all[1].text() == "one\r\ntwo\r\n")
    }

    /// Everything that resembles a boundary but is none belongs to the content.
    @Test(arguments: [
        "", "\r", "\n", "\r\n", "\r\n\r\n", "\r\r\n", "x--b", "\n--b", "\r\n-", "\r\n--", "\r\n--a", "\r\n--B--",
        "\r\r\n--a\r",
        "\u{0}\u{1}", "\r\n\r\n--", "x--b--",
    ])
    func contentThatLooksLikeABoundary(content: String) throws {
        let all = try parts("--b\r\nContent-Disposition: form-data; name=n\r\n\r\n\(content)\r\n--b--")
        #expect(all.count == 1)
        #expect(try all[0].text() == content)
    }

    @Test func partWithoutContent() throws {
        let header = "Content-Disposition: form-data; name="
        let all = try parts("--b\r\n\(header)one\r\n\r\n--b\r\n\(header)two\r\n\r\n\r\n--b--")
        #expect(all.map(\.name) == ["one", "two"])
        #expect(all.allSatisfy { $0.body.size == 0 })
    }

    @Test func preambleEpilogueAndPadding() throws {
        let all = try parts(
            "ignored\r\n--b \t\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n--b--\r\n--b nonsense"
        )
        #expect(all.map(\.name) == ["n"])
        #expect(try parts("--b--").isEmpty)
    }

    @Test(arguments: [
        "",  // nothing at all
        "--a\r\n",  // another boundary
        "x--b--",  // not at the start of a line
        "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx",  // no last boundary
        "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\n--b--",  // its line end is no CRLF
        "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n--b",  // cut behind the boundary
        "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n--b-",  // cut in the closing mark
        "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n--bc\r\n--b--",  // a longer line
        "--b\r\nContent-Disposition: form-data; name=n",  // cut in the header
        "--b\r\nContent-Disposition: form-data; name=n\r\n",
        "--b\r\n\r\nx\r\n--b--",  // no header
        "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--",  // no name
        "--b\r\nContent-Disposition: form-data; filename=f\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: attachment; name=n\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"n\r\n\r\nx\r\n--b--",  // a quotation mark that stays open
        "--b\r\nContent-Disposition: form-data; name=\"n\" x\r\n\r\nx\r\n--b--",
        "--b\r\nno colon\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=a\rb\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=a\nb\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=a\u{0}b\r\n\r\nx\r\n--b--",
    ])
    func malformed(body: String) {
        #expect(status { _ = try parts(body) } == 400)
    }

    @Test func limits() throws {
        let one = "--b\r\nContent-Disposition: form-data; name=n\r\n\r\nx\r\n"
        #expect(try parts(String(repeating: one, count: 100) + "--b--").count == 100)
        #expect(status { _ = try parts(String(repeating: one, count: 101) + "--b--") } == 400)

        var small = Multipart.Limits()
        small.header = 60
        let long = "--b\r\nContent-Disposition: form-data; name=\(String(repeating: "n", count: 60))\r\n\r\nx\r\n--b--"
        #expect(status { _ = try parts(long, limits: small) } == 400)
        #expect(try parts(long).count == 1)
        // The limit holds for the lines together.
        let many =
            "--b\r\n" + String(repeating: "A: b\r\n", count: 4000)
            + "Content-Disposition: form-data; name=n\r\n\r\nx\r\n--b--"
        #expect(status { _ = try parts(many) } == 400)
    }

    @Test func manyBytesThatAlmostMatch() throws {
        let almost = Array(String(repeating: "\r\n--bounda", count: 200_000).utf8)
        let body =
            Array("--boundary\r\nContent-Disposition: form-data; name=n\r\n\r\n".utf8) + almost
            + Array("\r\n--boundary--".utf8)
        let all = try parts(body, boundary: "boundary")
        #expect(all[0].body.size == almost.count)
    }

    @Test(arguments: [
        ("name=\"a%22b\"", "a\"b"),
        (#"name="a\"b""#, "a\"b"),
        (#"name="a\\b""#, #"a\b"#),
        (#"name="C:\dir\x""#, #"C:\dir\x"#),
        ("name=\"50%\"", "50%"),
        ("name=\"a%0D%0Ab\"", "a%0D%0Ab"),
        ("name=\"a; b=c\"", "a; b=c"),
        ("name = plain ;", "plain"),
        ("name=\"\"", ""),
        ("NAME=\"ü\"", "ü"),
        ("name=first; name=second", "first"),
    ])
    func names(parameter: String, expected: String) throws {
        #expect(try part("Content-Disposition: form-data; \(parameter)").name == expected)
    }

    @Test(arguments: [
        ("filename=\"a.pdf\"; filename*=UTF-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        ("filename*=utf-8'en'a%27b; filename=x", "a'b"),
        ("filename*=latin9''%A4; filename=\"plain\"", "plain"),
        ("filename*=broken; filename=plain", "plain"),
        ("filename=\"../../etc/passwd\"", "../../etc/passwd"),
        ("filename=\"\"", ""),
    ])
    func filenames(parameter: String, expected: String) throws {
        #expect(try part("Content-Disposition: form-data; name=f; \(parameter)").filename == expected)
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"),
        ("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a b\"", "a b"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW"
        ),
        ("multipart/form-data;boundary='()+_,-./:=?", "'()+_,-./:=?"),
    ])
    func boundaries(contentType: String, expected: String) throws {
        #expect(try Multipart.boundary(of: contentType) == Array(expected.utf8))
    }

    @Test(arguments: [
        "", "application/json", "multipart/mixed; boundary=b", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"b ",
        "multipart/form-data; boundary=\"b \"",
        "multipart/form-data; boundary=a\u{7}b", "multipart/form-data; boundary=\"a\\\"b\"",
        "multipart/form-data; boundary=ü",
        "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "multipart/form-data; boundary",
    ])
    func boundariesThatAreNone(contentType: String) {
        #expect(status { _ = try Multipart.boundary(of: contentType) } == 400)
    }

    @Test func spooledBody() throws {
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        let body =
            Array("--b\r\nContent-Disposition: form-data; name=t\r\n\r\nshort\r\n".utf8)
            + Array("--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n".utf8) + content
            + Array("\r\n--b--\r\n".utf8)
        try withFile(body) { path in
            let request = Request(
                method: .post,
                path: "/",
                headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: .file(path: path, size: body.count)
            )
            let all = try Multipart.parts(of: request)
            #expect(try all[0].text() == "short")
            guard case .fileRange(path, let offset, content.count) = all[1].body else {
                Issue.record("the long part should stay in the file: \(all[1].body.size)")
                return
            }
            #expect(Array(body[offset..<(offset + content.count)]) == content)
            #expect(status { _ = try all[1].text() } == 413)
            var read: [UInt8] = []
            var pieces = 0
            try all[1].body.forEachPiece {
                read += $0
                pieces += 1
            }
            #expect(read == content)
            #expect(pieces == 2)

            truncate(path, off_t(offset + 10))
            #expect(status { try all[1].body.forEachPiece { _ in } } == 500)
            #expect(status { _ = try Multipart.parts(of: request) } == 500)
        }
    }
}
