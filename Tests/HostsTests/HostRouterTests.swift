import Testing
import Wire

@testable import Hosts

@Suite struct HostRouterTests {
    private let write = EventFrame.streamWrite(key: "k", bytes: [1])

    @Test func eventsAndRoomsGoToAll() {
        var router = HostRouter()
        let frames: [EventFrame] = [
            .emit(rooms: ["user:1"], except: [], event: [1], attachments: []), .join(sid: "s", rooms: ["r"]),
            .leave(sid: "s", rooms: ["r"]), .close(room: "user:1"), .subscribe(name: "n"), .unsubscribe(name: "n"),
            .streamWanted(key: "k"),
        ]
        for frame in frames {
            let sent = router.route(frame)
            #expect(sent?.target == .all)
            #expect(sent?.frame == frame)
        }
    }

    @Test func framesBetweenADaemonAndItsWorkersStayHere() {
        var router = HostRouter()
        let frames: [EventFrame] = [
            .ping(correlation: 1), .pong(correlation: 1), .statisticsQuery(correlation: 1), .link(isOpen: true),
            .statistics(correlation: 1, json: []), .linked(name: "a", epoch: "e"), .streamExpect(key: "k"),
        ]
        for frame in frames {
            #expect(router.route(frame) == nil)
            #expect(router.receive(frame, from: "b") == nil)
        }
    }

    @Test func aStreamGoesToTheHostWhoseClientWantsIt() {
        var router = HostRouter()
        #expect(router.route(write) == nil)
        #expect(router.receive(.streamWanted(key: "k"), from: "b") == .streamWanted(key: "k"))
        #expect(router.route(write)?.target == .host("b"))
        #expect(router.route(.streamEnd(key: "k"))?.target == .host("b"))
        #expect(router.route(write) == nil)
    }

    @Test func theWriterHearsThatAClientIsGone() {
        var router = HostRouter()
        #expect(router.receive(write, from: "b") == write)
        #expect(router.route(.streamGone(key: "k"))?.target == .host("b"))
        #expect(router.route(.streamGone(key: "k")) == nil)
        // Told from afar, it ends the sending.
        _ = router.receive(.streamWanted(key: "w"), from: "b")
        #expect(router.receive(.streamGone(key: "w"), from: "b") == .streamGone(key: "w"))
        #expect(router.route(.streamEnd(key: "w")) == nil)
    }

    @Test func callsOfSeveralHostsAreToldApart() {
        var router = HostRouter()
        let call = EventFrame.call(correlation: 7, sid: "s", event: [1], timeoutMilliseconds: 5)
        #expect(router.route(call)?.target == .holder(sid: "s"))
        let here = ["b", "c"].map { router.receive(call, from: $0) }
        #expect(
            here == [1, 2].map { .call(correlation: $0, sid: "s", event: [1], timeoutMilliseconds: 5) }
        )
        let second = router.route(.answer(correlation: 2, arguments: [9]))
        #expect(second?.target == .host("c"))
        #expect(second?.frame == .answer(correlation: 7, arguments: [9]))
        let first = router.route(.noAnswer(correlation: 1, reason: .timeout))
        #expect(first?.target == .host("b"))
        #expect(first?.frame == .noAnswer(correlation: 7, reason: .timeout))
        #expect(router.route(.answer(correlation: 2, arguments: [9])) == nil)
    }

    @Test func clientsEventsGoToTheHostThatSubscribed() {
        var router = HostRouter()
        let event = EventFrame.incoming(name: "n", sid: "s", arguments: [1])
        #expect(router.route(event) == nil)
        _ = router.receive(.subscribe(name: "n"), from: "b")
        #expect(router.route(event)?.target == .host("b"))
        // Only who subscribed ends it.
        #expect(router.receive(.unsubscribe(name: "n"), from: "c") == nil)
        #expect(router.receive(.unsubscribe(name: "n"), from: "b") == .unsubscribe(name: "n"))
        #expect(router.route(event) == nil)
    }

    @Test func whatHungOnALostHostEnds() {
        var router = HostRouter()
        _ = router.receive(write, from: "b")
        _ = router.receive(.streamWrite(key: "other", bytes: []), from: "c")
        _ = router.receive(.streamWanted(key: "w"), from: "b")
        _ = router.receive(.subscribe(name: "n"), from: "b")
        #expect(router.lose("b") == [.streamFail(key: "k"), .streamGone(key: "w"), .unsubscribe(name: "n")])
        #expect(router.lose("b") == [])
        #expect(router.lose("c") == [.streamFail(key: "other")])
    }

    @Test func oldWishesAreForgotten() {
        var router = HostRouter()
        for number in 0...50_000 { _ = router.receive(.streamWanted(key: "\(number)"), from: "b") }
        #expect(router.route(.streamEnd(key: "0")) == nil)
        #expect(router.route(.streamEnd(key: "50000"))?.target == .host("b"))
    }
}
