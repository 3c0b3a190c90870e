"""Measures a running server: `./dev bench`. Prints one table, each row a ratio of two things measured in this one run.

    BASE, STATE_DIR     the server, which must be empty, and its directory
    REFERENCE_BASE      a server to compare signed-in reads with, also empty; without it those rows are skipped

Rows can be chosen by words of their names: `bench.py first saving`.
"""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import floor
import websocket
from server import Server, database, memory, run

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 2
CONNECTIONS = 32


class Bench:
    def __init__(self):
        self.state = os.environ["STATE_DIR"]
        self.base = os.environ["BASE"].rstrip("/")
        self.rows = []
        self.failed = False

    def row(self, what, ours, other, ratio, goal=None, at_least=False):
        """A line of the table. A goal is the most that the ratio may be, or with `at_least` the least."""
        met = goal is None or (ratio >= goal if at_least else ratio <= goal)
        sign = "" if goal is None else f"{'≥' if at_least else '≤'} {goal:g}"
        self.rows.append((what, ours, other, f"{ratio:.2f}", sign, "" if goal is None else "met" if met else "MISSED"))

    def skip(self, what, why):
        self.rows.append((what, "", why, "", "", "skipped"))

    def fail(self, what, why):
        """A row that could not be measured must not take the others with it."""
        self.failed = True
        print(f"bench: {what}: {why}", file=sys.stderr, flush=True)
        self.rows.append((what, "", "", "", "", "FAILED"))

    def table(self):
        head = ("what", "ours", "other", "ratio", "goal", "")
        widths = [max(len(row[column]) for row in [head, *self.rows]) for column in range(len(head))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *self.rows]
        ]
        return "\n".join([lines[0], "  ".join("-" * width for width in widths).rstrip(), *lines[1:]])


# ---- Tools


def wrk(url, *headers, connections=CONNECTIONS, seconds=SECONDS):
    """Requests a second; all of them must be answered with 200."""
    options = [option for header in headers for option in ("-H", header)]
    text = run("wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", *options, url)
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{url}: not all requests were answered well:\n{text}")
    return float(text.partition("Requests/sec:")[2].split()[0])


