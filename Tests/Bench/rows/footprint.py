"""The memory of all processes, counted as PSS: what several processes share is divided among them."""

import time

from processes import memory


def at_rest(bench):
    """After one answer, before any load."""
    time.sleep(3)
    used, database = memory(bench.state)
    bench.table.at_most("memory at rest, all but PostgreSQL, to 70 MB", f"{used:.1f} MB", "70 MB", used / 70, 1)
    bench.table.without_goal(
        "memory at rest, PostgreSQL too, to 70 MB", f"{used + database:.1f} MB", "70 MB", (used + database) / 70
    )
