import Administration
import Core
import Testing

struct AdministrationSettingsReportTests {
    private static func settings() throws -> Settings {
        try Settings(
            source: Settings.Source(
                environment: ["WEBUI_NAME": "School", "OPENAI_API_KEYS": "sk-hidden"],
                dotenv: "WEBUI_URL=https://chat.example"
            ),
            database: ["ENABLE_SIGNUP": false, "LDAP_APP_PASSWORD": "hunter2", "LDAP_SERVER_PORT": "many"]
        )
    }

    @Test func everySettingIsListedWithWhereItsValueComesFrom() throws {
        let report = SettingsReport(try Self.settings())
        #expect(report.lines.count == Setting.all.count)
        let line = { (name: String) in report.lines.first { $0.name == name } }
        #expect(line("WEBUI_NAME")?.origin == .environment)
        #expect(line("WEBUI_NAME")?.value == "School (Open WebUI)")
        #expect(line("WEBUI_URL")?.originText == ".env")
        #expect(line("ENABLE_SIGNUP")?.originText == "database")
        #expect(line("ENABLE_SIGNUP")?.value == "false")
        #expect(line("ENABLE_LOGIN_FORM")?.originText == "default")
        #expect(report.lines.map(\.name) == report.lines.map(\.name).sorted())
        #expect(report.problems.count == 1)
        #expect(report.problems[0].contains("LDAP_SERVER_PORT"))
    }

    @Test func secretsAreCovered() throws {
        let report = SettingsReport(try Self.settings())
        let text = report.description
        #expect(!text.contains("hunter2"))
        #expect(!text.contains("sk-hidden"))
        #expect(report.lines.first { $0.name == "LDAP_APP_PASSWORD" }?.value == "•••")
        #expect(report.lines.first { $0.name == "OPENAI_API_KEYS" }?.value == "•••")
        #expect(report.lines.first { $0.name == "SCIM_TOKEN" }?.value == "")
    }

    @Test func aPartOfANameFindsSettings() throws {
        let report = SettingsReport(try Self.settings(), matching: "webui_n")
        #expect(report.lines.map(\.name) == ["WEBUI_NAME"])
        #expect(report.description.hasPrefix("WEBUI_NAME  environment  School (Open WebUI)"))
        #expect(SettingsReport(try Self.settings(), matching: "no such").lines.isEmpty)
    }

    @Test func aLongValueTakesOneLine() throws {
        let report = SettingsReport(Settings(), matching: "RAG_TEMPLATE")
        #expect(report.description.split(separator: "\n").count == 1)
        #expect(report.description.hasSuffix("…"))
    }
}
