"""What a message costs, whatever the length of its chat or of itself."""

import json
import statistics

from rounds import milliseconds
from sockets import Socket


def saving(bench):
    """One message saved in a long chat and in a short one, in turns."""
    places = [bench.ours.chat(f"{count} messages", count) for count in (2000, 10)]
    times = [[], []]
    for number in range(300):
        body = {"type": "replace", "data": {"content": f"Text {number} " + "some words " * 50}}
        for (chat, message), taken in zip(places, times):
            path = f"/api/v1/chats/{chat}/messages/{message}/event"
            taken.append(milliseconds(lambda path=path, body=body: bench.ours.ask("POST", path, body)))
    long, short = map(statistics.median, times)
    what = "saving a message: in a chat of 2,000, to a chat of 10"
    bench.table.at_most(what, f"{long:.2f} ms", f"{short:.2f} ms", long / short, 1.3)


def socket_bytes(bench):
    """What a page's socket receives of an answer of 1,000 words, to one of 500."""
    long, short = (received(bench.ours, words) for words in (1000, 500))
    shown = (f"{size / 1000:.0f} kB" for size in (long, short))
    bench.table.at_most("bytes on the socket: 1,000 words, to 500", *shown, long / short, 2.2)


def received(server, words):
    socket = Socket(server.base, server.token)
    chat, message = server.chat("Bytes", 2)
    prompt = json.dumps({"words": words, "pause": 0.002})
    body = {"model": "bench-00", "stream": True, "messages": [{"role": "user", "content": prompt}]}
    server.ask("POST", "/api/chat/completions", body | {"session_id": socket.sid, "chat_id": chat, "id": message})
    while True:
        told, _ = socket.wait("chat-events")
        if told["data"].get("data", {}).get("done"):
            socket.close()
            return socket.size
