import Core
import Testing

@testable import HTTP

@Suite struct FormTests {
    private func form(_ json: String) throws -> Form {
        try Form(Request(method: .post, path: "/", body: .bytes(Array(json.utf8))))
    }

    /// The first complaint about the body, as `type at location`.
    private func complaint(_ json: String, _ read: (Form) throws -> Void) throws -> String? {
        do {
            try read(try form(json))
            return nil
        } catch let error as APIError {
            #expect(error.status == 422)
            let first = error.detail[0]
            return "\(first?["type"]?.string ?? "?") at \(first?["loc"]?.text ?? "?")"
        }
    }

    @Test func values() throws {
        let form = try form(
            #"{"s":"x","i":3,"t":"4","f":5.0,"b":true,"on":"yes","one":1,"l":["a"],"o":{"k":{"n":"v"}},"null":null}"#
        )
        #expect(try form.string("s") == "x")
        #expect(try form.int("i") == 3)
        #expect(try form.int("t") == 4)
        #expect(try form.int("f") == 5)
        #expect(try form.bool("b"))
        #expect(try form.bool("on"))
        #expect(try form.bool("one"))
        #expect(try form.strings("l") == ["a"])
        #expect(try form.form("o").form("k").string("n") == "v")
        #expect(form["s"] == "x")
    }

    @Test func nullAndMissingAreAbsent() throws {
        let form = try form(#"{"null":null}"#)
        for key in ["null", "missing"] {
            #expect(try form.optionalString(key) == nil)
            #expect(try form.optionalInt(key) == nil)
            #expect(try form.optionalBool(key) == nil)
            #expect(try form.optionalList(key) == nil)
            #expect(try form.optionalStrings(key) == nil)
            #expect(try form.optionalDictionary(key) == nil)
            #expect(!form.present(key))
        }
    }

    @Test func complaints() throws {
        #expect(try complaint("{}") { _ = try $0.string("s") } == #"missing at ["body","s"]"#)
        #expect(try complaint(#"{"s":1}"#) { _ = try $0.string("s") } == #"string_type at ["body","s"]"#)
        #expect(try complaint(#"{"s":null}"#) { _ = try $0.string("s") } == #"string_type at ["body","s"]"#)
        #expect(try complaint(#"{"s":1}"#) { _ = try $0.optionalString("s") } == #"string_type at ["body","s"]"#)
        #expect(try complaint(#"{"i":"x"}"#) { _ = try $0.int("i") } == #"int_type at ["body","i"]"#)
        #expect(try complaint(#"{"i":1.5}"#) { _ = try $0.int("i") } == #"int_type at ["body","i"]"#)
        #expect(try complaint(#"{"i":1e999}"#) { _ = try $0.int("i") } == #"int_type at ["body","i"]"#)
        #expect(try complaint(#"{"b":"maybe"}"#) { _ = try $0.bool("b") } == #"bool_type at ["body","b"]"#)
        #expect(try complaint(#"{"b":2}"#) { _ = try $0.bool("b") } == #"bool_type at ["body","b"]"#)
        #expect(try complaint(#"{"l":{}}"#) { _ = try $0.list("l") } == #"list_type at ["body","l"]"#)
        #expect(try complaint(#"{"l":["a",1]}"#) { _ = try $0.strings("l") } == #"string_type at ["body","l",1]"#)
        #expect(try complaint(#"{"o":[]}"#) { _ = try $0.dictionary("o") } == #"dict_type at ["body","o"]"#)
        #expect(try complaint(#"{"o":{}}"#) { _ = try $0.form("o").string("s") } == #"missing at ["body","o","s"]"#)
    }

    @Test func bodiesThatAreNoObject() throws {
        #expect(try complaint("") { _ in } == #"missing at ["body"]"#)
        #expect(try complaint("null") { _ in } == #"missing at ["body"]"#)
        #expect(try complaint("[1]") { _ in } == #"model_attributes_type at ["body"]"#)
        #expect(try complaint("{,}") { _ in } == #"json_invalid at ["body",1]"#)
    }

    /// A complaint repeats the input for whoever debugs a client, but no secret.
    @Test func complaintsKeepSecrets() throws {
        for key in ["password", "new_password", "api_key", "OPENAI_API_KEY", "token", "client_secret"] {
            do {
                _ = try form(#"{"\#(key)":["hunter2"],"name":"n"}"#).string(key)
                Issue.record("a list is no string")
            } catch let error as APIError {
                #expect(!error.detail.text.contains("hunter2"), "\(key)")
            }
            do {
                _ = try form(#"{"\#(key)":"hunter2","name":"n"}"#).string("missing")
                Issue.record("it is missing")
            } catch let error as APIError {
                #expect(!error.detail.text.contains("hunter2"), "\(key)")
                #expect(error.detail[0]?["input"]?["name"] == "n")
            }
        }
    }
}
