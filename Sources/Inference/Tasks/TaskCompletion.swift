import Accounts
import Core
import Crypto
import Events
import HTTP
import Outbound
import Postgres

/// A task that a client asks for: whose it is, and of which model.
struct TaskCompletion {
    private let context: Context
    private let preparation: CompletionPreparation
    private let model: CatalogModel
    private let chatID: String?

    private static let modelNotFound = APIError.notFound("Model not found")

    /// - Throws: 404 for a model that is not there or not for this account. The task model is the administrators' choice for everybody.
    init(_ form: Form, _ context: Context) throws {
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        guard let model = catalog[try form.string("model")], try ModelAccess(context).mayUse(model) else {
            throw Self.modelNotFound
        }
        self.context = context
        self.model = model
        chatID = form["chat_id"]?.string
        preparation = CompletionPreparation(
            account: try context.account,
            catalog: catalog,
            settings: try context.settings,
            token: Authenticator.token(of: context.request),
            requestID: context.request.client.requestID
        )
    }

    /// For the placeholders of date, time and account.
    var system: SystemPrompt {
        preparation.prompt(variables: [:])
    }

    /// - Throws: 422 for what are no messages.
    static func messages(_ form: Form) throws -> [TaskPrompt.Message] {
        try form.list("messages").enumerated().map { index, message in
            guard let role = message["role"]?.string else {
                throw APIError.invalid(
                    "string_type",
                    at: ["body", "messages", JSONValue(index), "role"],
                    "Input should be a valid string"
                )
            }
            return TaskPrompt.Message(role: role, text: Messages.text(of: message))
        }
    }

    /// The provider's completion, with its status. Where the provider gives no answer, the status is `failure`.
    func answer(_ kind: TaskKind, _ prompt: TaskPrompt, failure: Int = 400) throws -> Response {
        do {
            let completion = try preparation.prepare(request(kind, prompt), chatID: chatID)
            return try response(completion, complete(completion), failure: failure)
        } catch is CompletionPreparation.UnknownModel {
            throw Self.modelNotFound
        } catch let error as OutboundError {
            throw APIError(failure, .string("The provider could not be reached: \(error.message)"))
        } catch let error as CompletionSource.Failure {
            throw APIError(failure, .string(error.message))
        }
    }

    /// The provider's stream, by way of the queue and the daemon.
    func stream(_ kind: TaskKind, _ prompt: TaskPrompt) throws -> Response {
        var body = request(kind, prompt)
        body["stream"] = true
        let id = Random.uuid()
        let key = StreamKey(name: id)
        let turn = Turn(
            id: id,
            accountID: preparation.account.id,
            reply: .stream(key: key.secret),
            kind: .chat,
            body: body,
            token: preparation.token,
            requestID: preparation.requestID
        )
        try TurnRoutes.admit(turn, context)
        try TurnStore.enqueue(turn, context.database)
        return .accelerated(to: key.location, token: key.secret)
    }

    /// Gives up when the client has left, as one does that types on while a completion is on its way.
    private func complete(_ completion: PreparedCompletion) throws -> (status: Int, body: [UInt8]) {
        var status = 200
        var body: [UInt8] = []
        try CompletionSource(http: context.http, publisher: context.publisher).stream(
            completion,
            place: nil,
            account: preparation.account.id,
            control: TurnControl(),
            isInterrupted: context.request.client.isGone,
            onHead: { status = $0.status },
            onData: { body.append(contentsOf: $0) }
        )
        return (status, body)
    }

    /// Merging answers is no housekeeping: the model that was named does it.
    private func request(_ kind: TaskKind, _ prompt: TaskPrompt) -> JSONObject {
        let worker =
            kind == .mergedAnswer
            ? TaskModel(model) : TaskModel.doing(tasksOf: model, preparation.catalog, preparation.settings)
        return worker.request(kind, prompt: prompt.fill(kind.template(preparation.settings)))
    }

    private func response(_ completion: PreparedCompletion, _ answer: (status: Int, body: [UInt8]), failure: Int) throws
        -> Response
    {
        let (status, body) = answer
        guard var json = try? JSONValue(parsing: body) else {
            guard status >= 400 else { throw APIError(failure, "The provider's answer is no JSON") }
            return .text(String(decoding: body, as: UTF8.self), status: status)
        }
        guard let selected = completion.selectedModelID, json.object != nil else {
            return Response(status: status, headers: [("Content-Type", "application/json")], body: body)
        }
        json["selected_model_id"] = .string(selected)
        return .json(json, status: status)
    }
}
