import Core
import HTTP
import Postgres

/// A part of a list of messages, by the parameters `skip` and `limit`.
struct ChannelPage {
    let skip: Int
    let limit: Int

    private static let maximumLimit = 1000
    private static let maximumSkip = 10_000_000

    init(skip: Int = 0, limit: Int) {
        self.skip = skip
        self.limit = limit
    }

    /// - Throws: 422 for what is out of range.
    init(_ request: Request) throws {
        skip = try Self.number("skip", in: request, standard: 0, maximum: Self.maximumSkip)
        limit = try Self.number("limit", in: request, standard: 50, maximum: Self.maximumLimit)
    }

    var clause: SQL { "limit \(limit) offset \(skip)" }

    private static func number(_ name: String, in request: Request, standard: Int, maximum: Int) throws -> Int {
        let number = try request.queryInt(name) ?? standard
        guard (0...maximum).contains(number) else {
            throw APIError.invalid(
                number < 0 ? "greater_than_equal" : "less_than_equal",
                at: ["query", .string(name)],
                "Input should be between 0 and \(maximum)",
                input: .string(String(number))
            )
        }
        return number
    }
}
