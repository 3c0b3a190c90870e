package import Core

/// A piece of work that is done in the background, after the transaction that asked for it.
package struct Job: Sendable {
    package let id: String
    package let kind: String
    package let payload: JSONValue
    /// How often it was begun, this time included.
    package let attempts: Int

    package init(id: String, kind: String, payload: JSONValue, attempts: Int = 1) {
        self.id = id
        self.kind = kind
        self.payload = payload
        self.attempts = attempts
    }
}

/// Why a job can not be done, however often it is tried. Any other error means: later, perhaps.
package struct JobRefusal: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
