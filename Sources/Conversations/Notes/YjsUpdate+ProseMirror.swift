import Core

extension YjsUpdate {
    /// Nodes inside nodes; editors make a dozen.
    private static let maximumDepth = 100

    /// A text as the editor stores it (a ProseMirror document, `{type: "doc", content: […]}`) written as an update to an empty
    /// Yjs document, by a client of this id: the fragment `prosemirror` with an element for each node and a text for each run of
    /// text, whose marks are its formats.
    ///
    /// - Returns: nil for what is no such document, or an empty one.
    static func writing(_ document: JSONValue, client: UInt64) -> [UInt8]? {
        guard document["type"] == "doc", let nodes = document["content"]?.array, !nodes.isEmpty else { return nil }
        var author = Author(client: client)
        guard author.write(nodes, in: .root, depth: 0) else { return nil }
        var update = YjsWriter()
        for number in [1, UInt64(author.count), client, 0] { update.number(number) }
        update.append(author.items.bytes)
        update.number(0)
        return update.bytes
    }

    /// Writes items one behind the other, and gives each its id.
    private struct Author {
        enum Parent {
            case root
            case item(UInt64)
        }

        let client: UInt64
        private(set) var items = YjsWriter()
        private(set) var count = 0
        private var clock: UInt64 = 0

        init(client: UInt64) { self.client = client }

        /// - Returns: false for nodes that are none.
        mutating func write(_ nodes: [JSONValue], in parent: Parent, depth: Int) -> Bool {
            guard depth < YjsUpdate.maximumDepth else { return false }
            var left: UInt64?
            var rest = nodes[...]
            while let node = rest.first {
                guard let type = node["type"]?.string else { return false }
                if type == "text" {
                    let run = rest.prefix { $0["type"] == "text" }
                    rest = rest.dropFirst(run.count)
                    let text = begin(.type, parent, after: left) { $0.number(6) }
                    left = text
                    writeText(run, in: .item(text))
                } else {
                    rest = rest.dropFirst()
                    let element = begin(.type, parent, after: left) {
                        $0.number(3)
                        $0.text(type)
                    }
                    left = element
                    for (key, value) in node["attrs"]?.object ?? [:] where !value.isNull {
                        begin(.any, .item(element), key: key) {
                            $0.number(1)
                            $0.any(value)
                        }
                    }
                    guard write(node["content"]?.array ?? [], in: .item(element), depth: depth + 1) else {
                        return false
                    }
                }
            }
            return true
        }

        private mutating func writeText(_ run: ArraySlice<JSONValue>, in parent: Parent) {
            var left: UInt64?
            var formats: JSONObject = [:]
            for node in run {
                guard let text = node["text"]?.string, !text.isEmpty else { continue }
                var wanted: JSONObject = [:]
                for mark in node["marks"]?.array ?? [] {
                    if let type = mark["type"]?.string { wanted[type] = mark["attrs"] ?? [:] }
                }
                change(&formats, to: wanted, parent, after: &left)
                let first = begin(.text, parent, after: left, length: UInt64(text.utf16.count)) { $0.text(text) }
                left = first + UInt64(text.utf16.count) - 1
            }
            change(&formats, to: [:], parent, after: &left)
        }

        /// Ends the formats that are not wanted any more, and begins those that are new.
        private mutating func change(
            _ formats: inout JSONObject,
            to wanted: JSONObject,
            _ parent: Parent,
            after left: inout UInt64?
        ) {
            for key in formats.keys where wanted[key] == nil { write(format: key, .null, parent, after: &left) }
            for (key, value) in wanted where formats[key] != value { write(format: key, value, parent, after: &left) }
            formats = wanted
        }

        private mutating func write(format: String, _ value: JSONValue, _ parent: Parent, after left: inout UInt64?) {
            left = begin(.format, parent, after: left) {
                $0.text(format)
                $0.text(value.text)
            }
        }

        /// - Returns: the clock of the item.
        @discardableResult
        private mutating func begin(
            _ kind: YjsStruct.Kind,
            _ parent: Parent,
            after left: UInt64? = nil,
            key: String? = nil,
            length: UInt64 = 1,
            _ content: (inout YjsWriter) -> Void
        ) -> UInt64 {
            items.append(CollectionOfOne(kind.rawValue | (left == nil ? 0 : 0x80) | (key == nil ? 0 : 0x20)))
            switch (left, parent) {
            case (let left?, _):
                items.number(client)
                items.number(left)
            case (nil, .root):
                items.number(1)
                items.text("prosemirror")
            case (nil, .item(let id)):
                items.number(0)
                items.number(client)
                items.number(id)
            }
            if let key { items.text(key) }
            content(&items)
            defer { clock += length }
            count += 1
            return clock
        }
    }
}

extension YjsWriter {
    mutating func text(_ text: String) {
        number(UInt64(text.utf8.count))
        append(text.utf8)
    }

    /// A value of any kind, as lib0 writes it.
    mutating func any(_ value: JSONValue) {
        switch value {
        case .null: append([126])
        case .bool(let bool): append([bool ? 120 : 121])
        case .string(let text):
            append([119])
            self.text(text)
        case .number(let number):
            if let int = number.int, abs(int) <= Int(Int32.max) {
                append([125])
                signed(int)
            } else {
                append([123])
                append(withUnsafeBytes(of: number.double.bitPattern.bigEndian) { Array($0) })
            }
        case .array(let values):
            append([117])
            number(UInt64(values.count))
            for value in values { any(value) }
        case .object(let members):
            append([118])
            number(UInt64(members.count))
            for (key, value) in members {
                text(key)
                any(value)
            }
        }
    }

    /// Six bits and the sign, then seven bits in a byte.
    private mutating func signed(_ value: Int) {
        let magnitude = UInt64(value.magnitude)
        append([UInt8(magnitude & 0x3F) | (value < 0 ? 0x40 : 0) | (magnitude > 0x3F ? 0x80 : 0)])
        if magnitude > 0x3F { number(magnitude >> 6) }
    }
}
