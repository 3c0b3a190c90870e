import Testing

@testable import Streaming

@Suite struct RoomsTests {
    @Test func aRecipientOfSeveralRoomsIsNamedOnce() {
        var rooms = Rooms()
        rooms.join("a", "user:1")
        rooms.join("a", "channel:x")
        rooms.join("b", "channel:x")
        #expect(rooms.recipients(of: ["user:1", "channel:x"], except: []).intersection(["a", "b"]) == ["a", "b"])
        #expect(rooms.recipients(of: ["channel:x"], except: ["a"]).contains("a") == false)
    }

    @Test func everySocketIsItsOwnRoom() {
        #expect(Rooms().recipients(of: ["a"], except: []) == ["a"])
        #expect(Rooms().recipients(of: ["a"], except: ["a"]).isEmpty)
    }

    @Test func emptyRoomsAreForgotten() {
        var rooms = Rooms()
        rooms.join("a", "r")
        rooms.join("b", "r")
        rooms.leave("a", "r")
        rooms.leave("nobody", "r")
        #expect(rooms.sids(in: "r") == ["b"])
        rooms.forget("b")
        #expect(rooms.count == 0)
        #expect(rooms.rooms(of: "b").isEmpty)
    }

    @Test func joiningTwiceAndLeavingOnceLeaves() {
        var rooms = Rooms()
        rooms.join("a", "r")
        rooms.join("a", "r")
        rooms.leave("a", "r")
        #expect(rooms.sids(in: "r").isEmpty)
    }
}
