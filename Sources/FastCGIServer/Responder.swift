package import HTTP
package import Metrics

/// Answers requests on one thread. It is made on that thread and never leaves it, so it may own what no other thread may touch,
/// such as a database connection.
package protocol Responder: AnyObject {
    /// Answers one request; whatever goes wrong is an answer too.
    func respond(to request: Request) -> Response

    /// What the last request took.
    var effort: RequestEffort { get }
}

extension Responder {
    package var effort: RequestEffort { RequestEffort() }
}
