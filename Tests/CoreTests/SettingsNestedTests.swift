import Testing

@testable import Core

@Suite struct SettingsNestedTests {
    @Test func pathsBecomeObjects() {
        let nested = Settings.nested(database: [
            "ui.enable_signup": false, "rag.web.search.enable": true, "ENABLE_LOGIN_FORM": true,
            "webhook_url": "https://x", "version": 0,
        ])
        #expect(
            nested == [
                "rag": ["web": ["search": ["enable": true]]],
                "ui": ["ENABLE_LOGIN_FORM": true, "enable_signup": false],
                "version": 0, "webhook_url": "https://x",
            ]
        )
        #expect(nested.text.hasPrefix(#"{"rag":"#))
    }

    @Test func knownSettingsKeepTheirWholeValue() {
        let nested: JSONValue = [
            "version": 0, "ui": [:], "openai": ["api_configs": ["0": ["enable": true]], "api_keys": ["a"]],
            "user": ["permissions": ["chat": ["delete": true]]], "old": ["thing": ["x": nil]],
        ]
        #expect(
            Settings.flattened(nested) == [
                "version": 0, "openai.api_configs": ["0": ["enable": true]], "openai.api_keys": ["a"],
                "user.permissions": ["chat": ["delete": true]], "old.thing.x": nil,
            ]
        )
    }

    @Test func everySettingComesBack() {
        let settings = Settings()
        var values: [String: JSONValue] = [:]
        for (path, key) in Setting.byPath { values[path] = settings.json(key) }
        #expect(Settings.flattened(Settings.nested(database: values)) == values)
    }

    @Test func whatIsInTheWayIsReplaced() {
        #expect(Settings.nested(database: ["a": 1, "a.b": 2]) == ["a": ["b": 2]])
        #expect(Settings.nested(database: [:]) == [:])
        #expect(Settings.flattened("text") == [:])
        #expect(Settings.flattened([1, 2]) == [:])
    }
}
