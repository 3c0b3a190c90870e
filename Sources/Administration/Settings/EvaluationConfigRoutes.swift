import Accounts
import Core
import HTTP

/// The settings of the arena, in which users compare models. (Their judgements are a feature that comes later.)
enum EvaluationConfigRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/evaluations/config", .admin, page.show),
        Route(.post, "/api/v1/evaluations/config", .admin, save),
    ]

    private static let page = SettingsForm(fields: [
        .optional(Setting.enableEvaluationArenaModels), .optional(Setting.evaluationArenaModels),
    ])

    private static func save(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        if form.present(Setting.evaluationArenaModels.name) { _ = try form.forms(Setting.evaluationArenaModels.name) }
        return try page.save(context)
    }
}
