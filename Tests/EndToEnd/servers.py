"""Servers of a case's own, for what the shared one can not show: other settings, or a first start."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from clients import eventually

DEV = pathlib.Path(__file__).resolve().parents[2] / "dev"
# What a case must not inherit: another server's address, database and files.
FOREIGN = ("DATABASE_URL", "DATA_DIR", "BIND", "TRUSTED_PROXIES", "WEBUI_SECRET_KEY", "FRONTEND_BUILD_DIR")


class Server:
    """`./dev up` in a directory of its own, with settings by environment. Stopped by `stop`, and with whoever started it."""

    def __init__(self, **settings):
        self.state = pathlib.Path(tempfile.mkdtemp(prefix="swiftlet-"))
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment |= {"PORT": str(free_port()), "STATE_DIR": str(self.state), **settings}
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        self.log = self.state / "up.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=TERM", str(DEV), "up", "--no-build"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        eventually(self.is_ready, 300, 0.2)

    def is_ready(self):
        text = self.log.read_text()
        assert self.process.poll() is None, text
        return f"ready: {self.url}" in text

    def stop(self):
        self.process.terminate()
        self.process.wait(120)
        shutil.rmtree(self.state, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
