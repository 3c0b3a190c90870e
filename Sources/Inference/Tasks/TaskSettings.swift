import Accounts
import Core
import HTTP

/// The settings of tasks, named like the settings themselves.
enum TaskSettings {
    private static let switches: [SettingKey<Bool>] = [
        Setting.enableTitleGeneration, Setting.enableAutocompleteGeneration, Setting.enableFollowUpGeneration,
        Setting.enableTagsGeneration,
        Setting.enableSearchQueryGeneration, Setting.enableRetrievalQueryGeneration,
    ]
    private static let models: [SettingKey<String>] = [Setting.taskModel, Setting.taskModelExternal]
    private static let templates: [SettingKey<String>] = [
        Setting.titleGenerationPromptTemplate, Setting.imagePromptGenerationPromptTemplate,
        Setting.tagsGenerationPromptTemplate,
        Setting.followUpGenerationPromptTemplate, Setting.queryGenerationPromptTemplate,
        Setting.toolsFunctionCallingPromptTemplate,
    ]

    static func show(_ context: Context) throws -> Response {
        let settings = try context.settings
        let keys: [any AnySettingKey] = models + templates + switches + [Setting.autocompleteGenerationInputMaxLength]
        return .json { json in
            json.object { json in
                for key in keys {
                    json.key(key.name)
                    json.value(settings.json(key))
                }
            }
        }
    }

    static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        var values: [(key: any AnySettingKey, value: JSONValue)] = []
        for key in models { values.append((key, .string(try form.optionalString(key.name) ?? ""))) }
        for key in templates { values.append((key, .string(try form.string(key.name)))) }
        for key in switches { values.append((key, .bool(try form.bool(key.name)))) }
        let limit = Setting.autocompleteGenerationInputMaxLength
        values.append((limit, JSONValue(try form.int(limit.name))))
        try context.save(values)
        return try show(context)
    }
}
