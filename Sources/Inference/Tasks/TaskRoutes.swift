package import Accounts
import Core
package import HTTP

/// Tasks that clients ask for by themselves. All but the merged answer go to the task model. They wait for a provider, so they are served by
/// the slow pool.
package enum TaskRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/tasks/config", .verified, TaskSettings.show),
        Route(.post, "/api/v1/tasks/config/update", .admin, TaskSettings.update),
        Route(.post, "/api/v1/tasks/title/completions", .verified, title),
        Route(.post, "/api/v1/tasks/follow_up/completions", .verified, followUps),
        Route(.post, "/api/v1/tasks/tags/completions", .verified, tags),
        Route(.post, "/api/v1/tasks/image_prompt/completions", .verified, imagePrompt),
        Route(.post, "/api/v1/tasks/queries/completions", .verified, queries),
        Route(.post, "/api/v1/tasks/auto/completions", .verified, autocompletion),
        Route(.post, "/api/v1/tasks/emoji/completions", .verified, emoji),
        Route(.post, "/api/v1/tasks/moa/completions", .verified, mergedAnswer),
    ]

    private static func title(_ context: Context) throws -> Response {
        guard TaskKind.title.isEnabled(try context.settings) else { return disabled("Title generation is disabled") }
        return try aboutMessages(.title, context)
    }

    private static func followUps(_ context: Context) throws -> Response {
        guard TaskKind.followUps.isEnabled(try context.settings) else {
            return disabled("Follow-up generation is disabled")
        }
        return try aboutMessages(.followUps, context)
    }

    private static func tags(_ context: Context) throws -> Response {
        guard TaskKind.tags.isEnabled(try context.settings) else { return disabled("Tags generation is disabled") }
        return try aboutMessages(.tags, context, failure: 500)
    }

    private static func imagePrompt(_ context: Context) throws -> Response {
        try aboutMessages(.imagePrompt, context)
    }

    private static func queries(_ context: Context) throws -> Response {
        let settings = try context.settings
        switch try Form(context.request)["type"]?.string {
        case "web_search" where !settings[Setting.enableSearchQueryGeneration]:
            throw APIError.badRequest("Search query generation is disabled")
        case "retrieval" where !settings[Setting.enableRetrievalQueryGeneration]:
            throw APIError.badRequest("Query generation is disabled")
        default: return try aboutMessages(.queries, context)
        }
    }

    private static func autocompletion(_ context: Context) throws -> Response {
        let settings = try context.settings
        guard TaskKind.autocompletion.isEnabled(settings) else {
            throw APIError.badRequest("Autocompletion generation is disabled")
        }
        let form = try Form(context.request)
        let task = try TaskCompletion(form, context)
        var prompt = TaskPrompt(task.system)
        prompt.prompt = try form.string("prompt")
        let limit = settings[Setting.autocompleteGenerationInputMaxLength]
        if limit > 0, prompt.prompt?.unicodeScalars.count ?? 0 > limit {
            throw APIError.badRequest("Input prompt exceeds maximum length of \(limit)")
        }
        prompt.messages = form.present("messages") ? try TaskCompletion.messages(form) : []
        prompt.type = try form.optionalString("type") ?? ""
        return try task.answer(.autocompletion, prompt, failure: 500)
    }

    private static func emoji(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let task = try TaskCompletion(form, context)
        var prompt = TaskPrompt(task.system)
        prompt.prompt = try form.string("prompt")
        return try task.answer(.emoji, prompt)
    }

    private static func mergedAnswer(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let task = try TaskCompletion(form, context)
        var prompt = TaskPrompt(task.system)
        prompt.prompt = try form.string("prompt")
        prompt.responses = try form.strings("responses")
        return try form.optionalBool("stream") ?? false
            ? task.stream(.mergedAnswer, prompt) : task.answer(.mergedAnswer, prompt)
    }

    private static func aboutMessages(_ kind: TaskKind, _ context: Context, failure: Int = 400) throws -> Response {
        let form = try Form(context.request)
        let task = try TaskCompletion(form, context)
        return try task.answer(kind, TaskPrompt(TaskCompletion.messages(form), task.system), failure: failure)
    }

    private static func disabled(_ detail: String) -> Response {
        .json(["detail": .string(detail)])
    }
}
