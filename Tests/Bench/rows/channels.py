"""A channel in which 20 people type at once."""

import concurrent.futures
import statistics

import channel_typing
from rounds import milliseconds

PEOPLE = 20
# Keystrokes a second of each, all of which the web client tells.
RATE = 5
SECONDS = 5


def typing(bench):
    """What typing makes the database write, and what becomes of those who post meanwhile."""
    ours = bench.ours
    ours.allow(ENABLE_CHANNELS=True)
    channel = ours.ask("POST", "/api/v1/channels/create", {"name": "bench", "access_control": None})["id"]
    tokens = [ours.person(f"typist{number}")[1] for number in range(PEOPLE)]
    def written(rate):
        before = bench.database.rows_written()
        told = channel_typing.run(ours.base, tokens, channel, rate, SECONDS)
        if told["received"] < told["expected"]:
            raise SystemExit(f"{told['received']} of {told['expected']} keystrokes were told")
        return bench.database.rows_written() - before, told["sent"]

    written(RATE)  # Notes that these accounts are active, which is done once a minute.
    silent, _ = written(0)
    loud, keys = written(RATE)
    more = max(0, loud - silent) / SECONDS
    what = "rows written/s because 20 type in a channel, to keystrokes/s"
    bench.table.at_most(what, f"{more:.1f}", f"{keys / SECONDS:.0f}", more * SECONDS / keys, 0.01)

    def post(number):
        body = {"content": f"Message {number}", "data": {}, "meta": {}}
        return milliseconds(lambda: ours.ask("POST", f"/api/v1/channels/{channel}/messages/post", body))

    rates = []
    for _ in range(3):
        quiet = statistics.median(map(post, range(60)))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            meanwhile = pool.submit(channel_typing.run, ours.base, tokens, channel, RATE, SECONDS)
            busy = statistics.median(map(post, range(60)))
            meanwhile.result()
        rates.append((1000 / busy, 1000 / quiet))
    busy, quiet = (statistics.median(column) for column in zip(*rates))
    what = "messages/s of one who posts while 20 type, to alone"
    ratio = statistics.median(pair[0] / pair[1] for pair in rates)
    bench.table.without_goal(what, f"{busy:.0f}", f"{quiet:.0f}", ratio)
