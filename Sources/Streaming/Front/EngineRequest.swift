import NIOCore
import NIOHTTP1

/// A plain HTTP request to Engine.IO's path; status and texts are the reference's.
struct EngineRequest {
    let head: HTTPRequestHead
    let target: RequestTarget
    let body: [UInt8]

    func answer(_ connection: ClientConnection, hub: Hub) {
        let transport = target["transport"] ?? "polling"
        if transport == "websocket" {
            return connection.respond(.badRequest, detail: "Invalid WebSocket upgrade request")
        }
        guard transport == "polling", hub.configuration.transport == .polling else {
            return connection.respond(.badRequest, text: "\"Invalid transport\"")
        }
        switch head.method {
        case .GET: get(connection, hub)
        case .POST:
            guard let engine = engine(hub) else { return connection.respond(.badRequest, text: "\"Invalid session\"") }
            engine.post(body, connection)
        case .OPTIONS: connection.respond(.ok, text: "OK")
        default: connection.respond(.methodNotAllowed, text: "Method Not Found")
        }
    }

    private func get(_ connection: ClientConnection, _ hub: Hub) {
        guard target["sid"] == nil else {
            guard let engine = engine(hub) else { return connection.respond(.badRequest, text: "\"Invalid session\"") }
            return engine.poll(connection)
        }
        guard target["EIO"] == "4" else {
            let text = "The client is using an unsupported version of the Socket.IO or Engine.IO protocols"
            return connection.respond(.badRequest, text: "\"\(text)\"")
        }
        guard hub.hasRoomForSession else {
            return connection.respond(.serviceUnavailable, detail: "There are too many connections")
        }
        PollingEngine.open(connection, hub: hub, headers: head.headers)
    }

    private func engine(_ hub: Hub) -> PollingEngine? {
        target["sid"].flatMap { hub.sessions[$0]?.transport as? PollingEngine }
    }
}
