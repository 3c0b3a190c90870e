"""Requests held against the least that they can cost."""

import floor
from load import wrk
from rounds import compare

ROUNDS = 5


def health(bench):
    """/health to a minimal responder in C, behind the same nginx on as many threads."""
    with floor.behind_nginx(bench.state, threads=8) as base:

        def rate(path):
            return lambda: wrk(base + path, connections=64, seconds=1)

        ours, other, ratio = compare(rate("/health"), rate("/floor"), ROUNDS)
    bench.table.at_least("requests/s: /health, to C with libfcgi", f"{ours:,.0f}", f"{other:,.0f}", ratio, 0.85)


def session(bench):
    """The session to pgbench asking the database the same, word for word, on as many connections.

    By default pgbench sends text, which is parsed and planned each time. The server keeps prepared statements; a second
    row shows pgbench doing that as well, with no HTTP, no web server, no token and no JSON around it.
    """
    url = f"{bench.ours.base}/api/v1/auths/"
    # The first request of a while also notes that the account is active.
    bench.ours.ask("GET", "/api/v1/auths/")
    asked = bench.database.statements(lambda: bench.ours.ask("GET", "/api/v1/auths/"), "from account a")

    def ours():
        return wrk(url, bench.ours.bearer())

    for mode, name in (("simple", ""), ("prepared", ", prepared")):
        mine, other, ratio = compare(ours, lambda mode=mode: bench.database.pgbench(asked, mode), 3)
        what = f"requests/s: session, to its {count(asked)} by pgbench{name}"
        if name:
            bench.table.without_goal(what, f"{mine:,.0f}", f"{other:,.0f}", ratio)
        else:
            bench.table.at_least(what, f"{mine:,.0f}", f"{other:,.0f}", ratio, 0.6)


def count(statements):
    return "select" if len(statements) == 1 else f"{len(statements)} statements"
