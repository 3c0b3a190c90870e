import Testing

@testable import Core

@Suite struct SettingsTableTests {
    @Test func namesAndPathsAreUnique() {
        let names = Setting.all.flatMap { [$0.name] + $0.aliases }
        let paths = Setting.all.compactMap(\.storedPath)
        #expect(Set(names).count == names.count)
        #expect(Set(paths).count == paths.count)
        #expect(Setting.byName.count == Setting.all.count)
        #expect(Setting.byPath.count == paths.count)
    }

    @Test func noPathLeadsThroughAnother() {
        let paths = Set(Setting.all.compactMap(\.storedPath))
        for path in paths {
            let parts = path.split(separator: ".")
            for length in 1..<max(parts.count, 2) where length < parts.count {
                #expect(!paths.contains(parts.prefix(length).joined(separator: ".")), "\(path)")
            }
        }
    }

    @Test func namesAreVariables() {
        for key in Setting.all {
            #expect(
                key.name.utf8.allSatisfy { $0 == 95 || (48...57).contains($0) || (65...90).contains($0) },
                "\(key.name)"
            )
        }
    }

    @Test func everySettingSaysWhatItIsFor() {
        for key in Setting.all {
            #expect(key.meaning.count > 10 && key.meaning.hasSuffix(".") && !key.meaning.contains("\n"), "\(key.name)")
        }
    }

    @Test func secretsAreFlagged() {
        let harmless: Set = [
            "API_KEY_ALLOWED_ENDPOINTS", "API_KEY_RATE_LIMIT", "OAUTH_TOKEN_ENDPOINT_AUTH_METHOD",
            "PASSWORD_MINIMUM_KINDS", "PASSWORD_MINIMUM_LENGTH", "PASSWORD_THREADS", "S3_KEY_PREFIX",
        ]
        for key in Setting.all where key.kind != .bool && !harmless.contains(key.name) {
            let looksSecret = ["KEY", "SECRET", "PASSWORD", "TOKEN"].contains { key.name.contains($0) }
            #expect(!looksSecret || key.isSecret, "\(key.name)")
        }
        #expect(Setting.databaseURL.isSecret)
        #expect(Setting.toolServerConnections.isSecret)
        #expect(!Setting.all.contains { $0.isSecret && $0.kind == .bool })
    }

    /// `<name>_FILE` of a secret must not be the name of something else.
    @Test func filesOfSecretsHaveNamesOfTheirOwn() {
        for key in Setting.all where key.isSecret {
            for name in [key.name] + key.aliases { #expect(Setting.byName["\(name)_FILE"] == nil, "\(name)") }
        }
    }

    @Test func inheritanceFitsTheType() throws {
        for key in Setting.all {
            guard let name = key.inherits else { continue }
            let origin = try #require(Setting.byName[name], "\(key.name)")
            #expect(origin.kind == key.kind && origin.isOptional == key.isOptional && origin.inherits == nil)
            #expect(key.isSecret == origin.isSecret, "\(key.name)")
        }
    }

    @Test func savedSettingsAreThoseOfTheReference() throws {
        #expect(ReferenceSettings.rows.count == 291)
        #expect(Setting.all.count { $0.storedPath != nil } == 291)
        let settings = Settings()
        for row in ReferenceSettings.rows {
            let key = try #require(Setting.byPath[row[1]], "\(row)")
            #expect(key.name == row[0])
            if row[2] == "~" { continue }
            let standard = try JSONValue(parsing: row[2])
            // Where the reference has no text at all, ours is empty.
            let ours = settings.json(key)
            #expect(ours == standard || (ours == "" && standard.isNull), "\(row[0])")
        }
    }

    @Test func longDefaultsAreUsable() throws {
        let settings = Settings()
        let workflow = try JSONValue(parsing: settings[Setting.comfyUIWorkflow])
        #expect(workflow.object?.values.contains { $0["class_type"] == "SaveImage" } == true)
        #expect(settings[Setting.ragTemplate].contains("{{CONTEXT}}"))
        #expect(settings[Setting.ragTemplate].contains("{{QUERY}}"))
        for suggestion in settings[Setting.defaultPromptSuggestions] {
            #expect(suggestion["title"]?.array?.count == 2 && suggestion["content"]?.string?.isEmpty == false)
        }
    }

    @Test func defaultsFitTheirKind() {
        for key in Setting.all {
            if key.isOptional, key.defaultValue == .none { continue }
            #expect(key.kind.convert(key.defaultValue.json) == key.defaultValue, "\(key.name)")
        }
    }
}
