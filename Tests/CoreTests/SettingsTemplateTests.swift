import Testing

@testable import Core

@Suite struct SettingsTemplateTests {
    private let lines = SettingsTemplate(introduction: ["First.", "", "Last."]).description
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    @Test func everySettingStandsInItOnce() {
        let names = lines.filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") && $0 != "#" }
            .map { String($0.dropFirst().prefix { $0 != "=" }) }
        #expect(names.sorted() == Setting.all.map(\.name).sorted())
    }

    @Test func asItIsItSetsNothing() {
        #expect(lines.allSatisfy { $0.isEmpty || $0.hasPrefix("#") })
        #expect(lines.prefix(4) == ["# First.", "#", "# Last.", ""])
    }

    /// Whoever removes every comment sign gets what was in force before.
    @Test func itsValuesAreTheDefaults() throws {
        let text = lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? String($0.dropFirst()) : $0 }
            .joined(separator: "\n")
        let settings = try Settings(source: .init(dotenv: text))
        let defaults = Settings()
        // Made of others when it is not set; and lists in which an empty item counts can not be empty in a file.
        let exceptions = [Setting.userPermissions.name]
        for key in Setting.all where key.inherits == nil && !exceptions.contains(key.name) {
            guard let text = key.defaultText else { continue }
            if text.isEmpty, case .list(_, keepsEmptyItems: true) = key.kind { continue }
            #expect(settings.json(key) == defaults.json(key), "\(key.name)")
        }
    }

    @Test(arguments: [
        ("plain/1.2", "plain/1.2"), ("two words", "'two words'"), ("a#b", "'a#b'"), (#"{"a":"b"}"#, #"'{"a":"b"}'"#),
        ("it's", #""it's""#), (#"a\b "c" 'd'"#, #""a\\b \"c\" 'd'""#), ("", ""),
    ])
    func quotes(text: String, written: String) {
        #expect(SettingsTemplate.quoted(text) == written)
        #expect(Dotenv(parsing: "A=\(written)").values["A"] == text)
    }
}
