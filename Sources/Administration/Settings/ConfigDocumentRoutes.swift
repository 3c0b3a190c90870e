import Accounts
import Core
import HTTP
import Logging

enum ConfigDocumentRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/configs/export", .admin, export),
        Route(.post, "/api/v1/configs/import", .admin, `import`),
    ]

    private static func export(_ context: Context) throws -> Response {
        .json(try ConfigDocument.saved(context.database))
    }

    /// `{config}` replaces all that is saved; what it does not name goes back to its default. Answers what is saved then.
    private static func `import`(_ context: Context) throws -> Response {
        let document = JSONValue.object(try Form(secret: context.request).dictionary("config"))
        let settings = try context.settings
        let values = try ConfigDocument.values(of: document)
        try ConfigDocument.replace(with: values, context.database)
        try context.shared.settings.reload(context.database)
        let overridden = values.keys.filter { name in Setting.byName[name].map { settings.isFixed($0) } ?? false }
        if !overridden.isEmpty {
            let account = try context.account.id
            context.shared.log.warning(
                "Settings were imported that the environment overrides",
                metadata: ["settings": "\(overridden.sorted().joined(separator: ", "))", "account": "\(account)"]
            )
        }
        return try export(context)
    }
}
