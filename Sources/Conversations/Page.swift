import HTTP
import Postgres

/// A page of a list, as the parameter `page` counts them: from 1.
struct Page {
    static let size = 60
    /// A list that long is none; it also keeps the offset far from the end of the integers.
    private static let last = 1_000_000

    let number: Int

    var offset: Int { (number - 1) * Self.size }

    /// For the end of a query.
    var clause: SQL { "limit \(Self.size) offset \(offset)" }

    /// - Returns: nil when the request names no page.
    /// - Throws: 422 for what is no page.
    static func named(by request: Request) throws -> Page? {
        guard let number = try request.queryInt("page") else { return nil }
        guard (1...last).contains(number) else {
            throw APIError.invalid(
                number < 1 ? "greater_than_equal" : "less_than_equal",
                at: ["query", "page"],
                "Input should be between 1 and \(last)",
                input: .string(String(number))
            )
        }
        return Page(number: number)
    }

    static let first = Page(number: 1)
}
