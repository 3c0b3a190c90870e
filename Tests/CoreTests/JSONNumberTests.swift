import Core
import Testing

@Suite struct JSONNumberTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("3.0", 3), ("1e3", 1000), ("-2.50e1", -25), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func wholeNumbers(text: String, expected: Int) throws {
        #expect(try JSONValue(parsing: text).int == expected)
    }

    @Test(arguments: ["0.5", "1e-3", "9223372036854775808", "1e19", "1e400", "-1e400"])
    func noWholeNumbers(text: String) throws {
        #expect(try JSONValue(parsing: text).int == nil)
    }

    @Test(arguments: [
        (0.0, "0.0"), (-1.0, "-1.0"), (1.5, "1.5"), (0.1, "0.1"), (1e14, "100000000000000.0"), (1e300, "1e+300"),
        (.infinity, "0"),
        (-.infinity, "0"), (.nan, "0"), (.leastNonzeroMagnitude, "5e-324"),
        (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    ])
    func spellingOfDoubles(value: Double, expected: String) throws {
        let number = JSONNumber(value)
        #expect(number.text == expected)
        #expect(try JSONValue(parsing: number.text) == .number(number))
        if value.isFinite { #expect(number.double == value) }
    }

    @Test func truth() {
        let falsehoods: [JSONValue] = [nil, false, 0, 0.0, "", [], [:]]
        let truths: [JSONValue] = [true, 1, -0.5, "0", [nil], ["a": nil]]
        #expect(falsehoods.allSatisfy { !$0.isTruthy })
        #expect(truths.allSatisfy { $0.isTruthy })
    }
}
