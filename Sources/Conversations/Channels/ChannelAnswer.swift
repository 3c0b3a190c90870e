package import Accounts
package import Core
import Crypto
package import Events
import Jobs
package import Postgres

/// A model's answer to a message that names it, or that replies to a message of its own. It is made by a job: first an empty message in
/// the thread, then its text.
package struct ChannelAnswer: Sendable {
    package let channelID: String
    /// The message to be answered.
    package let messageID: String
    package let modelID: String
    /// The answer's own id, given in advance, so that a job which is run again goes on with the same message.
    package let answerID: String
    /// Who wrote the message: the answer is made with that account's rights.
    package let accountID: String

    package static let jobKind = "channel.answer"

    /// How many models one message may set to work.
    private static let maximumModels = 8
    /// How much of a thread a model gets to read.
    private static let maximumThread = 50

    package init?(payload: JSONValue) {
        guard let channel = payload["channel_id"]?.string, let message = payload["message_id"]?.string,
            let model = payload["model_id"]?.string, let answer = payload["answer_id"]?.string,
            let account = payload["user_id"]?.string
        else { return nil }
        (channelID, messageID, modelID, answerID, accountID) = (channel, message, model, answer, account)
    }

    /// Queues the answers to a new message, one for each model. Those of one thread are made one after the other, so that each model reads
    /// what the one before it said. Whether there is such a model, and whether it may be asked, is found out by the job.
    static func queue(_ message: ShownChannelMessage, _ database: Connection) throws {
        var models: [String] = []
        if let quoted = try message.quoted?.message.meta?.parsed()["model_id"]?.string { models.append(quoted) }
        models += Mention.all(in: message.message.content).filter { $0.kind == .model }.map(\.id)
        var seen: Set<String> = []
        let chosen = models.filter { seen.insert($0).inserted }.prefix(maximumModels)
        let lane = "channel thread \(message.message.parentID ?? message.message.id)"
        let jobs = chosen.map { model -> (payload: JSONValue, lane: String?) in
            let payload: JSONValue = [
                "channel_id": .string(message.message.channelID), "message_id": .string(message.message.id),
                "model_id": .string(model),
                "answer_id": .string(Random.uuid()), "user_id": .string(message.message.authorID),
            ]
            return (payload, lane)
        }
        try JobStore.enqueue(jobKind, jobs, database)
    }

    /// What a model gets to read.
    package struct Thread: Sendable {
        /// The messages so far in the order they came, each as `name: text`.
        package let lines: [String]
        /// The message to be answered, likewise.
        package let question: String
        /// Addresses of the thread's pictures.
        package let pictures: [String]
    }

    /// Shows the empty answer, unless that was done before.
    ///
    /// - Returns: nil when there is nothing to answer (any more), or the account may not write in the channel.
    package func begin(
        _ modelName: String,
        account: Account,
        _ publisher: Publisher,
        _ database: Connection
    ) throws -> Thread? {
        try database.transaction {
            guard let channel = try ChannelStore.hold(channelID, database), channel.allows(.write, account),
                let question = try ChannelMessageStore.plain(messageID, database), question.channelID == channelID
            else { return nil }
            if try ChannelMessageStore.plain(answerID, database)?.meta?.parsed()["done"]?.bool == true { return nil }
            let root = question.parentID ?? question.id
            let thread = try thread(root, question, account, database)
            let form = ChannelMessageForm(
                content: "",
                parentID: root,
                meta: ["model_id": .string(modelID), "model_name": .string(modelName)]
            )
            try ChannelPosting(channel: channel, account: account, publisher: publisher, database: database).begin(
                form,
                id: answerID
            )
            return thread
        }
    }

    /// Saves and shows the text of the answer, or why there is none.
    package func end(
        _ content: String,
        isError: Bool = false,
        account: Account,
        _ publisher: Publisher,
        _ database: Connection
    ) throws {
        guard let channel = try ChannelStore.find(channelID, database) else { return }
        var meta: JSONObject = ["done": true]
        if isError { meta["error"] = ["content": .string(content)] }
        try ChannelMessageStore.update(answerID, content: content, data: nil, meta: RawJSON(.object(meta)), database)
        guard let answer = try ChannelMessageStore.find(answerID, database) else { return }
        ChannelEvent(in: channel, by: account, publisher).updated(answer)
    }

    private func thread(
        _ root: String,
        _ question: ChannelMessage,
        _ account: Account,
        _ database: Connection
    ) throws -> Thread {
        var messages: [ShownChannelMessage] = []
        if let root = try ChannelMessageStore.find(root, database) {
            messages = try ChannelMessageStore.replies(
                to: root.message,
                ChannelPage(limit: Self.maximumThread),
                database
            )
            if messages.count < Self.maximumThread { messages.append(root) }
        }
        let read = messages.reversed().filter { $0.message.id != answerID && !$0.message.content.isEmpty }
        return Thread(
            lines: try read.map(line),
            question: "\(account.name): \(Mention.plain(question.content))",
            pictures: try read.flatMap { try Self.pictures(in: $0.message) }
        )
    }

    private func line(_ shown: ShownChannelMessage) throws -> String {
        let meta = try shown.message.meta?.parsed()
        let model = meta?["model_id"]?.string.map { meta?["model_name"]?.string ?? $0 }
        return "\(model ?? shown.author?.name ?? "Unknown"): \(Mention.plain(shown.message.content))"
    }

    /// Those that a provider can look at: the picture itself, or a public address.
    private static func pictures(in message: ChannelMessage) throws -> [String] {
        (try message.data?.parsed()["files"]?.array ?? []).compactMap { file in
            guard file["type"]?.string == "image", let url = file["url"]?.string else { return nil }
            return ["data:image/", "https://", "http://"].contains(where: url.hasPrefix) ? url : nil
        }
    }
}
