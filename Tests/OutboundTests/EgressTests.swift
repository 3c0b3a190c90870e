import Testing

@testable import Outbound

struct EgressTests {
    private let guarded = HTTPClient(policy: .guarded(allowPrivate: false))
    private let guardedAtHome = HTTPClient(policy: .guarded(allowPrivate: true))

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888",
    ])
    func globalAddresses(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.reach == .global)
        #expect(EgressPolicy.guarded(allowPrivate: false).permits(address))
    }

    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "172.16.0.1",
        "172.31.255.255", "192.168.0.1", "::1", "fc00::1", "fd12:3456::1",
    ])
    func localAddresses(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.reach == .local)
        #expect(!EgressPolicy.guarded(allowPrivate: false).permits(address))
        #expect(EgressPolicy.guarded(allowPrivate: true).permits(address))
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fe80::1",
        "fec0::1", "ff02::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1",
    ])
    func specialAddresses(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.reach == .special)
        #expect(!EgressPolicy.guarded(allowPrivate: false).permits(address))
        #expect(!EgressPolicy.guarded(allowPrivate: true).permits(address))
        #expect(EgressPolicy.administrator.permits(address))
    }

    @Test func otherFamiliesAreRefused() {
        #expect(!EgressPolicy.guarded(allowPrivate: true).permits(nil))
    }

    /// The spellings that parsers of URLs disagree about all end at the check of the socket's address.
    @Test(arguments: ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "0", "[::]"])
    func loopbackIsRefusedHoweverItIsSpelled(host: String) throws {
        let server = try TestServer.answering { _ in ok("secret") }
        #expect(
            kind { _ = try guarded.send(HTTPRequest(url: "http://\(host):\(server.port)/")) } == .refusedByGuard
        )
        #expect(server.connections == 0)
    }

    @Test func loopbackIsAllowedAtHome() throws {
        let server = try TestServer.answering { _ in ok("page") }
        #expect(try guardedAtHome.send(HTTPRequest(url: server.url())).status == 200)
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://name:word@127.0.0.1/",
    ])
    func redirectsToForbiddenPlacesAreRefused(location: String) throws {
        let server = try TestServer.answering { _ in ok("", status: "302 Found", headers: ["Location: \(location)"]) }
        let request = HTTPRequest(url: server.url(), followRedirects: true)
        #expect(kind { _ = try guardedAtHome.send(request) } == .refusedByGuard)
        #expect(server.connections == 1)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "dict://example.com/"])
    func otherSchemesAreRefused(url: String) {
        for policy in [EgressPolicy.administrator, .guarded(allowPrivate: true)] {
            let failure = kind { _ = try HTTPClient(policy: policy).send(HTTPRequest(url: url)) }
            #expect(failure == .refusedByGuard || failure == .malformed)
        }
    }

    @Test func userNamesAreForAdministrators() throws {
        let server = try TestServer.answering { ok($0.headers.joined(separator: "|")) }
        let url = "http://name:word@127.0.0.1:\(server.port)/"
        #expect(kind { _ = try guardedAtHome.send(HTTPRequest(url: url)) } == .refusedByGuard)
        #expect(server.connections == 0)
        let sent = try HTTPClient(policy: .administrator).send(HTTPRequest(url: url)).body
        #expect(String(decoding: sent, as: UTF8.self).contains("Authorization: Basic bmFtZTp3b3Jk"))
    }
}
