"""Streamed completions: how soon the first word comes, and how many run at once."""

import json
import statistics
import urllib.request

from load import streams
from processes import memory
from rounds import quantile

ROUNDS = 4


def first_word(bench):
    """The time until the first word at 100 open streams, less that of the upstream asked directly."""
    targets = (f"http://127.0.0.1:{bench.port}/v1/chat/completions", f"{bench.ours.base}/api/chat/completions")
    rounds = []
    for _ in range(ROUNDS):
        told = []
        for target in targets:
            # 100 at once, each of them 2 seconds long.
            answer = streams(target, bench.ours.token, total=400, at_once=100, rate=50, words=20, pause=0.1)
            if answer["complete"] != answer["total"]:
                raise SystemExit(f"{target}: {answer['complete']} of {answer['total']} streams were complete")
            told.append(answer["first"])
        rounds.append(told)
    for share, goal in ((0.5, 3), (0.99, 10)):
        direct, ours = ([quantile(told[place], share) for told in rounds] for place in (0, 1))
        over = statistics.median(mine - other for mine, other in zip(ours, direct))
        name = f"first word at 100 streams over the upstream's, p{share * 100:g}, to {goal} ms"
        shown = (f"{statistics.median(values):.2f} ms" for values in (ours, direct))
        bench.table.at_most(name, *shown, over / goal, 1)


def many_streams(bench):
    """2,000 streams at once: whether all are complete, how many the upstream had open, and the memory meanwhile."""
    count, sizes = 2000, []
    at_rest = memory(bench.state)
    url = f"{bench.ours.base}/api/chat/completions"
    told = streams(url, bench.ours.token, count, count, 200, 15, 2, lambda: sizes.append(memory(bench.state)))
    with urllib.request.urlopen(f"http://127.0.0.1:{bench.port}/stats", timeout=10) as answer:
        peak = json.load(answer)["peak"]
    complete = told["complete"]
    bench.table.at_least("2,000 streams: complete", f"{complete:,}", f"{count:,}", complete / count, 1)
    bench.table.at_least("2,000 streams: open at once at the upstream", f"{peak:,}", f"{count:,}", peak / count, 1)
    if not sizes:
        raise SystemExit("2,000 streams were never open at once")
    for place, name in enumerate(("all but PostgreSQL", "PostgreSQL")):
        used, before = sizes[0][place], at_rest[place]
        what = f"memory with 2,000 streams, {name}, to before"
        bench.table.without_goal(what, f"{used:.0f} MB", f"{before:.0f} MB", used / before)
