import Testing

@testable import Postgres

@Suite("SQL texts")
struct SQLTests {
    @Test("values become numbered placeholders")
    func placeholders() {
        let sql: SQL = "select \(1), \("a") from \(unsafe: "t")"
        #expect(sql.text == "select $1, $2 from t")
        #expect(sql.parameters.map(\.type) == [.int8, .text])
    }

    @Test("joining fragments renumbers their placeholders")
    func renumbering() {
        var sql: SQL = "a = \(1)"
        sql += " and b = \(2) or c = \(3)"
        #expect(sql.text == "a = $1 and b = $2 or c = $3")
        let whole: SQL = "select \(0) where \(sql) limit \(9)"
        #expect(whole.text == "select $1 where a = $2 and b = $3 or c = $4 limit $5")
        #expect(values(whole) == ["0", "1", "2", "3", "9"])
    }

    @Test("numbers of several digits are renumbered whole")
    func manyPlaceholders() {
        let list = SQL.join((1...12).map { "\($0)" }, separator: ", ")
        let twice = SQL.join([list, list], separator: "; ")
        #expect(list.text == "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12")
        #expect(twice.text.hasSuffix("; $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24"))
        #expect(values(twice) == (Array(1...12) + Array(1...12)).map(String.init))
    }

    @Test("text beside placeholders survives, whatever its characters")
    func unicodeAroundPlaceholders() {
        let right: SQL = "'é$1漢' || \("x") || '👍🏽'"
        let sum = "ü\(1)" + right
        #expect(sum.text == "ü$1'é$1漢' || $2 || '👍🏽'")
        #expect(SQL.join([], separator: ", ").isEmpty)
    }

    @Test(
        "only a plain select counts as a read",
        arguments: [
            ("select 1", true), ("\n  SELECT 1", true), ("insert into t values (1)", false),
            ("with x as (insert into t values (1)) select 1", false), ("", false), ("sele", false),
        ]
    )
    func selects(text: String, isSelect: Bool) {
        let sql: SQL = "\(unsafe: text)"
        #expect(sql.isSelect == isSelect)
    }

    private func values(_ sql: SQL) -> [String] {
        sql.parameters.map {
            String(decoding: sql.bytes[$0.offset..<$0.offset + $0.length], as: UTF8.self)
        }
    }
}
