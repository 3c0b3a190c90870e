import Core
import Testing

@testable import HTTP

@Suite struct RequestBodyTests {
    private func json(_ body: RequestBody) throws -> JSONValue {
        try Request(method: .post, path: "/", body: body).json()
    }

    @Test func jsonFromMemoryAndFromAFile() throws {
        let text = #"{"a":[1,2.50,"ü"]}"#
        let value = try json(.bytes(Array(text.utf8)))
        #expect(value.text == text)
        try withFile(Array(text.utf8)) { path in
            let spooled = try json(.file(path: path, size: text.utf8.count))
            #expect(spooled == value)
        }
    }

    @Test func emptyIsNull() throws {
        #expect(try json(.bytes([])) == .null)
        #expect(try json(.file(path: "/nonexistent", size: 0)) == .null)
    }

    @Test func refusals() throws {
        #expect(throws: APIError.self) { try json(.file(path: "/nonexistent", size: 5)) }
        do {
            _ = try json(.bytes(Array("{\"a\":".utf8)))
            Issue.record("half an object is no JSON")
        } catch let error as APIError {
            #expect(error.status == 422)
            #expect(error.detail[0]?["type"] == "json_invalid")
            #expect(error.detail[0]?["loc"] == ["body", 5])
        }
        do {
            _ = try json(.file(path: "/nonexistent", size: Request.maximumJSON + 1))
            Issue.record("it is over the limit")
        } catch let error as APIError {
            #expect(error.status == 413)
        }
    }
}
