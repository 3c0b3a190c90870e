/// The parts of a `multipart/form-data` body (RFC 7578).
///
///     let parts = try Multipart.parts(of: request)
///     guard let file = parts.first(where: { $0.name == "file" }) else { … }
package enum Multipart {
    package struct Limits: Sendable {
        package var parts = 100
        /// Bytes of one part's header.
        package var header = 16 << 10
        /// A part of a spooled body that is no longer than this is given as bytes all the same.
        package var inMemory = 64 << 10

        package init() {}
    }

    /// RFC 2046 §5.1.1.
    static let maximumBoundary = 70

    /// - Throws: 400 for a request that is no form, a malformed body and more than the limits allow.
    package static func parts(of request: Request, limits: Limits = Limits()) throws -> [Part] {
        let boundary = try boundary(of: request.headers["content-type"] ?? "")
        return try request.body.withBytes { bytes in
            var parser = MultipartParser(bytes: bytes, boundary: boundary, limits: limits)
            return try parser.sections().map { section in
                Part(
                    name: section.disposition.name,
                    filename: section.disposition.filename,
                    contentType: section.contentType,
                    body: body(section.range, of: bytes, in: request.body, limits)
                )
            }
        }
    }

    private static func body(
        _ range: Range<Int>,
        of bytes: UnsafeRawBufferPointer,
        in body: RequestBody,
        _ limits: Limits
    ) -> Part.Body {
        if case .file(let path, _) = body, range.count > limits.inMemory {
            return .fileRange(path: path, offset: range.lowerBound, count: range.count)
        }
        return .bytes([UInt8](bytes[range]))
    }

    /// The boundary that a Content-Type names.
    static func boundary(of contentType: String) throws -> [UInt8] {
        let fields = try HeaderParameters(contentType)
        guard fields.value.lowercased() == "multipart/form-data" else {
            throw APIError.badRequest("The request is no multipart form")
        }
        let boundary = Array((fields["boundary"] ?? "").utf8)
        guard (1...maximumBoundary).contains(boundary.count), boundary.allSatisfy(isBoundaryCharacter),
            boundary.last != 0x20
        else { throw malformed("its boundary is missing or not valid") }
        return boundary
    }

    private static func isBoundaryCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }

    static func malformed(_ reason: String) -> APIError {
        .badRequest("The multipart form is malformed: \(reason)")
    }
}
