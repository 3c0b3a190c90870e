import NIOCore
import NIOHTTP1
import NIOWebSocket
import Wire

/// Which requests become WebSockets, and what each is then.
enum WebSocketUpgrade {
    static func upgrader(hub: NIOLoopBound<Hub>) -> NIOWebSocketServerUpgrader {
        NIOWebSocketServerUpgrader(
            maxFrameSize: EngineIO.maximumPayload,
            automaticErrorHandling: true,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(isWanted(head, hub.value) ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    let hub = hub.value
                    let receiver: any WebSocketReceiver =
                        RequestTarget(head.uri).isChat
                        ? PlainChat(hub: hub, headers: head.headers) : WebSocketEngine(hub: hub, headers: head.headers)
                    let connection = WebSocketConnection(receiver: receiver, maximumMessage: EngineIO.maximumPayload)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        )
    }

    /// What is not wanted goes on as a plain request and is refused there, with 403 as by the reference.
    private static func isWanted(_ head: HTTPRequestHead, _ hub: Hub) -> Bool {
        guard head.method == .GET, hub.hasRoomForSession else { return false }
        let target = RequestTarget(head.uri)
        if target.isChat { return true }
        return target.isEngineIO && hub.configuration.transport == .websocket && target["EIO"] == "4"
            && target["transport"] == "websocket" && target["sid"] == nil
    }
}
