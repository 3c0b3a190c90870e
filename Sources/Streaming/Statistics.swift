import Core
import NIOCore

/// Counters since the start, for the status page.
struct Statistics {
    private let start = NIODeadline.now()
    var sessionsOpened = 0
    var eventsReceived = 0
    var eventsSent = 0
    var framesReceived = 0
    /// Clients that did not read what was sent to them.
    var droppedSlow = 0
    /// Clients that sent too much, or what is no packet.
    var droppedUnruly = 0
    /// Clients that answered no ping.
    var droppedSilent = 0

    var json: JSONValue {
        [
            "uptime_seconds": .number(JSONNumber(Int((NIODeadline.now() - start).nanoseconds / 1_000_000_000))),
            "sessions_opened": .number(JSONNumber(sessionsOpened)),
            "events_received": .number(JSONNumber(eventsReceived)),
            "events_sent": .number(JSONNumber(eventsSent)),
            "frames_received": .number(JSONNumber(framesReceived)),
            "dropped_slow": .number(JSONNumber(droppedSlow)),
            "dropped_unruly": .number(JSONNumber(droppedUnruly)),
            "dropped_silent": .number(JSONNumber(droppedSilent)),
        ]
    }
}