@contextlib.contextmanager
def upstream():
    """Runs the provider; yields its port."""
    command = [sys.executable, str(HERE / "upstream.py")]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def streams(url, token, total, at_once, rate, words, pause, when_open=lambda: None):
    """Runs the load of streams.py; calls `when_open` while the first AT_ONCE are open. Returns its summary."""
    arguments = map(str, (url, token, total, at_once, rate, words, pause))
    command = [sys.executable, str(HERE / "streams.py"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        for line in process.stdout:
            told = json.loads(line)
            if "complete" in told:
                return told
            when_open()
    raise SystemExit("the load of streams ended early")


def at(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


# ---- Rows


def reads(bench, ours, port):
    """Signed-in requests a second, against the reference, in turns, the best of each."""
    names = ("session", "chat list of 60", "a chat of 20 messages", "model list of 20", "config")
    reference = os.environ.get("REFERENCE_BASE")
    if not reference:
        for name in names:
            bench.skip(f"requests/s: {name}", "no REFERENCE_BASE")
        return
    theirs = Server(reference)
    theirs.connect(port)
    targets = [prepare_reads(server) for server in (ours, theirs)]
    for place, name in enumerate(names):
        mine = other = 0.0
        for _ in range(2):
            mine, other = max(mine, wrk(*targets[0][place])), max(other, wrk(*targets[1][place]))
        bench.row(f"requests/s: {name}", f"{mine:,.0f}", f"{other:,.0f}", mine / other, 100, at_least=True)


def prepare_reads(server):
    """Fills an account; returns the address and the header of each request, in the order of their names."""
    for number in range(60):
        server.chat(f"Chat {number}", 2)
    twenty, _ = server.chat("Twenty", 20)
    paths = ("/api/v1/auths/", "/api/v1/chats/?page=1", f"/api/v1/chats/{twenty}", "/api/models")
    bearer = f"Authorization: Bearer {server.token}"
    return [(server.base + path, bearer) for path in paths] + [
        (f"{server.base}/api/config", f"Cookie: token={server.token}")
    ]


def health(bench, ours, port):
    """/health against the floor, in turns, the best of each."""
    best = {"/health": 0.0, "/floor": 0.0}
    with floor.behind_nginx(bench.state, threads=8) as base:
        for _ in range(4):
            for path in best:
                best[path] = max(best[path], wrk(base + path, connections=64, seconds=1))
    mine, least = best.values()
    bench.row(
        "requests/s: /health, to C with libfcgi", f"{mine:,.0f}", f"{least:,.0f}", mine / least, 0.85, at_least=True
    )


def session(bench, ours, port):
    """The session against the same select by pgbench, in turns, the best of each.

    pgbench sends it as text, which is parsed and planned each time; in a second row as a prepared statement, which is
    what the server does, without HTTP, a web server, a token and JSON around it.
    """
    pgbench = (
        "/usr/lib/postgresql/15/bin/pgbench",
        "-n",
        "-c8",
        "-j2",
        f"-T{SECONDS}",
        "-f",
        str(HERE / "session.sql"),
    )
    target, known = database(bench.state), {"account": ours.account, "session": ours.session()}
    mine = text = prepared = 0.0
    for _ in range(3):
        quoted = [f"-D{name}='{value}'" for name, value in known.items()]
        text = max(text, per_second(run(*pgbench, "-Msimple", *quoted, *target)))
        plain = [f"-D{name}={value}" for name, value in known.items()]
        prepared = max(prepared, per_second(run(*pgbench, "-Mprepared", *plain, *target)))
        mine = max(mine, wrk(f"{ours.base}/api/v1/auths/", f"Authorization: Bearer {ours.token}"))
    name = "requests/s: session, to its select by pgbench"
    bench.row(name, f"{mine:,.0f}", f"{text:,.0f}", mine / text, 0.6, at_least=True)
    bench.row(f"{name}, prepared", f"{mine:,.0f}", f"{prepared:,.0f}", mine / prepared)


def per_second(text):
    return float(text.partition("tps = ")[2].split()[0])


def first_byte(bench, ours, port):
    """The time until the first word at 100 open streams, over that of the upstream itself."""
    url = f"{ours.base}/api/chat/completions"
    direct = f"http://127.0.0.1:{port}/v1/chat/completions"
    results = []
    for target in (direct, url, direct, url):
        # 100 at once, each of them 2 seconds long.
        told = streams(target, ours.token, total=400, at_once=100, rate=50, words=20, pause=0.1)
        results.append(told["first"])
        if told["complete"] != told["total"]:
            raise SystemExit(f"{target}: {told['complete']} of {told['total']} streams were complete")
    other, mine = (sorted(results[start] + results[start + 2]) for start in (0, 1))
    for share, goal in ((0.5, 3), (0.99, 10)):
        over = at(mine, share) - at(other, share)
        name = f"first word at 100 streams over the upstream's, p{share * 100:g}, to {goal} ms"
        bench.row(name, f"{at(mine, share):.2f} ms", f"{at(other, share):.2f} ms", over / goal, 1)


def many_streams(bench, ours, port):
    """2,000 streams at once, and the memory meanwhile."""
    count, sizes = 2000, []
    url = f"{ours.base}/api/chat/completions"
    told = streams(url, ours.token, count, count, 200, 15, 2, lambda: sizes.append(memory(bench.state)))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=10) as answer:
        peak = json.load(answer)["peak"]
    bench.row("2,000 streams: complete", str(told["complete"]), str(count), told["complete"] / count, 1, at_least=True)
    bench.row("2,000 streams: open at once at the upstream", str(peak), str(count), peak / count, 1, at_least=True)
    if sizes:
        used, data = sizes[0]
        bench.row("memory with them, to 2,000 × 100 kB", f"{used:.0f} MB", "200 MB", used / 200)
        bench.row(
            "memory of PostgreSQL with them, to at rest",
            f"{data:.0f} MB",
            f"{bench.database:.0f} MB",
            data / bench.database,
        )


def at_rest(bench, ours, port):
    """Memory after one answer, before any load."""
    time.sleep(2)
    used, bench.database = memory(bench.state)
    bench.row("memory at rest, all but PostgreSQL, to 70 MB", f"{used:.1f} MB", "70 MB", used / 70, 1)


def saving(bench, ours, port):
    """One message saved in a long chat and in a short one, in turns."""
    places = [ours.chat(f"{count} messages", count) for count in (2000, 10)]
    times = [[], []]
    for number in range(300):
        for (chat, message), taken in zip(places, times):
            body = {"type": "replace", "data": {"content": f"Text {number} " + "some words " * 50}}
            start = time.perf_counter()
            ours.ask("POST", f"/api/v1/chats/{chat}/messages/{message}/event", body)
            taken.append((time.perf_counter() - start) * 1000)
    long, short = (statistics.median(taken) for taken in times)
    bench.row("saving a message: chat of 2,000, to chat of 10", f"{long:.2f} ms", f"{short:.2f} ms", long / short, 1.3)


def socket_bytes(bench, ours, port):
    """What a page's socket receives of an answer of 1,000 words, to one of 500."""
    sizes = [received(ours, words) for words in (1000, 500)]
    shown = [f"{size / 1000:.0f} kB" for size in sizes]
    bench.row("bytes on the socket: 1,000 words, to 500", *shown, sizes[0] / sizes[1], 2.2)


def received(server, words):
    address = server.base.replace("http", "ws", 1) + "/ws/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(address, timeout=60)
    line.recv()
    line.send("40" + json.dumps({"token": server.token}))
    sid = json.loads(line.recv()[2:])["sid"]
    chat, message = server.chat("Bytes", 2)
    prompt = json.dumps({"words": words, "pause": 0.002})
    body = {"model": "bench-00", "stream": True, "messages": [{"role": "user", "content": prompt}]}
    server.ask("POST", "/api/chat/completions", body | {"session_id": sid, "chat_id": chat, "id": message})
    size = 0
    while True:
        text = line.recv()
        size += len(text.encode())
        if '"done":true' in text.replace(" ", ""):
            line.close()
            return size


def start(bench, ours, port):
    """From nothing to the first answer of the demonstration model, and again with what is there then."""
    with tempfile.TemporaryDirectory(prefix="start.") as state:
        # A database server of another user's has to reach its files.
        os.chmod(state, 0o711)
        first = start_once(state)
        again = start_once(state)
    bench.row("start to first answer, to a restart", f"{first:.1f} s", f"{again:.1f} s", first / again)


def start_once(state):
    port = floor.free_port()
    settings = {"PORT": str(port), "STATE_DIR": state, "SKIP_BUILD": "yes"}
    keep = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA_DIR", "BASE")}
    begun = time.perf_counter()
    command = [str(HERE.parents[1] / "dev"), "up", "--no-build"]
    process = subprocess.Popen(
        command, env=keep | settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        if not process.stdout.readline().startswith("ready: "):
            raise SystemExit("a second server did not start")
        server = Server(f"http://127.0.0.1:{port}")
        (model,) = [item["id"] for item in server.ask("GET", "/api/models")["data"]]
        server.first_answer(model, "Hello")
        return time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(60)


ROWS = (at_rest, reads, health, session, first_byte, many_streams, saving, socket_bytes, start)


def main():
    bench = Bench()
    bench.database = memory(bench.state)[1]
    ours = Server(bench.base)
    wanted = sys.argv[1:]
    with upstream() as port:
        ours.connect(port)
        ours.first_answer("bench-00", json.dumps({"words": 5, "pause": 0}))
        for measure in ROWS:
            if not wanted or any(word in measure.__name__ for word in wanted):
                name = measure.__name__.replace("_", " ")
                print(f"bench: {name}", file=sys.stderr, flush=True)
                try:
                    measure(bench, ours, port)
                except (SystemExit, AssertionError, OSError, subprocess.SubprocessError) as error:
                    bench.fail(name, str(error))
    print(bench.table())
    sys.exit(bench.failed)


main()
