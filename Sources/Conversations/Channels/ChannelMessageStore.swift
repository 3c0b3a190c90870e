import Core
import Crypto
import Postgres

enum ChannelMessageStore {
    static func find(_ id: String, _ database: Connection) throws -> ShownChannelMessage? {
        try shown("select * from channel_message where id = \(id)", database).first
    }

    /// What is needed to decide about a message, without what is shown with it.
    static func plain(_ id: String, _ database: Connection) throws -> ChannelMessage? {
        try database.query("select \(ChannelMessage.columns(of: "m")) from channel_message m where m.id = \(id)")
            .first.map { try ChannelMessage(row: $0) }
    }

    /// Messages outside of threads, the newest first. Those of the same nanosecond keep an order, too.
    static func roots(of channel: String, _ page: ChannelPage, _ database: Connection) throws -> [ShownChannelMessage] {
        try shown(
            """
            select * from channel_message where channel_id = \(channel) and parent_id is null
            order by created_at desc, id desc \(page.clause)
            """,
            database
        )
    }

    /// The replies to a message, the newest first.
    static func replies(to message: ChannelMessage, _ page: ChannelPage, _ database: Connection) throws
        -> [ShownChannelMessage]
    {
        try shown(
            """
            select * from channel_message where parent_id = \(message.id) and channel_id = \(message.channelID)
            order by created_at desc, id desc \(page.clause)
            """,
            database
        )
    }

    private static func shown(_ page: SQL, _ database: Connection) throws -> [ShownChannelMessage] {
        try database.query(ShownChannelMessage.query(page)).map(ShownChannelMessage.init)
    }

    /// Nothing happens when the id is there already.
    static func insert(
        _ form: ChannelMessageForm,
        id: String = Random.uuid(),
        channel: String,
        author: String,
        _ database: Connection
    ) throws -> String {
        let now = Clock.nowNanoseconds
        try database.execute(
            """
            insert into channel_message
                (id, channel_id, account_id, parent_id, reply_to_id, content, data, meta, created_at, updated_at)
            values (\(id), \(channel), \(author), \(form.parentID), \(form.replyToID), \(form.content), \(form.data), \(form.meta),
                \(now), \(now))
            on conflict (id) do nothing
            """
        )
        return id
    }

    /// Sets the text; the keys of `data` and `meta` replace those that are there, and others stay.
    static func update(_ id: String, content: String, data: RawJSON?, meta: RawJSON?, _ database: Connection) throws {
        try database.execute(
            """
            update channel_message m set content = \(content), data = \(merged("m.data", data)), meta = \(merged("m.meta", meta)),
                updated_at = greatest(\(Clock.nowNanoseconds), m.updated_at + 1)
            where m.id = \(id)
            """
        )
    }

    private static func merged(_ column: SQL, _ changes: RawJSON?) -> SQL {
        "case when jsonb_typeof(\(column)) = 'object' then \(column) else '{}' end || \(changes ?? RawJSON([:]))"
    }

    /// With its reactions. Replies stay, and are no longer shown.
    static func delete(_ id: String, _ database: Connection) throws {
        try database.execute("delete from channel_message where id = \(id)")
    }

    /// The same reaction of the same account counts once.
    static func addReaction(_ name: String, to id: String, by account: String, _ database: Connection) throws {
        try database.execute(
            """
            insert into channel_reaction (message_id, account_id, name, created_at)
            select m.id, \(account), \(name), \(Clock.nowNanoseconds) from channel_message m where m.id = \(id) for key share
            on conflict do nothing
            """
        )
    }

    static func removeReaction(_ name: String, from id: String, by account: String, _ database: Connection) throws {
        try database.execute(
            "delete from channel_reaction where message_id = \(id) and account_id = \(account) and name = \(name)"
        )
    }
}
