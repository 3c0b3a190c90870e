import Core
import Events
import Foundation
import Synchronization
import Testing

@testable import Streaming

@Suite(.serialized) struct SocketTests {
    @Test func aSocketIsGreetedAndAskedAbout() throws {
        let site = try TestSite()
        let headers = ["Cookie": "token=c", "X-Real-IP": "10.0.0.1", "X-Other": "no"]
        let socket = try SocketClient(
            site.webSocket("/ws/socket.io/?EIO=4&transport=websocket", headers: headers),
            token: "alice"
        )
        #expect(socket.opening["pingInterval"] == 25000)
        #expect(socket.opening["pingTimeout"] == 20000)
        #expect(socket.opening["maxPayload"] == 1_000_000)
        #expect(socket.opening["upgrades"] == [])
        #expect(socket.opening["sid"]?.string?.count == 20)
        #expect(socket.sid.count == 20)
        #expect(socket.opening["sid"]?.string != socket.sid)
        let question = try #require(site.questions("/_internal/socket/connect").first?.body)
        #expect(question["sid"]?.string == socket.sid)
        #expect(question["auth"] == ["token": "alice"])
        #expect(question["headers"] == ["cookie": "token=c", "x-real-ip": "10.0.0.1"])
        #expect(question["daemon"] == "test")
        #expect(site.questions.first?.path == "/_internal/socket/reset")
        #expect(site.questions.first?.body["epoch"] == question["epoch"])
    }

