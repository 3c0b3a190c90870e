import Glibc
import Testing

@testable import Core

/// A file that is gone when the test is over.
private final class TemporaryFile {
    let path: String

    init(_ content: [UInt8]) {
        var template = Array("/tmp/swiftlet-settings-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        _ = content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    convenience init(_ text: String) {
        self.init(Array(text.utf8))
    }

    deinit {
        unlink(path)
    }
}

@Suite struct SettingsFileTests {
    private func settings(_ environment: [String: String], dotenv: String = "") throws -> Settings {
        try Settings(source: .init(environment: environment, dotenv: dotenv))
    }

    @Test func secretsComeFromFiles() throws {
        let file = TemporaryFile("s3cret value\n")
        let settings = try settings(["WEBUI_SECRET_KEY_FILE": file.path], dotenv: "SCIM_TOKEN_FILE=\(file.path)")
        #expect(settings[Setting.webUISecretKey] == "s3cret value")
        #expect(settings[Setting.scimToken] == "s3cret value")
        #expect(settings.origin(of: Setting.scimToken) == .dotenv)
    }

    @Test func onlySecretsComeFromFiles() throws {
        let file = TemporaryFile("name")
        #expect(try settings(["WEBUI_NAME_FILE": file.path])[Setting.webUIName] == "Open WebUI")
    }

    @Test func aVariableGoesBeforeTheDotenvsFile() throws {
        let file = TemporaryFile("from file")
        #expect(
            try settings(["SCIM_TOKEN": "direct"], dotenv: "SCIM_TOKEN_FILE=\(file.path)")[Setting.scimToken]
                == "direct"
        )
    }

