import Accounts
import Core
import HTTP

/// The admin's pages of settings that belong to no other feature.
enum ConfigRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/configs/connections", .admin, connections.show),
        Route(.post, "/api/v1/configs/connections", .admin, connections.save),
        Route(.get, "/api/v1/configs/code_execution", .admin, codeExecution.show),
        Route(.post, "/api/v1/configs/code_execution", .admin, codeExecution.save),
        Route(.get, "/api/v1/configs/models", .admin, models.show),
        Route(.post, "/api/v1/configs/models", .admin, saveModels),
        Route(.post, "/api/v1/configs/suggestions", .admin, saveSuggestions),
        Route(.post, "/api/v1/configs/banners", .admin, saveBanners),
        Route(.get, "/api/v1/configs/banners", .verified, showBanners),
    ]

    private static let connections = SettingsForm(fields: [
        .required(Setting.enableDirectConnections), .required(Setting.enableBaseModelsCache),
    ])

    private static let codeExecution = SettingsForm(fields: [
        .required(Setting.enableCodeExecution), .required(Setting.codeExecutionEngine),
        .nullable(Setting.codeExecutionJupyterURL), .nullable(Setting.codeExecutionJupyterAuth),
        .nullable(Setting.codeExecutionJupyterAuthToken), .nullable(Setting.codeExecutionJupyterAuthPassword),
        .nullable(Setting.codeExecutionJupyterTimeout),
        .required(Setting.enableCodeInterpreter), .required(Setting.codeInterpreterEngine),
        .nullable(Setting.codeInterpreterPromptTemplate),
        .nullable(Setting.codeInterpreterJupyterURL), .nullable(Setting.codeInterpreterJupyterAuth),
        .nullable(Setting.codeInterpreterJupyterAuthToken), .nullable(Setting.codeInterpreterJupyterAuthPassword),
        .nullable(Setting.codeInterpreterJupyterTimeout),
    ])

    private static let models = SettingsForm(fields: [
        .nullable(Setting.defaultModels), .nullable(Setting.modelOrderList),
    ])

    private static func saveModels(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        if form.present(Setting.modelOrderList.name) { _ = try form.strings(Setting.modelOrderList.name) }
        return try models.save(context)
    }

    /// `{suggestions: [{title: [text], content}]}`; answers the list.
    private static func saveSuggestions(_ context: Context) throws -> Response {
        let suggestions = try entries("suggestions", context) { entry in
            ["title": JSONValue(try entry.strings("title")), "content": .string(try entry.string("content"))]
        }
        try context.change([(Setting.defaultPromptSuggestions, .array(suggestions))])
        return .json(try context.settings.json(Setting.defaultPromptSuggestions))
    }

    /// `{banners: [{id, type, title?, content, dismissible, timestamp}]}`; answers the list.
    private static func saveBanners(_ context: Context) throws -> Response {
        let banners = try entries("banners", context) { entry in
            [
                "id": .string(try entry.string("id")), "type": .string(try entry.string("type")),
                "title": JSONValue(try entry.optionalString("title")), "content": .string(try entry.string("content")),
                "dismissible": .bool(try entry.bool("dismissible")), "timestamp": JSONValue(try entry.int("timestamp")),
            ]
        }
        try context.change([(Setting.webUIBanners, .array(banners))])
        return try showBanners(context)
    }

    private static func showBanners(_ context: Context) throws -> Response {
        .json(try context.settings.json(Setting.webUIBanners))
    }

    private static func entries(_ name: String, _ context: Context, _ read: (Form) throws -> JSONValue) throws
        -> [JSONValue]
    {
        try Form(context.request).forms(name).map(read)
    }
}

extension Form {
    /// A list of objects, each as a form of its own.
    func forms(_ key: String) throws -> [Form] {
        try list(key).enumerated().map { index, value in
            let location: [JSONValue] = ["body", .string(key), JSONValue(index)]
            guard let object = value.object else {
                throw APIError.invalid(
                    "model_attributes_type",
                    at: location,
                    "Input should be a valid dictionary or object to extract fields from"
                )
            }
            return Form(object: object, at: location)
        }
    }
}
