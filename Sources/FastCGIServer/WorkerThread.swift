import CFastCGI
import CSystem
import Core
import Glibc
import HTTP
import Logging
import Metrics
import Synchronization

/// One thread of a server: takes a connection, answers the one request on it, and takes the next.
///
/// The accept loop is ours, because libfcgi's can not be stopped while a request is in flight; libfcgi gets connections that are open
/// already. Between two requests a thread sleeps in epoll on the listening socket, where the kernel wakes one thread for each
/// connection, and on the server's stop event, which wakes all.
final class WorkerThread {
    private let server: Server
    private let index: Int
    private let configuration: PoolConfiguration
    private var meter: RequestMeter
    private let logger: Logger
    private let request: UnsafeMutablePointer<FCGX_Request>
    private let connection = Connection()
    private let isGone: @Sendable () -> Bool
    private var writer = ResponseWriter()
    private var epoll: Int32 = -1

    init(_ server: Server, index: Int) {
        self.server = server
        self.index = index
        configuration = server.configuration
        logger = server.logger
        meter = RequestMeter(
            server.scoreboard,
            thread: index,
            slowest: server.configuration.slowRequest,
            logger: server.logger
        )
        let connection = connection
        isGone = { connection.isGone }
        request = .allocate(capacity: 1)
        // Without a listening socket, so that libfcgi never accepts by itself after a broken request.
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        request.deallocate()
        if epoll >= 0 { close(epoll) }
    }

    /// Returns when the server drains.
    func run() {
        guard let responder = makeResponder(), watch() else { return }
        server.threadIsReady()
        while !server.isDraining {
            let descriptor = swiftlet_accept(server.listener)
            if descriptor >= 0 {
                serve(descriptor, responder)
                server.countRequest()
            } else {
                rest(after: errno)
            }
        }
    }

    /// Keeps trying, because what it lacks may come back; requests wait meanwhile, or other processes take them.
    private func makeResponder() -> (any Responder)? {
        var delay = Duration.milliseconds(100)
        while !server.isDraining {
            do {
                return try server.makeResponder(index)
            } catch {
                logger.error("a thread can not start", metadata: ["thread": "\(index)", "error": "\(error)"])
                server.sleep(delay)
                delay = min(delay * 2, .seconds(5))
            }
        }
        return nil
    }

    private func watch() -> Bool {
        epoll = swiftlet_epoll_create()
        var listening = epoll_event(events: swiftlet_epollin_exclusive, data: epoll_data_t())
        var stopping = epoll_event(events: swiftlet_epollin, data: epoll_data_t())
        guard epoll >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, server.listener, &listening) == 0,
            epoll_ctl(epoll, EPOLL_CTL_ADD, server.stopping.descriptor, &stopping) == 0
        else {
            logger.critical("a thread can not listen", metadata: ["error": "\(SystemCallError("epoll"))"])
            server.drain()
            return false
        }
        return true
    }

    private func rest(after code: Int32) {
        switch code {
        case EAGAIN:
            var event = epoll_event()
            epoll_wait(epoll, &event, 1, -1)
        case EINTR, ECONNABORTED, EPROTO:
            break
        default:
            // Out of descriptors or memory: the connection stays in the backlog, and asking again at once would only burn time.
            logger.error("no connection can be accepted", metadata: ["error": "\(SystemCallError("accept", code))"])
            server.sleep(.milliseconds(100))
        }
    }

    private func serve(_ descriptor: Int32, _ responder: any Responder) {
        setTimeouts(descriptor)
        request.pointee.ipcFd = descriptor
        // Otherwise the library would finish a former request on this connection, that is, close it.
        request.pointee.keepConnection = 1
        guard FCGX_Accept_r(request) == 0, let input = request.pointee.in, let output = request.pointee.out else {
            logger.debug("a connection brought no request")
            return
        }
        // One request on each connection, whatever the other side asks for: a kept connection would hold the thread.
        request.pointee.keepConnection = 0
        connection.descriptor.store(descriptor, ordering: .relaxed)
        answer(responder, input, output)
        connection.descriptor.store(-1, ordering: .relaxed)
        FCGX_Finish_r(request)
    }

    /// A peer that stands still must not hold a thread for good.
    private func setTimeouts(_ descriptor: Int32) {
        var limit = timeval(tv_sec: configuration.stallTimeout, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    private func answer(
        _ responder: any Responder,
        _ input: UnsafeMutablePointer<FCGX_Stream>,
        _ output: UnsafeMutablePointer<FCGX_Stream>
    ) {
        let start = Clock.monotonicNanoseconds
        meter.begin(at: start)
        var message = Request(method: nil, path: "")
        var response: Response
        var effort = RequestEffort()
        do throws(RequestFailure) {
            let (parsed, file) = try read(input)
            message = parsed
            meter.describe(message)
            response = withExtendedLifetime(file) { responder.respond(to: message) }
            effort = responder.effort
        } catch {
            switch error {
            case .refused(let refusal): response = refusal.response
            case .dropped(let reason):
                logger.debug("a request was dropped", metadata: ["reason": "\(reason)"])
                return meter.drop()
            case .failed(let failure):
                logger.error("a request body can not be stored", metadata: ["error": "\(failure)"])
                response = APIError(500, "The request body could not be stored").response
            }
        }
        if !ResponseWriter.isClean(response) {
            logger.error("a response header is not valid", metadata: message.logMetadata)
            response = APIError(500, "Internal Server Error").response
        }
        let duration = Clock.monotonicNanoseconds - start
        if !writer.write(response, to: message.method, took: .nanoseconds(duration), on: output) {
            logger.debug("a client left before its answer", metadata: message.logMetadata)
        }
        meter.end(message, status: response.status, took: duration, effort, at: Clock.monotonicNanoseconds)
    }

    private func read(_ input: UnsafeMutablePointer<FCGX_Stream>) throws(RequestFailure) -> (Request, SpoolFile?) {
        let parameters: RequestParameters
        do {
            parameters = try RequestParameters(request.pointee.envp, configuration)
        } catch {
            throw .refused(error)
        }
        let (body, file) = try BodyReader(input, configuration).read(expected: parameters.contentLength)
        var message = parameters.request
        message.body = body
        message.client.isGone = isGone
        return (message, file)
    }

    /// The connection whose request is being answered; asked by whoever waits for long.
    private final class Connection: Sendable {
        let descriptor = Atomic<Int32>(-1)

        var isGone: Bool {
            var entry = pollfd(fd: descriptor.load(ordering: .relaxed), events: swiftlet_pollrdhup, revents: 0)
            return entry.fd < 0 || (poll(&entry, 1, 0) > 0 && entry.revents != 0)
        }
    }
}
