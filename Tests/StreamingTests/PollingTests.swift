import Core
import Events
import Foundation
import Testing

@testable import Streaming

@Suite(.serialized) struct PollingTests {
    private static let target = "/ws/socket.io/?EIO=4&transport=polling"

    private func site(_ change: (inout Configuration) -> Void = { _ in }) throws -> TestSite {
        try TestSite { configuration in
            configuration.transport = .polling
            change(&configuration)
        }
    }

    private func body(_ answer: String) throws -> String {
        guard answer.hasPrefix("HTTP/1.1 200 "), let range = answer.range(of: "\r\n\r\n") else {
            throw ClientError(message: answer)
        }
        return String(answer[range.upperBound...])
    }

    /// Opens a session and connects it: its address.
    private func open(_ site: TestSite, token: String) throws -> String {
        let opening = try body(site.client().request("GET", Self.target))
        let sid = try JSONValue(parsing: String(opening.dropFirst()))["sid"]?.string ?? ""
        let address = Self.target + "&sid=" + sid
        #expect(try body(site.client().request("POST", address, body: #"40{"token":"\#(token)"}"#)) == "ok")
        #expect(try body(site.client().request("GET", address)).hasPrefix("40{"))
        return address
    }

    @Test func eventsTravelBothWays() throws {
        let site = try site()
        let address = try open(site, token: "a")
        let packets = "421[\"echo\",1]\u{1E}422[\"echo\",2]"
        #expect(try body(site.client().request("POST", address, body: packets)) == "ok")
        var answers: [String] = []
        while answers.count < 2 {
            answers += try body(site.client().request("GET", address)).split(separator: "\u{1E}").map(String.init)
        }
        #expect(answers == ["431[1]", "432[2]"])
    }

    @Test func aRequestWaitsForItsEvent() throws {
        let site = try site()
        let address = try open(site, token: "a")
        let client = try site.client()
        client.send("GET \(address) HTTP/1.1\r\nHost: x\r\n\r\n")
        let payload = Array(#"{"_placeholder":true,"num":0}"#.utf8)
        site.publisher.emit("e", to: [Room.user("a")], payload: Array("1".utf8))
        #expect(try client.read(through: #"42["e",1]"#).contains("text/plain; charset=UTF-8"))
        site.publisher.emit("e", to: [Room.user("a")], payload: payload, attachments: [[1, 2, 3]])
        try site.publisher.ping()
        let both = try body(site.client().request("GET", address))
        #expect(both == "451-[\"e\",{\"_placeholder\":true,\"num\":0}]\u{1E}bAQID")
    }

    @Test func aSecondRequestTakesOverFromTheFirst() throws {
        let site = try site()
        let address = try open(site, token: "a")
        let (first, second) = (try site.client(), try site.client())
        first.send("GET \(address) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        // The order in which the daemon takes two connections is not ours; either may be first.
        second.send("GET \(address) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        usleep(50_000)
        site.publisher.emit("e", to: [Room.user("a")], payload: Array("1".utf8))
        let answers = [try body(first.readToEnd()), try body(second.readToEnd())]
        #expect(Set(answers) == ["6", #"42["e",1]"#])
    }

    @Test(arguments: ["zzz", "", "b!", "4\u{1E}", "9"])
    func aMalformedBodyEndsItsSession(junk: String) throws {
        let site = try site()
        let address = try open(site, token: "a")
        #expect(try site.client().request("POST", address, body: junk).hasPrefix("HTTP/1.1 400"))
        #expect(try site.client().request("GET", address).hasPrefix("HTTP/1.1 400"))
    }

    @Test func bodiesAreBounded() throws {
        let site = try site()
        let address = try open(site, token: "a")
        let large = String(repeating: "x", count: 1_000_001)
        #expect(try site.client().request("POST", address, body: large).hasPrefix("HTTP/1.1 413"))
        #expect(try body(site.client().request("POST", address, body: "3")) == "ok")
    }

    @Test func unknownSessionsVersionsAndTransportsAreRefused() throws {
        let site = try site()
        for method in ["GET", "POST"] {
            let answer = try site.client().request(method, Self.target + "&sid=no-such-session")
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(answer.hasSuffix(#""Invalid session""#))
        }
        #expect(try site.client().request("GET", "/ws/socket.io/?EIO=3&transport=polling").hasPrefix("HTTP/1.1 400"))
        #expect(try site.client().request("PUT", Self.target).hasPrefix("HTTP/1.1 405"))
        #expect(throws: ClientError.self) { try site.webSocket() }
    }

    @Test func aSessionThatNobodyPollsIsForgotten() throws {
        let site = try site {
            $0.pingInterval = .milliseconds(20)
            $0.pingTimeout = .milliseconds(20)
        }
        let opening = try body(site.client().request("GET", Self.target))
        let sid = try JSONValue(parsing: String(opening.dropFirst()))["sid"]?.string ?? ""
        #expect(eventually { (try? site.publisher.stats()["sessions"]) == 0 })
        #expect(try site.client().request("GET", Self.target + "&sid=" + sid).hasPrefix("HTTP/1.1 400"))
    }

    @Test func whatNobodyFetchesIsBounded() throws {
        let site = try site { $0.maximumSocketBacklog = 1000 }
        _ = try open(site, token: "a")
        let payload = JSONValue.string(String(repeating: "z", count: 900)).bytes
        for _ in 0..<3 { site.publisher.emit("e", to: [Room.user("a")], payload: payload) }
        #expect(eventually { (try? site.publisher.stats()["dropped_slow"]) == 1 })
    }

    @Test func stoppingAnswersWhoWaits() throws {
        let site = try site()
        let address = try open(site, token: "a")
        let client = try site.client()
        client.send("GET \(address) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        usleep(50_000)
        site.stop()
        #expect(try body(client.readToEnd()) == "1")
    }
}