    @Test func badFilesAreReported() throws {
        let file = TemporaryFile("x")
        let long = TemporaryFile([UInt8](repeating: 65, count: 70_000))
        let binary = TemporaryFile([0xFF, 0xFE, 0x00])
        let error = try #require(throws: SettingsError.self) {
            try settings([
                "SCIM_TOKEN": "a", "SCIM_TOKEN_FILE": file.path, "WEBUI_SECRET_KEY_FILE": "/nonexistent/file",
                "LDAP_APP_PASSWORD_FILE": long.path, "GOOGLE_CLIENT_SECRET_FILE": binary.path,
                "OAUTH_CLIENT_SECRET_FILE": "/tmp",
            ])
        }
        #expect(
            Set(error.problems.map(\.name)) == [
                "SCIM_TOKEN", "WEBUI_SECRET_KEY_FILE", "LDAP_APP_PASSWORD_FILE", "GOOGLE_CLIENT_SECRET_FILE",
                "OAUTH_CLIENT_SECRET_FILE",
            ]
        )
    }

    @Test func secretsComeFromTheServiceManager() throws {
        var template = Array("/tmp/swiftlet-credentials-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        let files = [
            "WEBUI_SECRET_KEY": "alone\n", "swiftlet_DATABASE_URL": "postgresql:///x", "WEBUI_NAME": "no secret",
            "SCIM_TOKEN": "one", "swiftlet_SCIM_TOKEN": "two", "LDAP_APP_PASSWORD": "not used",
        ]
        for (name, text) in files {
            let file = try #require(fopen("\(directory)/\(name)", "w"))
            fputs(text, file)
            fclose(file)
        }
        defer {
            for name in files.keys { unlink("\(directory)/\(name)") }
            rmdir(directory)
        }
        let environment = ["CREDENTIALS_DIRECTORY": directory, "LDAP_APP_PASSWORD": "direct", "WEBUI_SECRET_KEY": ""]
        let settings = try settings(environment, dotenv: "DATABASE_URL=postgresql:///other")
        #expect(settings[Setting.webUISecretKey] == "alone")
        #expect(settings[Setting.databaseURL] == "postgresql:///x")
        #expect(settings[Setting.scimToken] == "one")
        #expect(settings[Setting.ldapAppPassword] == "direct")
        #expect(settings[Setting.webUIName] == "Open WebUI")
        #expect(settings.origin(of: Setting.databaseURL) == .environment)
        #expect(settings.isFixed(Setting.scimToken))
    }

    @Test func aCredentialThatCanNotBeReadStopsTheStart() throws {
        var template = Array("/tmp/swiftlet-credentials-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        #expect(mkdir("\(directory)/SCIM_TOKEN", 0o700) == 0)
        defer {
            rmdir("\(directory)/SCIM_TOKEN")
            rmdir(directory)
        }
        let error = try #require(throws: SettingsError.self) { try settings(["CREDENTIALS_DIRECTORY": directory]) }
        #expect(error.problems.map(\.name) == ["SCIM_TOKEN"])
    }

    @Test func theProcessReadsItsDotenv() throws {
        let file = TemporaryFile("IMAGE_SIZE=640x480\n")
        #expect(try Settings(source: .process(dotenv: file.path))[Setting.imageSize] == "640x480")
        #expect(try Settings(source: .process(dotenv: "/nonexistent"))[Setting.imageSize] == "512x512")
        #expect(throws: SettingsError.self) { try Settings(source: .process(dotenv: "/tmp")) }
    }

    @Test func dotenvSyntax() {
        let dotenv = Dotenv(
            parsing: #"""
                # a comment
                PLAIN=value
                export EXPORTED = spaced out
                EMPTY=
                COMMENT=value # after it
                HASH=a#b
                ONLYCOMMENT=# nothing
                SINGLE='it''s # raw \n \' $x'
                DOUBLE="two\nlines \"quoted\" \d" # comment
                MANY="first
                second"
                BARE
                LAST=end
                """#
        )
        #expect(dotenv.values["PLAIN"] == "value")
        #expect(dotenv.values["EXPORTED"] == "spaced out")
        #expect(dotenv.values["EMPTY"] == "")
        #expect(dotenv.values["COMMENT"] == "value")
        #expect(dotenv.values["HASH"] == "a#b")
        #expect(dotenv.values["ONLYCOMMENT"] == "")
        #expect(dotenv.values["SINGLE"] == nil)
        #expect(dotenv.values["DOUBLE"] == "two\nlines \"quoted\" \\d")
        #expect(dotenv.values["MANY"] == "first\nsecond")
        #expect(dotenv.values["BARE"] == nil)
        #expect(dotenv.values["LAST"] == "end")
        #expect(dotenv.problems == [SettingsProblem(".env", "line 8 has text after the closing quote")])
    }

    @Test func dotenvSingleQuotes() {
        let dotenv = Dotenv(parsing: #"A='# raw \n \' end'"# + "\r\nB='x'\r\n")
        #expect(dotenv.values == ["A": #"# raw \n ' end"#, "B": "x"])
        #expect(dotenv.problems.isEmpty)
    }

    @Test func dotenvExpandsVariables() {
        let dotenv = Dotenv(
            parsing: """
                HOST=db
                URL=postgresql://${USER}@${HOST}:${PORT:-5432}/${NOTHING}x
                KEEP=$HOST ${open
                LOOP=${LOOP}
                """,
            environment: { $0 == "USER" ? "me" : $0 == "HOST" ? "outer" : nil }
        )
        #expect(dotenv.values["URL"] == "postgresql://me@outer:5432/x")
        #expect(dotenv.values["KEEP"] == "$HOST ${open")
        #expect(dotenv.values["LOOP"] == "")
    }

    @Test func dotenvProblemsNameTheLineAndStopTheStart() throws {
        let text = "A=1\n\nnot a setting\nB=2\nC=\"open"
        let dotenv = Dotenv(parsing: text, file: "/etc/x.env")
        #expect(dotenv.values == ["A": "1", "B": "2"])
        #expect(
            dotenv.problems.map(\.description) == [
                "/etc/x.env: line 3 is no NAME=value", "/etc/x.env: line 5 has a quote that does not end",
            ]
        )
        #expect(throws: SettingsError.self) { try settings([:], dotenv: text) }
    }

    @Test(arguments: [
        "", "\u{FEFF}A=1", "=", "#", "export", "export ", "A", "A=\"", "A='\\", "1=2", "\n\n", "A=${", "\u{0}=\u{0}",
    ])
    func dotenvReadsAnything(text: String) {
        let dotenv = Dotenv(parsing: text)
        #expect(dotenv.values.count <= 1)
    }
}
