import Accounts
import Core
import HTTP
import Postgres

enum PromptRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/prompts/", .verified, list),
        Route(.get, "/api/v1/prompts/list", .verified, listWritable),
        Route(.post, "/api/v1/prompts/create", .verified, create),
        Route(.get, "/api/v1/prompts/command/{command}", .verified, show),
        Route(.post, "/api/v1/prompts/command/{command}/update", .verified, update),
        Route(.delete, "/api/v1/prompts/command/{command}/delete", .verified, delete),
    ]

    private static let publishing = "sharing.public_prompts"
    static let commandTaken = "Uh-oh! This command is already registered. Please choose another command string."

    /// What the caller may use.
    private static func list(_ context: Context) throws -> Response {
        let rows = try rows(.read, context)
        return try .json { json in
            try json.array(of: rows) { json, row in try json.object { try Prompt.writeMembers(row, &$0) } }
        }
    }

    /// What the caller may change, with owners.
    private static func listWritable(_ context: Context) throws -> Response {
        let rows = try rows(.write, context)
        return try .json { json in
            try json.array(of: rows) { json, row in
                try json.object {
                    try Prompt.writeMembers(row, &$0)
                    $0.key("user")
                    try Owner.write(row, from: Prompt.columnCount, &$0)
                }
            }
        }
    }

    private static func create(_ context: Context) throws -> Response {
        try context.requireWorkspace("workspace.prompts")
        var form = try PromptForm(Form(context.request))
        try form.checkCommand()
        form.accessControl = try context.published(form.accessControl, Self.publishing)
        guard let prompt = try PromptStore.insert(form, owner: context.account.id, context.database) else {
            throw APIError.badRequest(commandTaken)
        }
        return try prompt.response()
    }

    /// Null for whom it is not shared with.
    private static func show(_ context: Context) throws -> Response {
        let prompt = try find(context)
        let mayRead = try context.account.isAdmin || allows(.read, prompt, context)
        return mayRead ? try prompt.response() : .json(.null)
    }

    /// The command itself can not be changed; the form's is not looked at.
    private static func update(_ context: Context) throws -> Response {
        var form = try PromptForm(Form(context.request))
        let prompt = try writable(context)
        let isPublic = prompt.accessControl == nil
        form.accessControl = try context.published(form.accessControl, wasPublic: isPublic, Self.publishing)
        guard let changed = try PromptStore.update(prompt.command, form, context.database) else {
            throw APIError.unauthorized(Detail.notFound)
        }
        return try changed.response()
    }

    private static func delete(_ context: Context) throws -> Response {
        try PromptStore.delete(writable(context).command, context.database)
        return .json(true)
    }

    private static func rows(_ right: AccessControl.Right, _ context: Context) throws -> Rows {
        let account = try context.seesAllOfWorkspace ? nil : context.account.id
        return try PromptStore.list(right, account: account, context.database)
    }

    private static func find(_ context: Context) throws -> Prompt {
        guard let prompt = try PromptStore.find("/" + context.parameter("command"), context.database) else {
            throw APIError.unauthorized(Detail.notFound)
        }
        return prompt
    }

    private static func writable(_ context: Context) throws -> Prompt {
        let prompt = try find(context)
        guard try context.account.isAdmin || allows(.write, prompt, context) else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        return prompt
    }

    private static func allows(_ right: AccessControl.Right, _ prompt: Prompt, _ context: Context) throws -> Bool {
        let account = try context.account
        return AccessControl.allows(
            prompt.accessControl,
            right,
            account: account.id,
            groupIDs: Set(account.groupIDs),
            owner: prompt.ownerID
        )
    }
}
