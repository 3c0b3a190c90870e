"""The reference, Open WebUI 0.6.32, where it is installed: OPEN_WEBUI_VENV names the virtual environment it lies in.

It runs as its package starts it, one process, on a database of its own in the same cluster as the server under test.
"""

import contextlib
import os
import pathlib
import tempfile
import time
import urllib.parse
import urllib.request

from database import Database
from processes import free_port, running
from server import Server

SETTINGS = {
    "WEBUI_SECRET_KEY": "a-key-for-measurements-0123456789",
    "OPENAI_API_KEY": "none",
    "ENABLE_OLLAMA_API": "false",
    "OFFLINE_MODE": "true",
    "HF_HUB_OFFLINE": "1",
    # No model is loaded for embeddings that nobody asks for.
    "RAG_EMBEDDING_ENGINE": "openai",
    "ENABLE_VERSION_UPDATE_CHECK": "false",
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "true",
    "SCARF_NO_ANALYTICS": "true",
}


def venv():
    """Where it is installed, or nil."""
    path = os.environ.get("OPEN_WEBUI_VENV")
    if not path:
        return None
    if not (pathlib.Path(path) / "bin" / "uvicorn").exists():
        raise SystemExit(f"OPEN_WEBUI_VENV: there is no uvicorn in {path}/bin")
    return pathlib.Path(path)


class Reference:
    """The running reference: its API as `server`, its tables as `database`."""

    def __init__(self, base, database, port):
        self.database = database
        self.server = Server(base)
        self.server.connect(port)


@contextlib.contextmanager
def running_reference(state, upstream_port):
    database = Database(state, "reference")
    database.create()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="reference.") as directory:
        sockets = urllib.parse.quote(str(database.sockets), safe="")
        settings = SETTINGS | {
            "DATA_DIR": directory,
            "DATABASE_URL": f"postgresql://postgres@/reference?host={sockets}",
            "OPENAI_API_BASE_URL": f"http://127.0.0.1:{upstream_port}/v1",
            "FRONTEND_BUILD_DIR": directory,
        }
        keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        command = (str(venv() / "bin" / "uvicorn"), "open_webui.main:app", "--host", "127.0.0.1", "--port", str(port))
        with open(pathlib.Path(state) / "log" / "reference.log", "w") as log:
            with running(
                *command, "--log-level", "warning", env=keep | settings, cwd=directory, stdout=log, stderr=log
            ) as process:
                await_health(f"http://127.0.0.1:{port}", process)
                yield Reference(f"http://127.0.0.1:{port}", database, upstream_port)


def await_health(base, process):
    end = time.monotonic() + 180
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/health", timeout=5):
            return
        time.sleep(0.5)
    raise SystemExit("the reference did not start: see log/reference.log")
