package import Core
package import OrderedCollections
package import Postgres

/// Writes single messages. The cost of each function but `save` and `branch` does not depend on the length of the chat.
///
/// Whatever locks a chat's row and its messages' rows locks the chat's first, so that two writers never wait for each other.
package enum MessageStore {
    /// The longest id of a message, in bytes; those of the web client have 36.
    package static let maximumID = 255

    /// Inserts the new ones and changes those that differ, in one statement. Keys that the client does not send stay: the server may have
    /// added follow-ups or sources meanwhile. Where the client's message is an outdated one (`isOutdated`), the stored text and keys win.
    /// With `keepingTexts` those of questions and finished answers stay in any case.
    package static func save(
        _ messages: OrderedDictionary<String, ChatDocument.Message>,
        of chatID: String,
        keepingTexts: Bool = false,
        _ database: Connection
    ) throws {
        guard !messages.isEmpty else { return }
        let isFixed: SQL =
            keepingTexts
            ? "coalesce(m.content <> '' and (m.role = 'user' or m.body -> 'done' = 'true'), false)" : "false"
        let content: SQL = "case when \(isFixed) then m.content else \(mergedContent) end"
        let body: SQL =
            "case when \(isFixed) and jsonb_exists(excluded.body, 'content') then m.body else \(mergedBody) end"
        var json = JSONWriter(capacity: 256 * messages.count)
        json.array(of: messages) { json, element in
            json.object { json in
                json.field("id", element.key)
                json.field("parent_id", element.value.parentID)
                json.field("role", element.value.role)
                json.field("content", element.value.content)
                json.field("body", .object(element.value.body))
            }
        }
        try database.execute(
            """
            insert into chat_message as m (chat_id, id, parent_id, role, content, body)
            select \(chatID), sent.id, sent.parent_id, sent.role, sent.content, sent.body
            from rows from (json_to_recordset(\(VerbatimJSON(json.text)))
                as (id text, parent_id text, role text, content text, body jsonb)) with ordinality
                as sent (id, parent_id, role, content, body, place)
            order by sent.place
            on conflict (chat_id, id) do update set
                parent_id = excluded.parent_id,
                role = coalesce(excluded.role, m.role),
                content = \(content),
                body = \(body)
            where m.parent_id is distinct from excluded.parent_id
                or m.role is distinct from coalesce(excluded.role, m.role)
                or m.content is distinct from \(content)
                or m.body is distinct from \(body)
            """
        )
    }

    /// Whether the client's message is an earlier state of the stored one: of an answer that is being written, or one that is empty or
    /// only the beginning of an answer which is done.
    private static let isOutdated: SQL = """
        (m.streaming or m.role = 'assistant' and m.content <> '' and (excluded.content = ''
            or m.body -> 'done' = 'true' and excluded.body -> 'done' is distinct from 'true'
                and length(excluded.content) < length(m.content) and starts_with(m.content, excluded.content)))
        """

    /// A `content` in the body is one that is no text; it takes the place of the text, and the other way round.
    private static let mergedContent: SQL = """
        case when \(isOutdated) then m.content
            when excluded.content is null and not jsonb_exists(excluded.body, 'content') then m.content
            else excluded.content end
        """

    private static let mergedBody: SQL = """
        case when \(isOutdated) then (case when m.content is null then excluded.body else excluded.body - 'content' end) || m.body
            when excluded.content is not null then (m.body - 'content') || excluded.body
            else m.body || excluded.body end
        """

    /// Takes note that an answer is going to be written into this message.
    package static func begin(_ id: String, of chatID: String, model: String, _ database: Connection) throws {
        let patch = RawJSON(["model": .string(model)])
        try database.execute(
            """
            with touched as (update chat set current_id = \(id), updated_at = \(Clock.nowSeconds) where id = \(chatID) returning id)
            insert into chat_message as m (chat_id, id, role, content, body, streaming)
            select id, \(id), 'assistant', '', \(patch), true from touched
            on conflict (chat_id, id) do update set body = m.body || excluded.body, streaming = true
            """
        )
    }

    /// Writes the text so far.
    package static func checkpoint(_ id: String, of chatID: String, content: String, _ database: Connection) throws {
        try database.execute("update chat_message set content = \(content) where chat_id = \(chatID) and id = \(id)")
    }

    /// Writes the final text (nil leaves it as it is) and sets the keys of the patch; from now on the message is found by search, and
    /// clients may change it. With `unlessEnded`, an answer that has ended already stays as it is.
    ///
    /// - Returns: whether there was something to write.
    @discardableResult
    package static func finish(
        _ id: String,
        of chatID: String,
        content: String?,
        patch: JSONObject = [:],
        unlessEnded: Bool = false,
        _ database: Connection
    ) throws -> Bool {
        try database.execute(
            """
            with touched as (update chat set updated_at = \(Clock.nowSeconds) where id = \(chatID) returning id)
            update chat_message m set content = coalesce(\(content as String?), content), body = body || \(RawJSON(.object(patch))),
                streaming = false
            from touched where m.chat_id = touched.id and m.id = \(id) and (m.streaming or not \(unlessEnded))
            """
        ) > 0
    }

    /// Whether an answer is still being written to this chat. After `finish`, whose lock on the chat lasts until the transaction's end, only
    /// one of several answers that end at the same moment is told that it was the last.
    package static func isStreaming(_ chatID: String, _ database: Connection) throws -> Bool {
        try !database.query("select from chat_message where chat_id = \(chatID) and streaming limit 1").isEmpty
    }

    /// Sets keys of a message that is there.
    package static func merge(_ id: String, of chatID: String, _ patch: JSONObject, _ database: Connection) throws {
        try database.execute(
            "update chat_message set body = body || \(RawJSON(.object(patch))) where chat_id = \(chatID) and id = \(id)"
        )
    }

    package enum End: Sendable {
        case front, back
    }

    /// Adds elements to a list in a message that is there; what others add at the same moment is kept.
    package static func add(
        _ elements: [JSONValue],
        to key: String,
        at end: End = .back,
        _ id: String,
        of chatID: String,
        _ database: Connection
    ) throws {
        let list = RawJSON(.array(elements))
        let old: SQL = "case when jsonb_typeof(body -> \(key)) = 'array' then body -> \(key) else '[]'::jsonb end"
        let combined: SQL = end == .back ? "\(old) || \(list)" : "\(list) || \(old)"
        try database.execute(
            """
            update chat_message set body = jsonb_set(body, array[\(key)], \(combined))
            where chat_id = \(chatID) and id = \(id)
            """
        )
    }

    /// Replaces the text of a message, which becomes the current one; a message that is not there is created.
    package static func setContent(_ content: String, _ id: String, of chatID: String, _ database: Connection) throws {
        try database.execute(
            """
            with touched as (update chat set current_id = \(id), updated_at = \(Clock.nowSeconds) where id = \(chatID) returning id)
            insert into chat_message as m (chat_id, id, content, body) select id, \(id), \(content), '{}' from touched
            on conflict (chat_id, id) do update set content = excluded.content, body = m.body - 'content'
            """
        )
    }

    /// Adds to the text of a message that is there.
    package static func append(_ text: String, _ id: String, of chatID: String, _ database: Connection) throws {
        try database.execute(
            "update chat_message set content = coalesce(content, '') || \(text) where chat_id = \(chatID) and id = \(id)"
        )
    }

    /// The text of a message whose answer is going to be written now; nil when there is none. An answer before it that was stopped may
    /// have closed the message again since `begin`.
    package static func resume(_ id: String, of chatID: String, _ database: Connection) throws -> String? {
        let message = try database.query(
            "select content, streaming from chat_message where chat_id = \(chatID) and id = \(id)"
        ).first
        guard let message else { return nil }
        if try !message.bool(1) {
            try database.execute(
                "update chat_message set streaming = true where chat_id = \(chatID) and id = \(id) and not streaming"
            )
        }
        return message.textOrNull(0)
    }

    /// The messages from the root to this one, as `(id, role, content, body)`. A cycle ends the walk.
    ///
    /// Two queries that each take one pass: a recursive one takes a step of the executor for every message.
    package static func branch(
        endingIn id: String,
        of chatID: String,
        _ database: Connection
    ) throws -> [(id: String, role: String?, content: String?, body: JSONObject)] {
        var parents: [String: String?] = [:]
        for row in try database.query("select id, parent_id from chat_message where chat_id = \(chatID)") {
            parents.updateValue(row.textOrNull(1), forKey: try row.text(0))
        }
        let ids = ChatDocument.branch(endingIn: id) { parents[$0] }
        let rows = try database.query(
            """
            select m.id, m.role, m.content, m.body::text
            from unnest(\(ids)) with ordinality as branch (id, place) join chat_message m on m.chat_id = \(chatID) and m.id = branch.id
            order by branch.place
            """
        )
        return try rows.map { row in
            (try row.text(0), row.textOrNull(1), row.textOrNull(2), try JSONValue(parsing: row.text(3)).object ?? [:])
        }
    }
}
