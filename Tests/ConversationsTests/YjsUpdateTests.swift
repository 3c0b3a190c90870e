import Core
import Crypto
import Testing

@testable import Conversations

/// Updates that Yjs wrote: a paragraph, letter by letter, and what was done to it.
enum YjsSample {
    static let paragraph = ["0101070007010b70726f73656d6972726f72030970617261677261706800", "01010701070007000600"]
    static let hello = [
        "0101070204000701014800", "01010703840702016500", "01010704840703016c00", "01010705840704016c00",
        "01010706840705016f00",
    ]
    /// Takes "ell" out.
    static let deletion = "000107010303"
    /// Another client puts "é😀" behind the "e".
    static let insertion = "01010900c40703070406c3a9f09f988000"

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

private func merging(_ updates: [String]) throws -> String? {
    try YjsUpdate.merging(updates.map(YjsSample.bytes)).map { Hex.encode($0) }
}

@Suite("Yjs updates")
struct YjsUpdateTests {
    private let written = YjsSample.paragraph + YjsSample.hello

    @Test("letters become one text, as Yjs itself writes it")
    func letters() throws {
        #expect(
            try merging(written)
                == "0103070007010b70726f73656d6972726f7203097061726167726170680700070006040007010548656c6c6f00"
        )
    }

    @Test("deleted content is left out, and its place is kept")
    func deleted() throws {
        #expect(
            try merging(written + [YjsSample.deletion])
                == "0105070007010b70726f73656d6972726f720309706172616772617068070007000604000701014881070203840705016f0107010303"
        )
    }

    @Test("what another client put between deleted letters stays")
    func twoClients() throws {
        #expect(
            try merging(written + [YjsSample.insertion, YjsSample.deletion])
                == "02010900c40703070406c3a9f09f988005070007010b70726f73656d6972726f72030970617261677261706807000700"
                + "0604000701014881070203840705016f0107010303"
        )
    }

    @Test("updates that come twice, in any order, change nothing")
    func repeated() throws {
        let all = written + [YjsSample.insertion, YjsSample.deletion]
        let merged = try #require(try merging(all))
        #expect(try merging(all + all.reversed()) == merged)
        #expect(
            try merging([merged] + all) == merged && merging(all + [merged, merged]) == merged
                && merging([merged]) == merged
        )
    }

    @Test("what is not known is a gap")
    func gap() throws {
        #expect(
            try merging(YjsSample.paragraph + [YjsSample.hello[0], YjsSample.hello[3]])
                == "0105070007010b70726f73656d6972726f72030970617261677261706807000700060400070101480a02840704016c00"
        )
    }

    @Test("texts that overlap are joined where they meet, and not cut")
    func overlap() throws {
        let (ab, bc, c) = ("010107000401047465787402616200", "0101070184070002626300", "01010702840701016300")
        #expect(try merging([ab, bc, c]) == "01010700040104746578740361626300")
        #expect(try merging([ab, bc]) == nil)
    }

    @Test("nothing at all is the empty document")
    func nothing() throws {
        #expect(try YjsUpdate.merging([]) == [0, 0] && YjsUpdate.merging([[0, 0], [0, 0]]) == [0, 0])
        #expect(try YjsUpdate(YjsUpdate.empty).isEmpty)
    }

    @Test("what is no update is refused, wherever it is cut off or changed")
    func malformed() throws {
        let merged = YjsSample.bytes(try #require(try merging(written + [YjsSample.insertion, YjsSample.deletion])))
        for end in merged.indices { #expect(throws: YjsError.self) { try YjsUpdate(Array(merged[..<end])) } }
        #expect(throws: YjsError.self) { try YjsUpdate(merged + [0]) }
        // A changed byte may make another update, but never a crash.
        for index in merged.indices {
            for change in [0x01, 0x40, 0x80, 0xFF] as [UInt8] {
                var bytes = merged
                bytes[index] ^= change
                _ = try? YjsUpdate.merging([bytes, merged])
            }
        }
    }

    @Test(
        "counts and clocks beyond all measure are refused",
        arguments: [
            "ffffffffffffffffff01", "01ffffff7f0700", "010107ffffffffffffff0f000100", "0001070101ffffffffffffff0f",
            "0001070105000", "00010701050000", "010107000401017480ffff7f", "010107000401047465787402c32800",
            "01010700080104746578740175757500", "01010700070104746578740900",
        ]
    )
    func impossible(hex: String) {
        #expect(throws: YjsError.self) { try YjsUpdate(YjsSample.bytes(hex.count.isMultiple(of: 2) ? hex : hex + "0")) }
    }

    @Test("values nested without end are refused")
    func nested() {
        let bytes =
            YjsSample.bytes("0101070008010474657874") + [1] + Array(repeating: [117, 1], count: 10_000).joined() + [
                126, 0,
            ]
        #expect(throws: YjsError.self) { try YjsUpdate(bytes) }
    }

    @Test("a stored text is written as Yjs writes it")
    func stored() throws {
        let text: JSONValue = [
            "type": "doc",
            "content": [
                [
                    "type": "heading", "attrs": ["level": 2, "id": nil],
                    "content": [
                        ["type": "text", "text": "é😀"], ["type": "text", "text": "b", "marks": [["type": "bold"]]],
                        ["type": "text", "text": "c"],
                    ],
                ],
                ["type": "paragraph"],
            ],
        ]
        #expect(
            YjsUpdate.writing(text, client: 7).map { Hex.encode($0) }
                == "01090700" + "07010b70726f73656d6972726f72030768656164696e67" + "2800070005" + "6c6576656c017d02"
                + "0700070006" + "0400070206c3a9f09f9880" + "86070504626f6c64027b7d" + "8407060162" + "860707"
                + "04626f6c64046e756c6c"
                + "8407080163" + "870700030970617261677261706800"
        )
    }

    @Test("what is no stored text is not written")
    func notStored() throws {
        var deep: JSONValue = ["type": "paragraph"]
        for _ in 0..<200 { deep = ["type": "blockquote", "content": [deep]] }
        for text in [
            nil, "x", [:], ["type": "doc"], ["type": "doc", "content": []], ["type": "doc", "content": [5]],
            ["type": "doc", "content": [["text": "x"]]], ["type": "doc", "content": [deep]],
        ] as [JSONValue] {
            #expect(YjsUpdate.writing(text, client: 7) == nil)
        }
    }
}
