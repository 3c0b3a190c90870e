"""Accounts with many chats: their list and the search."""

import statistics
import sys

from archive_seed import ARCHIVE, WORDS, seed, seed_reference
from load import wrk
from rounds import compare, milliseconds, quantile

LIST = "/api/v1/chats/?page=1"


def chat_list(bench):
    """The first page with 15,000 chats, to that with 100."""
    long, short = bench.once(seed)

    def time(token):
        return lambda: 1000 / wrk(bench.ours.base + LIST, bench.ours.bearer(token), connections=8)

    ours, other, ratio = compare(time(long), time(short))
    what = f"first page of the chat list: {ARCHIVE:,} chats, to 100"
    bench.table.at_most(what, f"{ours:.2f} ms", f"{other:.2f} ms", ratio, 1.5)


def search(bench):
    """Searches of all kinds over 15,000 chats of 20 messages; and some of them to the reference with the same chats."""
    token, _ = bench.once(seed)
    queries = searches()

    def ask(server, query, token):
        return milliseconds(lambda: server.ask("GET", f"/api/v1/chats/search?text={query}&page=1", token=token))

    for query in queries:
        ask(bench.ours, query, token)
    times = {query: [ask(bench.ours, query, token) for _ in range(20)] for query in queries}
    everything = [taken for taken in times.values() for taken in taken]
    most = quantile(everything, 0.99)
    shown = f"p50 {statistics.median(everything):.1f} ms"
    bench.table.at_most("search over 300,000 messages, p99, to 50 ms", f"{most:.1f} ms", shown, most / 50, 1)
    for query, taken in times.items():
        print(f"bench: search {query!r}: {statistics.median(taken):.1f} ms", file=sys.stderr, flush=True)
    what = "searches/s over 300,000 messages, to the reference"
    if not bench.reference:
        return bench.table.left_out(what, "the reference is not installed")
    theirs = seed_reference(bench)
    few = queries[:: len(queries) // 5]
    mine, other = (
        statistics.mean(ask(server, query, token) for query in few)
        for server, token in ((bench.ours, token), (bench.reference.server, theirs))
    )
    bench.table.at_least(what, f"{1000 / mine:.0f}", f"{1000 / other:.2f}", other / mine, 100)


def searches():
    """Words from the commonest to the rarest, pairs that are rarer than their words, parts of words, and nonsense."""
    ranks = (0, 3, 10, 30, 100, 300, 1000, 2000, 5000, 10_000, len(WORDS) - 1)
    single = [WORDS[rank] for rank in ranks]
    pairs = [f"{WORDS[5]} {WORDS[50]}", f"{WORDS[200]} {WORDS[400]}"]
    return [*single, *pairs, WORDS[4000][1:5], "xqzjwv", "ab", f"tag:none {WORDS[700]}"]
