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
        for key in Setting.all where key.defaultText != nil && key.inherits == nil {
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
