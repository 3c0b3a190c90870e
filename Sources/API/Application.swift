package import Accounts
import Administration
import Core
package import HTTP
package import Metrics
import Outbound
package import Postgres

/// Answers the requests of one thread: finds the route, checks who asks, calls the handler, and makes an answer of whatever goes wrong.
package final class Application {
    private let database: Connection
    private let http = HTTPClient(policy: .administrator)
    private let shared: Context.Shared
    private let table: RouteTable<Context>
    private let requestAudit: RequestAudit
    private var routeClass = Application.unknown

    /// Requests that no route takes.
    private static let unknown = "unknown"

    package init(database: Connection, shared: Context.Shared, table: RouteTable<Context> = API.table) {
        self.database = database
        self.shared = shared
        self.table = table
        requestAudit = RequestAudit(shared.settings.current)
    }

    /// Where the time of the last request went.
    package var effort: RequestEffort {
        var effort = database.effort
        effort.routeClass = routeClass
        effort.upstream = http.spentNanoseconds
        return effort
    }

    package func respond(to request: Request) -> Response {
        routeClass = Self.unknown
        database.effort = RequestEffort()
        http.spentNanoseconds = 0
        let cors = CrossOrigin(settings: shared.settings.current)
        if request.method == .options, let preflight = cors.preflight(request) { return preflight }
        var context: Context?
        let response = answer(request, &context)
        requestAudit.note(request, response, context, shared.log)
        return cors.allow(request, response)
    }

    /// Gives the context besides, once there is one.
    private func answer(_ request: Request, _ context: inout Context?) -> Response {
        do {
            switch table.find(request.method, request.path) {
            case .unknown:
                throw request.method == .get || request.method == .head
                    ? APIError.notFound() : APIError.methodNotAllowed
            case .wrongMethod(let allowed):
                var error = APIError.methodNotAllowed
                error.headers = [("Allow", Set(allowed.map(\.rawValue)).sorted().joined(separator: ", "))]
                throw error
            case .found(let route, let parameters):
                routeClass = route.routeClass
                let made = Context(
                    request: request,
                    parameters: parameters,
                    database: database,
                    http: http,
                    shared: shared
                )
                context = made
                do {
                    try made.check(route.access)
                } catch let refusal as APIError {
                    // Who tries tokens is counted as well, by address.
                    _ = try RequestLimits.count(made)
                    throw refusal
                }
                let rates = try RequestLimits.count(made)
                var response = try AuditActor.attribute(made, route) { try route.handler(made) }
                response.headers += rates
                made.noteActivity()
                return route.access == .anyone ? response : response.keptByNobody
            }
        } catch {
            return refuse(error, request, context)
        }
    }

    private func refuse(_ error: any Error, _ request: Request, _ context: Context?) -> Response {
        switch error {
        case let error as APIError:
            return error.response
        case let error as JSONError:
            return APIError.badRequest("Malformed JSON: \(error.message)").response
        case let error as PostgresError where error.isDiskFull:
            log(error, request)
            return APIError(507, "The server has no space left. Nothing was saved.").response
        case let error as PostgresError where error.isConnectionLost:
            log(error, request)
            var unavailable = APIError(503, "The database can not be reached at the moment. Please try again.")
            unavailable.headers = [("Retry-After", "2")]
            return unavailable.response
        default:
            log(error, request)
            return APIError(500, "Internal Server Error").response
        }
    }

    private func log(_ error: any Error, _ request: Request) {
        shared.log.error(
            "a request failed",
            metadata: [
                "error": "\(error)", "method": "\(request.method?.rawValue ?? "?")", "path": "\(request.path)",
                "request": "\(request.client.requestID)",
            ]
        )
    }
}

extension Response {
    /// What an account sees is for no cache, unless the handler says otherwise.
    fileprivate var keptByNobody: Response {
        headers.contains { $0.name == "Cache-Control" } ? self : with("Cache-Control", "private, no-store")
    }
}
