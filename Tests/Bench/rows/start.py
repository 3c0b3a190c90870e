"""How long a start takes."""

import os
import pathlib
import subprocess
import tempfile
import time

from processes import free_port
from server import Server

DEV = pathlib.Path(__file__).resolve().parents[3] / "dev"


def start(bench):
    """From nothing to the first answer of the demonstration model, and again with what is there then."""
    with tempfile.TemporaryDirectory(prefix="start.") as state:
        # A database server of another user's has to reach its files.
        os.chmod(state, 0o711)
        first, again = once(state), once(state)
    bench.table.without_goal("start to first answer, to a restart", f"{first:.1f} s", f"{again:.1f} s", first / again)


def once(state):
    """Seconds from the command to the answer."""
    port = free_port()
    unwanted = ("DATABASE_URL", "DATA_DIR", "BASE", "WEBUI_SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment |= {"PORT": str(port), "STATE_DIR": state}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(DEV), "up", "--no-build"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
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
