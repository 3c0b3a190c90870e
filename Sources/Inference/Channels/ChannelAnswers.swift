package import Accounts
import Conversations
import Core
package import Events
package import Jobs
package import Logging
import Outbound
import Postgres
import Wire

/// Has models answer in channels.
package struct ChannelAnswers: Sendable {
    private let settings: LiveSettings
    private let publisher: Publisher
    private let log: Logger

    package init(settings: LiveSettings, publisher: Publisher, log: Logger) {
        self.settings = settings
        self.publisher = publisher
        self.log = log
    }

    /// Each answer waits for a provider, so many run at the same time. A provider's refusal is told in the channel and not tried again;
    /// only a process that dies makes a second attempt.
    package var kind: JobKind {
        JobKind(ChannelAnswer.jobKind, limit: 256, maximumAttempts: 3, run: run, abandon: abandon)
    }

    /// What an answer needs to know, read once at its beginning.
    private struct Surroundings {
        let account: Account
        let model: CatalogModel
        let preparation: CompletionPreparation
    }

    private func run(_ job: Job, _ tools: JobTools) throws {
        guard let answer = ChannelAnswer(payload: job.payload) else { throw JobRefusal("the job is no answer") }
        guard let surroundings = try tools.withDatabase({ try surroundings(of: answer, $0) }),
            let thread = try tools.withDatabase({
                try answer.begin(surroundings.model.name, account: surroundings.account, publisher, $0)
            })
        else { return }
        let text: String
        do {
            text = try complete(ChannelPrompt(thread, surroundings.model), surroundings, tools)
        } catch let error as OutboundError where error.kind == .cancelled {
            throw error
        } catch {
            let reason = self.reason(error)
            return try tools.withDatabase {
                try answer.end(reason, isError: true, account: surroundings.account, publisher, $0)
            }
        }
        try tools.withDatabase { try answer.end(text, account: surroundings.account, publisher, $0) }
    }

    private func abandon(_ job: Job, _ tools: JobTools) throws {
        guard let answer = ChannelAnswer(payload: job.payload) else { return }
        try tools.withDatabase { database in
            guard let account = try Account.find(answer.accountID, database) else { return }
            try answer.end("The answer was interrupted.", isError: true, account: account, publisher, database)
        }
    }

    /// - Returns: nil when the account is gone, or may not ask such a model: then there is no answer, as for any other word.
    private func surroundings(of answer: ChannelAnswer, _ database: Connection) throws -> Surroundings? {
        try settings.refresh(toVersion: SettingsStore.version(database), database)
        let current = settings.current
        let catalog = try CatalogCache.process.catalog(settings, database)
        guard let account = try Account.find(answer.accountID, database), account.role != .pending,
            let model = catalog[answer.modelID],
            try ModelAccess(account: account, settings: current).mayAsk(model, in: catalog, database)
        else { return nil }
        return Surroundings(
            account: account,
            model: model,
            preparation: CompletionPreparation(account: account, catalog: catalog, settings: current)
        )
    }

    private func complete(_ prompt: ChannelPrompt, _ surroundings: Surroundings, _ tools: JobTools) throws -> String {
        let completion = try surroundings.preparation.prepare(prompt.body)
        let source = CompletionSource(http: tools.http, publisher: publisher)
        var status = 200
        var body: [UInt8] = []
        try source.stream(
            completion,
            place: nil,
            account: surroundings.account.id,
            control: TurnControl(),
            isInterrupted: { tools.cancellation.isCancelled },
            onHead: { status = $0.status },
            onData: { body.append(contentsOf: $0) }
        )
        let json = try? JSONValue(parsing: body)
        guard status < 400, let answer = json.flatMap(CompletionAnswer.init) else {
            throw ProviderRefusal(json, body, status: status)
        }
        guard !answer.text.isEmpty else { throw CompletionSource.Failure(message: "its answer was empty.") }
        return answer.text
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case let error as ProviderRefusal: "The model gave no answer: \(error.refusal.text)"
        case let error as CompletionSource.Failure: "The model gave no answer: \(error.message)"
        case let error as OutboundError: "The model could not be reached: \(error.message)"
        default: unexpected(error)
        }
    }

    private func unexpected(_ error: any Error) -> String {
        log.error("an answer in a channel failed", metadata: ["error": "\(error)"])
        return "Something went wrong while the answer was made."
    }
}

extension Refusal {
    /// The words of a provider's error object.
    fileprivate var text: String {
        content["message"]?.string ?? message
    }
}
