package import NIOCore

/// What an administrator sets, and the limits that keep one client from costing the others.
package struct Configuration: Sendable {
    /// How clients reach Socket.IO; `ENABLE_WEBSOCKET_SUPPORT` decides, and there is never a choice of both.
    package enum Transport: String, Sendable {
        case websocket
        case polling
    }

    /// The unix socket for clients, behind nginx.
    package var clientsPath: String
    /// The unix socket for workers' frames.
    package var eventsPath: String
    /// The unix socket that questions are asked on: nginx's internal server.
    package var askPath: String
    /// Sockets that listen on these paths already, opened by the service manager.
    package var clientsSocket: Int32?
    package var eventsSocket: Int32?
    /// Names this daemon towards the workers; the same after a restart, different on each host.
    package var name: String
    package var transport = Transport.websocket

    package var maximumSessions = 20_000
    /// HTTP answers that wait for their stream or are in the middle of it.
    package var maximumStreams = 20_000
    /// Bytes that may wait for a slow Socket.IO client before it is dropped. One larger event still reaches a client
    /// that has nothing else to read.
    package var maximumSocketBacklog = 8 << 20
    /// Bytes that may wait for a slow reader of a stream, or for one that has not come yet.
    package var maximumStreamBacklog = 4 << 20
    /// Events of one socket that wait for their turn to be asked about.
    package var maximumQueuedEvents = 256
    package var maximumQueuedBytes = 4 << 20
    /// Events a socket may send at once, and a second, before it is dropped.
    package var eventBurst = 300
    package var eventsPerSecond = 60
    /// Packets of any kind. A direct connection sends one for each line of its provider's stream.
    package var packetBurst = 10_000
    package var packetsPerSecond = 1_000
    /// How often one session may say goodbye and connect anew.
    package var maximumConnects = 16
    /// Calls (server to client) of one socket that wait for their answer.
    package var maximumCalls = 128

    package var pingInterval = TimeAmount.milliseconds(25_000)
    package var pingTimeout = TimeAmount.milliseconds(20_000)
    /// From the first byte of a connection or request to its last header or body byte.
    package var requestTimeout = TimeAmount.seconds(10)
    /// Until a session has sent its Socket.IO CONNECT packet.
    package var connectTimeout = TimeAmount.seconds(45)
    /// Between two requests of a kept connection.
    package var idleTimeout = TimeAmount.seconds(75)
    /// How long a client waits for a worker that begins its stream. Turns wait in a queue before they begin, and an answer that is
    /// no stream begins when the model has said all.
    package var streamStartTimeout = TimeAmount.seconds(1800)
    /// How long a stream waits for its client.
    package var streamAttachTimeout = TimeAmount.seconds(30)
    /// After how much silence an event stream gets a comment, so that proxies do not take it for dead.
    package var streamPingInterval = TimeAmount.seconds(15)

    package var maximumQuestionConnections = 16
    package var maximumQuestions = 4096
    package var questionTimeout = TimeAmount.seconds(10)
    package var maximumAnswerBytes = 4 << 20
    /// How long accepting clients waits for a worker that forgets the sockets of before.
    package var resetTimeout = TimeAmount.seconds(5)
    /// How long running streams may go on after the order to stop.
    package var grace = TimeAmount.seconds(10)

    package init(clientsPath: String, eventsPath: String, askPath: String, name: String) {
        self.clientsPath = clientsPath
        self.eventsPath = eventsPath
        self.askPath = askPath
        self.name = name
    }
}
