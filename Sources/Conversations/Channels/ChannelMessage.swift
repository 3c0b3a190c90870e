import Core
import Postgres

/// A message as it is stored. Times are in nanoseconds since 1970.
struct ChannelMessage {
    let id: String
    let authorID: String
    let channelID: String
    let replyToID: String?
    /// The message that the thread hangs from.
    let parentID: String?
    let content: String
    let data: RawJSON?
    let meta: RawJSON?
    let createdAt: Int
    let updatedAt: Int

    static let columnCount = 10

    /// What `init(row:from:)` reads of a table `channel_message`.
    static func columns(of alias: String) -> SQL {
        let names = [
            "id", "account_id", "channel_id", "reply_to_id", "parent_id", "content", "data::text", "meta::text",
            "created_at", "updated_at",
        ]
        return "\(unsafe: names.map { "\(alias).\($0)" }.joined(separator: ", "))"
    }

    init(row: Row, from first: Int = 0) throws {
        id = try row.text(first)
        authorID = try row.text(first + 1)
        channelID = try row.text(first + 2)
        replyToID = row.textOrNull(first + 3)
        parentID = row.textOrNull(first + 4)
        content = try row.text(first + 5)
        data = row.textOrNull(first + 6).map { RawJSON($0) }
        meta = row.textOrNull(first + 7).map { RawJSON($0) }
        createdAt = try row.int(first + 8)
        updatedAt = try row.int(first + 9)
    }

    /// Writes `{id, user_id, channel_id, reply_to_id, parent_id, content, data, meta, created_at, updated_at}`.
    func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    func writeMembers(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("user_id", authorID)
        json.field("channel_id", channelID)
        json.field("reply_to_id", replyToID)
        json.field("parent_id", parentID)
        json.field("content", content)
        json.field("data", raw: data?.text)
        json.field("meta", raw: meta?.text)
        json.field("created_at", createdAt)
        json.field("updated_at", updatedAt)
    }
}

/// A message with all that is shown with it.
struct ShownChannelMessage {
    let message: ChannelMessage
    /// Nil when the account is gone.
    let author: ChannelPerson?
    /// The message that this one answers, if that is still there.
    let quoted: (message: ChannelMessage, author: ChannelPerson?)?
    let replyCount: Int
    let latestReplyAt: Int?
    /// `[{name, user_ids, count}]` in JSON, in the order in which the names were first given.
    let reactions: String

    /// Everything `init(row:)` reads, in one query for all messages of a page, which is a query for rows of `channel_message`.
    static func query(_ page: SQL) -> SQL {
        """
        select \(ChannelMessage.columns(of: "m")), \(ChannelPerson.columns(of: "a")), replies.number, replies.latest, given.list,
            \(ChannelMessage.columns(of: "q")), \(ChannelPerson.columns(of: "qa"))
        from (\(page)) m
        left join account a on a.id = m.account_id
        left join lateral (
            select count(*) as number, max(r.created_at) as latest from channel_message r
            where r.parent_id = m.id and r.channel_id = m.channel_id
        ) replies on true
        left join lateral (
            select json_agg(json_build_object('name', n.name, 'user_ids', n.accounts, 'count', n.number) order by n.first, n.name) as list
            from (
                select x.name, json_agg(x.account_id order by x.created_at, x.account_id) as accounts, count(*) as number,
                    min(x.created_at) as first
                from channel_reaction x where x.message_id = m.id group by x.name
            ) n
        ) given on true
        left join channel_message q on q.id = m.reply_to_id and q.channel_id = m.channel_id
        left join account qa on qa.id = q.account_id
        order by m.created_at desc, m.id desc
        """
    }

    init(row: Row) throws {
        message = try ChannelMessage(row: row)
        var column = ChannelMessage.columnCount
        author = try ChannelPerson(row: row, from: column)
        column += ChannelPerson.columnCount
        replyCount = try row.int(column)
        latestReplyAt = try row.intOrNull(column + 1)
        reactions = row.textOrNull(column + 2) ?? "[]"
        column += 3
        quoted =
            row.isNull(column)
            ? nil
            : (
                try ChannelMessage(row: row, from: column),
                try ChannelPerson(row: row, from: column + ChannelMessage.columnCount)
            )
    }

    /// Writes the message and `user`, `reply_to_message`, `latest_reply_at`, `reply_count`, `reactions`.
    ///
    /// The event of a deletion shows a person in place of the author; events about reactions add the reaction's `name`.
    func write(to json: inout JSONWriter, as person: ChannelPerson? = nil, reaction: String? = nil) {
        json.object { json in
            message.writeMembers(to: &json)
            json.key("user")
            Self.write(person ?? author, to: &json)
            json.key("reply_to_message")
            if let quoted {
                json.object {
                    quoted.message.writeMembers(to: &$0)
                    $0.key("user")
                    Self.write(quoted.author, to: &$0)
                }
            } else {
                json.null()
            }
            json.field("latest_reply_at", latestReplyAt)
            json.field("reply_count", replyCount)
            json.field("reactions", raw: reactions)
            if let reaction { json.field("name", reaction) }
        }
    }

    private static func write(_ person: ChannelPerson?, to json: inout JSONWriter) {
        if let person { person.write(to: &json) } else { json.null() }
    }
}
