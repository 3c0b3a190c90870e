import Core
import HTTP

/// `{title, data?, meta?, access_control?}`, as notes are made and changed with it.
struct NoteForm {
    let title: String
    let data: JSONObject?
    let meta: JSONObject?
    /// Nil when the form does not speak of it.
    let control: JSONValue?

    init(_ request: Request) throws {
        let form = try Form(request)
        title = try form.string("title")
        data = try form.optionalDictionary("data")
        meta = try form.optionalDictionary("meta")
        control =
            if form["access_control"] == nil {
                nil
            } else {
                .some(try form.optionalDictionary("access_control").map(JSONValue.object) ?? .null)
            }
    }
}
