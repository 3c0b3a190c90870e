/// Leaves out of a message what only people look at: `<details …>…</details>` blocks and Markdown images. Prompts for
/// titles, tags and the like are made of the rest.
///
/// Each mark is searched from left to right once, so the cost is linear whatever the text is.
package enum DetailsStripper {
    package static func strip(_ content: String) -> String {
        let text = Array(content.utf8)
        var tagEnd = Search(">")
        var blockEnd = Search("</details>")
        var imageMiddle = Search("](")
        var imageEnd = Search(")")
        var kept: [UInt8] = []
        var index = 0
        while index < text.count {
            var end: Int?
            if text[index] == UInt8(ascii: "<"), isDetails(text, at: index),
                let tag = tagEnd.next(in: text, from: index)
            {
                end = blockEnd.next(in: text, from: tag)
            } else if text[index] == UInt8(ascii: "!"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "["),
                let middle = imageMiddle.next(in: text, from: index + 2)
            {
                end = imageEnd.next(in: text, from: middle)
            }
            if let end {
                index = end
            } else {
                kept.append(text[index])
                index += 1
            }
        }
        return String(decoding: kept[Blank.trim(kept, in: kept.indices)], as: UTF8.self)
    }

    private static let opening = Search("<details")

    /// Whether `<details` is here and ends as a word.
    private static func isDetails(_ text: [UInt8], at index: Int) -> Bool {
        guard opening.matches(text, at: index) else { return false }
        let next = index + 8
        return next == text.count || !(text[next] == UInt8(ascii: "_") || Self.isWord(text[next]))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// A search that only goes forward: it remembers the last place it found.
    private struct Search: Sendable {
        private let mark: [UInt8]
        /// No mark begins between the place of the last question and here.
        private var position = 0

        /// - Parameter mark: in lower case; upper case letters of the text match it too.
        init(_ mark: String) {
            self.mark = Array(mark.utf8)
        }

        /// The index behind the first mark that begins at `start` or later. `start` never goes back.
        mutating func next(in text: [UInt8], from start: Int) -> Int? {
            position = max(position, start)
            while position < text.count {
                if matches(text, at: position) { return position + mark.count }
                position += 1
            }
            return nil
        }

        func matches(_ text: [UInt8], at index: Int) -> Bool {
            guard index + mark.count <= text.count else { return false }
            return mark.indices.allSatisfy { offset in
                let byte = text[index + offset]
                return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    ? byte | 0x20 == mark[offset] : byte == mark[offset]
            }
        }
    }
}
