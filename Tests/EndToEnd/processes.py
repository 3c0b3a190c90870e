"""The server's processes, by the files that `./dev up` leaves in STATE_DIR/run."""

import os
import pathlib
import signal

from clients import Account, eventually

STATE = os.environ.get("STATE_DIR")
# A service is started again a second after its end; the database recovers first.
RETURN = 120


def pid(name):
    """The process of a service; None while there is none."""
    try:
        return int((pathlib.Path(STATE) / "run" / f"{name}.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None


def all_pids():
    files = (pathlib.Path(STATE) / "run").glob("*.pid")
    return {file.stem: pid(file.stem) for file in files}


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def children(parent):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def kill(name, how=signal.SIGKILL):
    """Ends a service, by default without warning; returns the process that it was."""
    process = pid(name)
    assert process and is_alive(process), f"{name} is not running"
    os.kill(process, how)
    return process


def has_returned(name, old):
    new = pid(name)
    return new is not None and new != old and is_alive(new)


def await_return(name, old):
    """Waits until a service runs again and the server answers."""
    eventually(lambda: has_returned(name, old), RETURN, 0.2)
    eventually(is_healthy, RETURN, 0.2)


def is_healthy():
    """Whether a question that needs the database is answered."""
    try:
        return Account().ask("GET", "/health/db", timeout=10).status_code == 200
    except OSError:
        return False
