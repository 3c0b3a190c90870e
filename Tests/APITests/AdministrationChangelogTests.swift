import Core
import Foundation
import Testing

@testable import Administration

struct AdministrationChangelogTests {
    @Test func versionsSectionsAndItemsAreRead() {
        let changelog = Changelog(
            """
            # Changelog

            Prose with a list:
            - that is no entry

            ## [Unreleased]

            ### Added

            - Nothing yet

            ## [1.2.0] - 2026-01-31

            A word about it.

            ### Added

            - **Title**: what `it` is,
              on two lines & with <tags>
            - No title here

            ### Fixed
            - One: two: three
            """
        )
        #expect(
            changelog.json == [
                "1.2.0": [
                    "date": "2026-01-31",
                    "added": [
                        [
                            "title": "Title", "content": "what it is, on two lines & with <tags>",
                            "raw":
                                "<li><strong>Title</strong>: what <code>it</code> is, on two lines &amp; with &lt;tags&gt;</li>",
                        ],
                        ["title": "", "content": "No title here", "raw": "<li>No title here</li>"],
                    ],
                    "fixed": [["title": "One", "content": "two: three", "raw": "<li>One: two: three</li>"]],
                ]
            ]
        )
    }

    @Test func theFiveNewestVersionsAreTold() {
        let text = (1...7).reversed().map { "## [1.\($0).0] - 2026-01-0\($0)\n### Added\n- x\n" }.joined()
        #expect(Changelog(text).json.object?.keys.map { $0 } == ["1.7.0", "1.6.0", "1.5.0", "1.4.0", "1.3.0"])
    }

    @Test(arguments: [
        "", "## ", "## [", "## []", "## [1.0.0]", "### Added\n- x", "- x", "## [1.0.0] -\n### Added\n- x",
    ])
    func whatIsNoChangelogTellsNothing(_ text: String) {
        #expect(Changelog(text).json == [:])
    }

    /// The client shows every version with its date, and each section's entries.
    @Test func ourOwnChangelogIsWellFormed() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../CHANGELOG.md").standardized
        let versions = try #require(Changelog(String(contentsOf: file, encoding: .utf8)).json.object)
        #expect(versions[Build.clientVersion] != nil)
        for (version, entry) in versions {
            #expect(version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
            #expect(entry["date"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil)
            let sections = try #require(entry.object).filter { $0.key != "date" }
            #expect(!sections.isEmpty)
            for item in sections.values.flatMap({ $0.array ?? [] }) {
                #expect(item["raw"]?.string?.hasPrefix("<li>") == true)
                #expect(item["content"]?.string?.isEmpty == false)
            }
        }
    }
}
