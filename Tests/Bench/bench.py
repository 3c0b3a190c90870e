"""Measures a running server: `./dev bench [NAME…]`. Prints one table, each row a ratio within this one run.

    BASE, STATE_DIR     the server, which must be empty, and its directory
    OPEN_WEBUI_VENV     where the reference is installed; without it the rows that need it are left out

A NAME is a part of the name of a function or of a module of `rows`; without any, all are measured.
"""

import contextlib
import json
import os
import subprocess
import sys

import websocket

import reference
from database import Database
from load import upstream
from rows import ROWS
from server import Server
from table import Table


# What a row may fail with while the others go on.
BROKEN = (
    SystemExit,
    ArithmeticError,
    AssertionError,
    LookupError,
    OSError,
    ValueError,
    StopIteration,
    subprocess.SubprocessError,
    websocket.WebSocketException,
)


class Bench:
    """What rows measure with: our server and its database, the provider's port, the reference, and the table."""

    def __init__(self, base, state, port, resources):
        self.state, self.port, self._resources = state, port, resources
        self.table = Table()
        self.ours = Server(base)
        self.database = Database(state)
        self._reference = None
        self._kept = {}

    @property
    def reference(self):
        """The reference, started when it is first asked for; nil where it is not installed."""
        if self._reference is None and reference.venv():
            print("bench: starting the reference", file=sys.stderr, flush=True)
            running = reference.running_reference(self.state, self.port)
            self._reference = self._resources.enter_context(running)
        return self._reference

    def once(self, make):
        """What `make(bench)` gives; several rows share it."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return self._kept[make]


def is_wanted(measure, names):
    full = f"{measure.__module__}.{measure.__name__}".replace("_", "-")
    return not names or any(name.replace("_", "-") in full for name in names)


def main(names):
    wanted = [measure for measure in ROWS if is_wanted(measure, names)]
    if not wanted:
        sys.exit(f"no row is named so; there are: {' '.join(measure.__name__.replace('_', '-') for measure in ROWS)}")
    with contextlib.ExitStack() as resources:
        port = resources.enter_context(upstream())
        bench = Bench(os.environ["BASE"], os.environ["STATE_DIR"], port, resources)
        bench.ours.connect(port)
        bench.ours.first_answer("bench-00", json.dumps({"words": 5, "pause": 0}))
        for measure in wanted:
            name = measure.__name__.replace("_", " ")
            print(f"bench: {name}", file=sys.stderr, flush=True)
            try:
                measure(bench)
            except BROKEN as error:
                bench.table.failed(name, str(error))
                print(f"bench: {name}: {error}", file=sys.stderr, flush=True)
    print(bench.table)
    return bench.table.has_failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
