"""The least that a FastCGI responder costs: hello.c with libfcgi, behind an nginx configured as the server's."""

import contextlib
import pathlib
import re
import tempfile
import time
import urllib.request

from processes import free_port, run, running

HERE = pathlib.Path(__file__).with_name("floor")
NGINX = "/usr/sbin/nginx"


def configure(state, directory, port):
    """Copies the server's configuration, with another address, other files, and one more location."""
    conf = directory / "conf"
    conf.mkdir()
    for file in (pathlib.Path(state) / "nginx" / "conf").iterdir():
        text = file.read_text()
        text = re.sub(r"listen [0-9.:\[\]*]+ default_server", f"listen 127.0.0.1:{port} default_server", text)
        text = re.sub(r'listen "unix:[^"]*ask\.sock"', f'listen "unix:{directory}/ask.sock"', text)
        text = text.replace(f'"{state}/nginx/conf/', f'"{conf}/')
        text = re.sub(rf'"{re.escape(str(state))}/(nginx|log)/', f'"{directory}/', text)
        floor = f'location = /floor {{ fastcgi_pass "unix:{directory}/floor.sock"; }}\n    location = /health '
        (conf / file.name).write_text(text.replace("location = /health ", floor, 1))
    return conf / "nginx.conf"


@contextlib.contextmanager
def behind_nginx(state, threads):
    """Runs both; yields the address under which /health and /floor are to be compared."""
    with tempfile.TemporaryDirectory(prefix="floor.") as name, contextlib.ExitStack() as resources:
        directory, port = pathlib.Path(name), free_port()
        run("cc", "-O2", "-Wall", "-pthread", str(HERE / "hello.c"), "-o", f"{name}/hello", "-lfcgi")
        conf = configure(str(pathlib.Path(state).resolve()), directory, port)
        resources.enter_context(running(f"{name}/hello", f"{name}/floor.sock", str(threads)))
        resources.enter_context(running(NGINX, "-p", name, "-c", str(conf)))
        base = f"http://127.0.0.1:{port}"
        for path in ("/floor", "/health"):
            await_answer(base + path)
        yield base


def await_answer(url):
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.read() == b'{"status":true}':
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")
