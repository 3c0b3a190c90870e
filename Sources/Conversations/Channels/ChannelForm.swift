import Accounts
import Core
import HTTP
import Postgres

/// `{name, description?, data?, meta?, access_control?}`.
struct ChannelForm {
    let name: String
    private let form: Form

    private static let maximumName = 255

    init(_ form: Form) throws {
        self.form = form
        name = try form.string("name")
        guard name.utf8.count <= Self.maximumName else {
            throw APIError.badRequest(Detail.error("The name is too long"))
        }
        _ = try form.optionalString("description")
        for key in ["data", "meta", "access_control"] { _ = try form.optionalDictionary(key) }
    }

    func has(_ key: String) -> Bool { form[key] != nil }
    func text(_ key: String) -> String? { form[key]?.string }
    func json(_ key: String) -> RawJSON? { form[key]?.nonNull.map { RawJSON($0) } }
}

/// `{content, reply_to_id?, parent_id?, data?, meta?}`.
struct ChannelMessageForm {
    let content: String
    let replyToID: String?
    let parentID: String?
    let data: RawJSON?
    let meta: RawJSON?

    /// Bytes of a whole form: pictures lie inside, and each member's page gets all of it.
    private static let maximumSize = 16 << 20

    init(_ request: Request) throws {
        guard request.body.size <= Self.maximumSize else { throw APIError.tooLarge("The message is too long") }
        let form = try Form(request)
        content = try form.string("content")
        replyToID = try form.optionalString("reply_to_id")
        parentID = try form.optionalString("parent_id")
        data = try form.optionalDictionary("data").map { RawJSON(.object($0)) }
        meta = try form.optionalDictionary("meta").map { RawJSON(.object($0)) }
    }

    init(content: String, parentID: String?, meta: JSONObject) {
        self.content = content
        replyToID = nil
        self.parentID = parentID
        data = RawJSON([:])
        self.meta = RawJSON(.object(meta))
    }
}
