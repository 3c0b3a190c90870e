import Core

/// Rows for a terminal, in columns, or as JSON for programs.
struct Table {
    let columns: [String]
    private(set) var rows: [[JSONValue]] = []

    init(_ columns: [String]) {
        self.columns = columns
    }

    mutating func add(_ row: [JSONValue]) {
        rows.append(row)
    }

    func show(asJSON: Bool) {
        print(asJSON ? json : text)
    }

    private var json: String {
        let objects = rows.map { row in
            JSONValue.object(JSONObject(uniqueKeysWithValues: zip(columns, row).map { ($0, $1) }))
        }
        return JSONValue.array(objects).text
    }

    private var text: String {
        let cells = [columns] + rows.map { row in row.map(Self.cell) }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// What is written by strangers can not steer the terminal.
    private static func cell(_ value: JSONValue) -> String {
        let text = value.isNull ? "-" : value.string ?? value.text
        return String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "�" : Character($0) })
    }
}
