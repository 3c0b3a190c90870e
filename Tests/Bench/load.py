"""What makes load: wrk for plain requests, streams.py for streamed answers, upstream.py as the provider behind them."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

from processes import run, running

HERE = pathlib.Path(__file__).resolve().parent


def wrk(url, *headers, connections=32, seconds=2, post=None):
    """Requests a second of an address that is asked as often as it answers; all must be answered with 200.

    `post` is a body of JSON to send.
    """
    options = [option for header in headers for option in ("-H", header)]
    if post is not None:
        options += ["-s", str(HERE / "post.lua")]
    command = ("wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", *options, url)
    text = run(*command, env=os.environ | {"BODY": post or ""})
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{url}: not all requests were answered well: {text}")
    return float(text.partition("Requests/sec:")[2].split()[0])


@contextlib.contextmanager
def upstream():
    """Runs the provider; yields its port."""
    with running(
        sys.executable, str(HERE / "upstream.py"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield int(process.stdout.readline())


def streams(url, token, total, at_once, rate, words, pause, when_open=lambda: None):
    """Runs the load of streams.py; calls `when_open` while the first AT_ONCE are open. Returns its summary."""
    arguments = map(str, (url, total, at_once, rate, words, pause))
    command = [sys.executable, str(HERE / "streams.py"), *arguments]
    with running(*command, stdout=subprocess.PIPE, text=True, env=os.environ | {"TOKEN": token}) as process:
        for line in process.stdout:
            told = json.loads(line)
            if "complete" in told:
                return told
            when_open()
    raise SystemExit("the load of streams ended early")


def probe(url, headers, rate, seconds):
    """Sends requests at a fixed rate by probe.py; returns their latencies in milliseconds."""
    arguments = json.dumps({"urls": url, "headers": headers, "rate": rate, "seconds": seconds})
    return json.loads(run(sys.executable, str(HERE / "probe.py"), input=arguments))
