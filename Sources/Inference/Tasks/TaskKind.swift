package import Core

/// The small jobs beside answering: prompts of the server's own, mostly answered in JSON.
package enum TaskKind: Sendable, CaseIterable {
    case title
    case tags
    case followUps
    case imagePrompt
    case queries
    case autocompletion
    case emoji
    /// Several models' answers become one.
    case mergedAnswer

    /// The administrator's template, or the built-in one.
    package func template(_ settings: Settings) -> String {
        let own = templateSetting.map { settings[$0] } ?? ""
        return own.trimmed.isEmpty ? builtInTemplate : own
    }

    private var templateSetting: SettingKey<String>? {
        switch self {
        case .title: Setting.titleGenerationPromptTemplate
        case .tags: Setting.tagsGenerationPromptTemplate
        case .followUps: Setting.followUpGenerationPromptTemplate
        case .imagePrompt: Setting.imagePromptGenerationPromptTemplate
        case .queries: Setting.queryGenerationPromptTemplate
        case .autocompletion: Setting.autocompleteGenerationPromptTemplate
        case .emoji, .mergedAnswer: nil
        }
    }

    /// Whether administrators have left it switched on. Queries depend on what they are for, see `TaskRoutes`.
    package func isEnabled(_ settings: Settings) -> Bool {
        switch self {
        case .title: settings[Setting.enableTitleGeneration]
        case .tags: settings[Setting.enableTagsGeneration]
        case .followUps: settings[Setting.enableFollowUpGeneration]
        case .autocompletion: settings[Setting.enableAutocompleteGeneration]
        case .imagePrompt, .queries, .emoji, .mergedAnswer: true
        }
    }
}
