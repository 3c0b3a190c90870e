"""Signed-in reads, against the reference."""

from load import wrk
from rounds import compare

NAMES = ("session", "chat list of 60", "a chat of 20 messages", "model list of 20", "config")
LONG = "a chat of 2,000 messages"


def reads(bench):
    """Requests a second of what a page asks for."""
    if not bench.reference:
        for name in NAMES:
            bench.table.left_out(f"requests/s: {name}, to the reference", "the reference is not installed")
        return
    targets = [prepare(server) for server in (bench.ours, bench.reference.server)]
    for name, mine, theirs in zip(NAMES, *targets):
        add(bench, name, mine, theirs, 100)


def long_chat(bench):
    """A chat of 2,000 messages: to 100 chats of 20, which have as many, and to the reference."""
    ours, bearer = bench.ours, bench.ours.bearer()
    short, long = (ours.chat("Read", count)[0] for count in (20, 2000))

    def time(chat):
        return lambda: 1000 / wrk(f"{ours.base}/api/v1/chats/{chat}", bearer, connections=8)

    mine, other, ratio = compare(time(long), time(short))
    bench.table.at_most(f"reading {LONG}, to one of 20", f"{mine:.2f} ms", f"{other:.2f} ms", ratio, 100)
    if not bench.reference:
        return bench.table.left_out(f"requests/s: {LONG}, to the reference", "the reference is not installed")
    server = bench.reference.server
    theirs = f"{server.base}/api/v1/chats/{server.chat('Read', 2000)[0]}", server.bearer()
    add(bench, LONG, (f"{ours.base}/api/v1/chats/{long}", bearer), theirs, None)


def add(bench, name, mine, theirs, goal):
    # The reference answers few at a time, the long ones so slowly that none would be done in time.
    load = {"connections": 32, "seconds": 4} if goal else {"connections": 2, "seconds": 8}
    ours, other, ratio = compare(lambda: wrk(*mine), lambda: wrk(*theirs, **load))
    row = (f"requests/s: {name}, to the reference", f"{ours:,.0f}", f"{other:,.1f}", ratio)
    if goal:
        bench.table.at_least(*row, goal)
    else:
        bench.table.without_goal(*row)


def prepare(server):
    """Fills an account; returns the address and the header of each request, in the order of their names."""
    for number in range(60):
        server.chat(f"Chat {number}", 2)
    twenty, _ = server.chat("Twenty", 20)
    paths = ("/api/v1/auths/", "/api/v1/chats/?page=1", f"/api/v1/chats/{twenty}", "/api/models")
    # The configuration tells more to who is signed in, and looks for a cookie only.
    cookie = (f"{server.base}/api/config", f"Cookie: token={server.token}")
    return [*((server.base + path, server.bearer()) for path in paths), cookie]
