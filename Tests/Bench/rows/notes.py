"""A note that has been written in for long."""

import itertools
import random
import statistics
import sys
import time

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from rounds import milliseconds, quantile
from sockets import Socket

EDITS = 10_000
JOINS = 25
GOAL = 200
# Events that a socket may send at once (Sources/Streaming/Configuration.swift), less those of joining.
BURST = 290


def joining(bench):
    """From the request to join a note with 10,000 edits to its whole text, on a new socket each time."""
    ours = bench.ours
    ours.allow(ENABLE_NOTES=True)
    note = ours.ask("POST", "/api/v1/notes/create", {"title": "Long", "data": {}, "meta": {}, "access_control": {}})
    document = f"note:{note['id']}"
    written = Doc()
    begun = time.perf_counter()
    write(ours, document, list(edits(written)))
    rate = EDITS / (time.perf_counter() - begun)
    print(f"bench: {rate:.0f} edits a second were kept", file=sys.stderr, flush=True)
    times, size = [], 0
    for _ in range(JOINS):
        reader = Socket(ours.base, ours.token)
        state = []
        times.append(milliseconds(lambda: state.append(join(reader, document))))
        reader.close()
        seen = Doc()
        seen.apply_update(state[0])
        size = len(state[0])
        if str(seen.get("prosemirror", type=XmlFragment)) != str(written.get("prosemirror", type=XmlFragment)):
            raise SystemExit("a note that was joined has another text than was written")
    half, most = statistics.median(times), quantile(times, 0.99)
    what = f"joining a note of {EDITS:,} edits ({size // 1000} kB), p99, to {GOAL} ms"
    bench.table.at_most(what, f"{most:.0f} ms", f"p50 {half:.0f} ms", most / GOAL, 1)


def write(server, document, updates):
    """Sends the edits in order, from a new socket each time one has sent as many at once as a socket may."""
    for start in range(0, len(updates), BURST):
        writer = Socket(server.base, server.token)
        join(writer, document)
        batch = [
            {"document_id": document, "socket_id": writer.sid, "update": list(update)}
            for update in updates[start : start + BURST]
        ]
        for number, told in enumerate(batch, 1):
            # Waits now and then, so that the socket is never far ahead of the server.
            is_heard = number % 50 == 0 or number == len(batch)
            (writer.call if is_heard else writer.emit)("ydoc:document:update", told)
        writer.close()


def join(socket, document):
    """Joins; returns the state as bytes."""
    page = {"document_id": document, "user_id": "", "user_name": "", "user_color": "#000000"}
    socket.emit("ydoc:document:join", page)
    told, attachments = socket.wait("ydoc:document:state")
    return attachments[0] if attachments else bytes(told["state"])


def edits(document):
    """Types into paragraphs, mostly where one stopped, sometimes elsewhere, and deletes some; yields each update."""
    chance = random.Random(1)
    updates = []
    subscription = document.observe(lambda event: updates.append(event.update))
    fragment = document.get("prosemirror", type=XmlFragment)
    texts = []
    text = place = None
    for number in itertools.count():
        if number >= EDITS:
            break
        if number % 200 == 0:
            paragraph = XmlElement("paragraph")
            fragment.children.append(paragraph)
            text = XmlText("")
            paragraph.children.append(text)
            texts.append(text)
            place = 0
        elif chance.random() < 0.02:
            text = chance.choice(texts)
            place = chance.randrange(len(str(text)) + 1)
        if chance.random() < 0.05 and place > 0:
            del text[place - 1 : place]
            place -= 1
        else:
            text.insert(place, chance.choice("abcdefghij klmnopqrstuvwxyz "))
            place += 1
        yield from updates
        updates.clear()
    document.unobserve(subscription)
