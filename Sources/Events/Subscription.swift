/// Events of one name on their way to a handler. It ends with `cancel`, or when nobody holds it.
package final class Subscription: Sendable {
    private let name: String
    private let publisher: Publisher

    init(name: String, publisher: Publisher) {
        self.name = name
        self.publisher = publisher
    }

    deinit {
        cancel()
    }

    package func cancel() {
        publisher.unsubscribe(name)
    }
}
