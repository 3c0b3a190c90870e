"""Programs that are run, and the memory of the server's processes."""

import contextlib
import pathlib
import socket
import subprocess


def run(*command, **options):
    """What a program prints; its complaints end the row."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, **options)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {(done.stderr or done.stdout)[-500:]}")
    return done.stdout


@contextlib.contextmanager
def running(*command, **options):
    """A program that runs meanwhile, in a session of its own as services do: the scheduler shares cores by sessions."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def services(state):
    """The processes of each service of a running `./dev up`, with all that they started."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(entry.name))
    found = {}
    for file in (pathlib.Path(state) / "run").glob("*.pid"):
        family = [int(file.read_text())]
        for process in family:
            family += children.get(process, [])
        found[file.stem] = family
    return found


def memory(state):
    """(all services but the database, the database) in megabytes of PSS."""
    sizes = {name: sum(map(pss, family)) for name, family in services(state).items()}
    database = sizes.pop("postgres", 0.0)
    return sum(sizes.values()), database


def pss(process):
    """A process's proportional set size in megabytes: a page that several share is divided among them."""
    try:
        text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0)
