import Administration
import ArgumentParser
import Core

/// The settings in force.
struct SettingsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows the settings, and whether the environment, the .env file or an administrator set them.",
        discussion: "Secrets are covered. A setting from the environment can not be changed on the web pages."
    )

    @Argument(help: "Only settings with this part in their name.")
    var part = ""

    @Flag(help: "Prints [{name, value, origin, meaning}].")
    var json = false

    func run() throws {
        let report = SettingsReport(try Site("settings").settings, matching: part)
        if json {
            let lines = report.lines.map { line in
                JSONValue.object([
                    "name": .string(line.name), "value": .string(line.value), "origin": .string(line.originText),
                    "meaning": .string(line.meaning),
                ])
            }
            print(JSONValue.array(lines).text)
        } else {
            print(report)
        }
    }
}