    @Test func answersFollowTheRulesOfTheReference() throws {
        let site = try TestSite()
        let socket = try site.socket(token: "alice")
        #expect(try socket.call(["echo", 1, ["a": 1.50]]) == [1, ["a": 1.50]])
        #expect(try socket.call(["quiet"]) == [])
        #expect(try socket.call(["tag"]) == ["alice"])
        // An unknown event gets no answer: the next message is that of the event after it.
        socket.webSocket.send(#"4277["no-such-event"]"#)
        socket.emit(["echo", 1])
        #expect(try socket.call(["echo", 2]) == [2])
    }

    @Test func aSocketIsConnectedWhateverTheWorkerSays() throws {
        let site = try TestSite(answer: { $0.path == "/_internal/socket/connect" ? (500, [:]) : nil })
        let socket = try site.socket(token: "alice")
        #expect(socket.sid.count == 20)
        #expect(try socket.call(["echo", 1]) == [1])
    }

    @Test func eventsAreAskedAboutInOrder() throws {
        let site = try TestSite()
        let socket = try site.socket()
        for number in 0..<50 { socket.emit(["quiet", .number(JSONNumber(number))]) }
        #expect(try socket.call(["echo"]) == [])
        let asked = site.questions("/_internal/socket/event").compactMap { $0.body["args"]?[0]?.int }
        #expect(asked == Array(0..<50))
    }

    @Test func eventsReachEachMemberOfTheirRoomsOnce() throws {
        let site = try TestSite()
        let (first, second, stranger) = (try site.socket(token: "a"), try site.socket(token: "a"), try site.socket())
        _ = try first.call(["join", "r"])
        site.publisher.emit(
            "e",
            to: [Room.user("a"), "r", first.sid],
            except: [second.sid],
            payload: Array(#"{"x":"é"}"#.utf8)
        )
        site.publisher.emit("e", to: [Room.user("a")], payload: Array("2".utf8))
        #expect(try first.webSocket.text() == #"42["e",{"x":"é"}]"#)
        #expect(try first.webSocket.text() == #"42["e",2]"#)
        #expect(try second.webSocket.text() == #"42["e",2]"#)
        _ = try first.call(["leave", "r"])
        site.publisher.emit("e", to: ["r", stranger.sid], payload: Array("3".utf8))
        #expect(try stranger.webSocket.text() == #"42["e",3]"#)
        #expect(try first.call(["echo"]) == [])
    }

    @Test func workersPutSocketsIntoRooms() throws {
        let site = try TestSite()
        let socket = try site.socket()
        site.publisher.join(sid: socket.sid, rooms: ["late"])
        site.publisher.emit("e", to: ["late"], payload: Array("1".utf8))
        #expect(try socket.webSocket.text() == #"42["e",1]"#)
        site.publisher.leave(sid: socket.sid, rooms: ["late"])
        site.publisher.emit("e", to: ["late"], payload: Array("2".utf8))
        try site.publisher.ping()
        #expect(try socket.call(["echo"]) == [])
    }

    @Test func attachmentsTravelBothWays() throws {
        let site = try TestSite()
        let socket = try site.socket(token: "a")
        socket.webSocket.send(#"451-1["echo",{"u":{"_placeholder":true,"num":0}}]"#)
        socket.webSocket.send([1, 2, 255], opcode: 2)
        #expect(try socket.webSocket.text() == #"431[{"u":{"_placeholder":true,"base64":"AQL/"}}]"#)
        let payload = Array(#"{"u":{"_placeholder":true,"num":0}}"#.utf8)
        site.publisher.emit("e", to: [Room.user("a")], payload: payload, attachments: [[9, 0]])
        #expect(try socket.webSocket.text() == #"451-["e",{"u":{"_placeholder":true,"num":0}}]"#)
        #expect(try socket.webSocket.receive() == .binary([9, 0]))
    }

    @Test func callsBringTheClientsAnswer() throws {
        let site = try TestSite()
        let socket = try site.socket()
        let answer = Shared(Mutex<JSONValue?>(nil))
        let publisher = site.publisher
        let sid = socket.sid
        try withThread {
            let value = try? publisher.call("chat-events", sid: sid, payload: Array("{}".utf8))
            answer.value.withLock { $0 = value }
        } while: {
            let asked = try socket.webSocket.text()
            #expect(asked == #"421["chat-events",{}]"#)
            socket.webSocket.send(#"4399["of no call"]"#)
            socket.webSocket.send(#"431[{"status":true}]"#)
        }
        #expect(answer.value.withLock { $0 } == ["status": true])
    }

    @Test func callsThatGetNoAnswerSayWhy() throws {
        let site = try TestSite { $0.maximumCalls = 1 }
        let socket = try site.socket()
        let publisher = site.publisher
        #expect(throws: CallError.disconnected) { try publisher.call("e", sid: "nobody", payload: [0x31]) }
        #expect(throws: CallError.timeout) {
            try publisher.call("e", sid: socket.sid, payload: [0x31], timeout: .milliseconds(20))
        }
        let reason = Shared(Mutex<CallError?>(nil))
        let sid = socket.sid
        try withThread {
            do throws(CallError) {
                _ = try publisher.call("e", sid: sid, payload: [0x31])
            } catch {
                let caught = error
                reason.value.withLock { $0 = caught }
            }
        } while: {
            let asked = [try socket.webSocket.text(), try socket.webSocket.text()]
            #expect(asked == [#"421["e",1]"#, #"422["e",1]"#])
            #expect(throws: CallError.busy) { try publisher.call("e", sid: sid, payload: [0x31]) }
            socket.webSocket.client.close()
        }
        #expect(reason.value.withLock { $0 } == .disconnected)
    }

    @Test func eventsOfASubscriptionGoToItsWorkerAndNowhereElse() throws {
        let site = try TestSite()
        let socket = try site.socket()
        let name = "user:\(socket.sid):request"
        let log = Shared(Mutex<[JSONValue]>([]))
        let subscription = site.publisher.subscribe(name) { sid, arguments in
            log.value.withLock { $0.append([.string(sid), arguments]) }
        }
        try site.publisher.ping()
        socket.emit([.string(name), "data: 1"])
        #expect(try socket.call([.string(name), ["done": true]]) == [])
        #expect(eventually { log.value.withLock { $0.count } == 2 })
        #expect(
            log.value.withLock { $0 } == [
                [.string(socket.sid), ["data: 1"]], [.string(socket.sid), [["done": true]]],
            ]
        )
        subscription.cancel()
        try site.publisher.ping()
        // Late lines of such a channel are nobody's business.
        socket.emit([.string(name), "late"])
        #expect(try socket.call(["echo"]) == [])
        #expect(site.questions("/_internal/socket/event").count == 1)
    }

    @Test func goodbyesAreReported() throws {
        let site = try TestSite()
        let (polite, rude) = (try site.socket(token: "a"), try site.socket())
        polite.webSocket.send("41")
        rude.webSocket.client.close()
        #expect(eventually { site.questions("/_internal/socket/disconnect").count == 2 })
        let gone = site.questions("/_internal/socket/disconnect")
        #expect(Set(gone.compactMap { $0.body["sid"]?.string }) == [polite.sid, rude.sid])
        #expect(gone.first { $0.body["sid"]?.string == polite.sid }?.body["tag"] == "a")
        // The session lives on, and may become another socket.
        polite.webSocket.send("40")
        #expect(try polite.webSocket.text().hasPrefix("40{"))
    }

    @Test func closingARoomSendsItsSocketsAwayForGood() throws {
        let site = try TestSite()
        let (mine, other) = (try site.socket(token: "a"), try site.socket(token: "b"))
        site.publisher.close(room: Room.user("a"))
        #expect(try mine.webSocket.text() == "41")
        #expect(try mine.webSocket.receive() == .close(1000))
        #expect(try other.call(["echo"]) == [])
    }

    @Test func otherNamespacesAreRefused() throws {
        let site = try TestSite()
        let socket = try site.socket()
        socket.webSocket.send("40/admin,")
        #expect(try socket.webSocket.text() == #"44/admin,{"message":"Unable to connect"}"#)
        socket.webSocket.send(#"42/admin,["echo"]"#)
        #expect(try socket.call(["echo"]) == [])
    }

    @Test(arguments: ["hello", "9", "42", "42[", "42{}", #"421["x""#, "45", "451-[", "4", "", "43[]", "44{}", "0{}"])
    func aMalformedPacketEndsItsSessionAlone(junk: String) throws {
        let site = try TestSite()
        let (bad, good) = (try site.socket(), try site.socket())
        bad.webSocket.send(junk)
        #expect(bad.webSocket.isEnded())
        #expect(try good.call(["echo", 1]) == [1])
    }

    @Test func framesThatBreakTheProtocolEndTheirConnection() throws {
        let site = try TestSite()
        let attempts: [(WebSocketClient) -> Void] = [
            { $0.send([0xFF, 0xFE], opcode: 1) },
            { $0.send(Array("2".utf8), opcode: 1, isMasked: false) },
            { $0.send([1], opcode: 2) },
            { $0.send([1], opcode: 0) },
            { $0.send([1], opcode: 11) },
        ]
        for attempt in attempts {
            let socket = try site.socket()
            attempt(socket.webSocket)
            #expect(socket.webSocket.isEnded())
        }
    }

    @Test func messagesMayBeCutIntoFrames() throws {
        let site = try TestSite()
        let socket = try site.socket()
        socket.webSocket.send(Array(#"421["ec"#.utf8), opcode: 1, isFinal: false)
        socket.webSocket.send([7], opcode: 9)
        socket.webSocket.send(Array(#"ho",1]"#.utf8), opcode: 0)
        #expect(try socket.webSocket.receive() == .pong([7]))
        #expect(try socket.webSocket.text() == "431[1]")
    }

    @Test func messagesAreTakenUpToTheLimit() throws {
        let site = try TestSite()
        let (large, larger, fragments) = (try site.socket(), try site.socket(), try site.socket())
        let text = String(repeating: "x", count: 990_000)
        #expect(try large.call(["echo", .string(text)]) == [.string(text)])
        larger.emit(["echo", .string(text + text)])
        #expect(larger.webSocket.isEnded())
        for index in 0..<3 {
            fragments.webSocket.send(
                [UInt8](repeating: 0x20, count: 900_000),
                opcode: index == 0 ? 1 : 0,
                isFinal: false
            )
        }
        #expect(fragments.webSocket.isEnded())
        #expect(try large.call(["echo"]) == [])
    }

    @Test func aClientThatDoesNotReadIsDropped() throws {
        let site = try TestSite { $0.maximumSocketBacklog = 1 << 20 }
        let (stuck, other) = (try site.socket(token: "a"), try site.socket(token: "b"))
        let payload = JSONValue.string(String(repeating: "z", count: 700_000)).bytes
        for _ in 0..<8 { site.publisher.emit("e", to: [Room.user("a")], payload: payload) }
        #expect(eventually { site.questions("/_internal/socket/disconnect").count == 1 })
        #expect(try site.publisher.stats()["dropped_slow"] == 1)
        #expect(try other.call(["echo"]) == [])
        #expect(stuck.webSocket.isEnded())
    }

    @Test func aLargeEventReachesAClientThatReads() throws {
        let site = try TestSite()
        let socket = try site.socket(token: "a")
        let text = JSONValue.string(String(repeating: "αβγ🎉", count: 1_000_000))
        site.publisher.emit("e", to: [Room.user("a")], payload: text.bytes)
        let message = try socket.webSocket.text()
        #expect(message.utf8.count == text.bytes.count + #"42["e",]"#.utf8.count)
    }

    @Test func floodsEndTheirSessionAlone() throws {
        let site = try TestSite {
            $0.eventBurst = 5
            $0.eventsPerSecond = 1
        }
        let (flood, other) = (try site.socket(), try site.socket())
        for _ in 0..<20 { flood.emit(["quiet"]) }
        #expect(flood.webSocket.isEnded())
        #expect(try other.call(["echo"]) == [])
        #expect(try site.publisher.stats()["dropped_unruly"] == 1)
    }

    @Test func pingsKeepASessionAndSilenceEndsIt() throws {
        let site = try TestSite {
            $0.pingInterval = .milliseconds(20)
            $0.pingTimeout = .milliseconds(500)
        }
        let (lively, silent) = (try site.socket(), try site.socket())
        for _ in 0..<40 {
            #expect(try lively.webSocket.text() == "2")
            lively.webSocket.send("3")
        }
        #expect(silent.webSocket.isEnded())
        #expect(try site.publisher.stats()["dropped_silent"] == 1)
    }

    @Test func aSessionThatNeverConnectsIsEnded() throws {
        let site = try TestSite { $0.connectTimeout = .milliseconds(50) }
        let webSocket = try site.webSocket()
        #expect(try webSocket.text().hasPrefix("0{"))
        #expect(try webSocket.receive() == .close(1008))
    }

    @Test func sessionsAreBounded() throws {
        let site = try TestSite { $0.maximumSessions = 1 }
        let first = try site.socket()
        #expect(throws: ClientError.self) { try site.webSocket() }
        first.webSocket.client.close()
        #expect(eventually { (try? site.webSocket()) != nil })
    }

    @Test func stoppingTellsClientsToComeBack() throws {
        let site = try TestSite()
        let socket = try site.socket()
        site.stop()
        #expect(try socket.webSocket.receive() == .close(1012))
        #expect(!FileManager.default.fileExists(atPath: site.clientsPath))
        try site.start()
        #expect(try site.socket(token: "a").call(["echo"]) == [])
        #expect(Set(site.questions("/_internal/socket/reset").compactMap { $0.body["epoch"]?.string }).count == 2)
    }
}
