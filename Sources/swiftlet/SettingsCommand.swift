import ArgumentParser
import Core

/// The settings: those in force, and all there are.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "The settings.",
        subcommands: [SettingsList.self, Template.self, Manual.self],
        defaultSubcommand: SettingsList.self
    )

    struct Template: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a configuration file: every setting, commented out, with its meaning and default."
        )

        func run() {
            print(
                SettingsTemplate(introduction: [
                    "The settings of Swiftlet, read when its processes start:",
                    "    systemctl restart swiftlet.target",
                    "",
                    "A line without # in front sets something. What is set here can not be changed on the web pages. Values with",
                    "blanks, quotes, # or \\ stand in 'single quotes'. A secret is better kept in a file of its own, which only root",
                    "can read: /etc/swiftlet/credentials/NAME, where NAME is the setting's. swiftlet.conf(5) tells more.",
                ]),
                terminator: ""
            )
        }
    }

    struct Manual: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the settings as part of a manual page.",
            shouldDisplay: false
        )

        func run() {
            for section in Setting.sections {
                print(".SS \(Roff.text(section.title))")
                for key in section.keys {
                    print(".TP\n.B \(Roff.text(key.name))\n\(Roff.text(key.meaning))")
                    if key.isSecret { print("Secret.") }
                    if let text = key.defaultText, !text.isEmpty { print("Default:\n.I \(Roff.text(text))") }
                    if !key.aliases.isEmpty {
                        print("Also read from \(Roff.text(key.aliases.joined(separator: ", "))).")
                    }
                }
            }
        }
    }
}

/// The language of manual pages.
private enum Roff {
    /// A text that can not be taken for a command or an escape.
    static func text(_ text: String) -> String {
        let escaped = text.flatMap { character -> String in
            switch character {
            case "\\": "\\e"
            case "-": "\\-"
            case "\"": "\\(dq"
            default: String(character)
            }
        }
        let line = String(escaped)
        return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
    }
}
