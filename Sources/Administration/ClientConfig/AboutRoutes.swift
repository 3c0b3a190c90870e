import Accounts
import Core
import HTTP
import Logging
import Outbound

/// What this server is, for people and browsers.
enum AboutRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/version", .anyone) { _ in .json(["version": .string(Build.clientVersion)]) },
        Route(.get, "/api/version/updates", .verified, updates),
        Route(.get, "/api/changelog", .anyone) { _ in Changelog.answer },
        Route(.get, "/manifest.json", .anyone, manifest),
        Route(.get, "/opensearch.xml", .anyone, openSearch),
    ]

    /// Nobody asks another machine for newer releases: administrators get them from their packages.
    private static func updates(_ context: Context) -> Response {
        .json(["current": .string(Build.clientVersion), "latest": .string(Build.clientVersion)])
    }

    /// What a browser needs to install the page as an application: the administrator's own manifest, or one with the server's name.
    private static func manifest(_ context: Context) throws -> Response {
        let settings = try context.settings
        let url = settings[Setting.externalPWAManifestURL]
        if !url.isEmpty, let manifest = fetchManifest(url, context) { return .json(manifest) }
        let name = settings[Setting.webUIName]
        let icon: JSONValue = ["src": "/static/logo.png", "type": "image/png", "sizes": "500x500"]
        let icons = ["any", "maskable"].map { purpose in
            var icon = icon
            icon["purpose"] = .string(purpose)
            return icon
        }
        return .json([
            "name": .string(name), "short_name": .string(name),
            "description": .string("\(name): chat with language models, on your own server."), "start_url": "/",
            "display": "standalone", "background_color": "#343541", "icons": .array(icons),
        ])
    }

    /// - Returns: nil when it can not be had; the page works without it.
    private static func fetchManifest(_ url: String, _ context: Context) -> JSONValue? {
        let request = HTTPRequest(
            url: url,
            connectTimeout: 3,
            totalTimeout: 5,
            maximumBody: 1 << 20,
            followRedirects: true
        )
        do {
            let answer = try context.http.send(request)
            guard answer.status == 200 else {
                context.shared.log.warning("EXTERNAL_PWA_MANIFEST_URL answered with status \(answer.status)")
                return nil
            }
            return try JSONValue(parsing: answer.body)
        } catch {
            context.shared.log.warning("EXTERNAL_PWA_MANIFEST_URL gave no manifest", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Lets a browser offer the site as a search engine.
    private static func openSearch(_ context: Context) throws -> Response {
        let settings = try context.settings
        let name = escaped(settings[Setting.webUIName])
        let url = escaped(settings[Setting.webUIURL])
        return .text(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/" \
            xmlns:moz="http://www.mozilla.org/2006/browser/search/">
            <ShortName>\(name)</ShortName>
            <Description>Search \(name)</Description>
            <InputEncoding>UTF-8</InputEncoding>
            <Image width="16" height="16" type="image/x-icon">\(url)/static/favicon.png</Image>
            <Url type="text/html" method="get" template="\(url)/?q={searchTerms}"/>
            <moz:SearchForm>\(url)</moz:SearchForm>
            </OpenSearchDescription>
            """,
            type: "application/xml"
        )
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            default: out.append(character)
            }
        }
    }
}
