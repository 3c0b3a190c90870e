"""How numbers are taken on a machine that does other things too: in turns, and the median of the turns."""

import statistics
import time


def compare(ours, other, rounds=3):
    """Calls both in turns. Returns the medians of each and that of the rounds' ratios, ours to the other's."""
    pairs = []
    for number in range(rounds):
        # The one that goes first has the colder caches, so they change places.
        if number % 2:
            theirs = other()
            pairs.append((ours(), theirs))
        else:
            pairs.append((ours(), other()))
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs), ratio


def quantile(values, share):
    """The value that a share of the others does not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def milliseconds(call):
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000
