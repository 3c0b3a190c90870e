/// The status and headers of an answer. After redirects, those of the last one.
package struct HTTPHead: Sendable {
    package let status: Int
    /// Names in lower case, in the order of arrival; a name may occur more than once.
    package internal(set) var headers: [(name: String, value: String)] = []

    /// Returns the first value of a header, named in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// A whole answer.
package struct HTTPAnswer: Sendable {
    package let head: HTTPHead
    package let body: [UInt8]

    package var status: Int { head.status }
    package var headers: [(name: String, value: String)] { head.headers }

    /// Returns the first value of a header, named in lower case.
    package func header(_ name: String) -> String? { head.header(name) }
}
