"""Sign-ins, each of which costs an argon2id hash on purpose, and what they do to everybody else."""

import concurrent.futures
import os
import tempfile

from floor import HERE as FLOOR
from load import probe, wrk
from processes import run
from rounds import compare, quantile

ROUNDS = 3
SECONDS = 4
RATE = 100


def sign_in(bench):
    """Sign-ins a second to the hashes of the library alone; and the p99 of other requests meanwhile to that without."""
    url, body = f"{bench.ours.base}/api/v1/auths/signin", bench.ours.sign_in_body()

    def sign_ins(seconds=2):
        return wrk(url, post=body, connections=16, seconds=seconds)

    def others():
        urls = [bench.ours.base + path for path in ("/api/v1/auths/", "/api/v1/chats/?page=1")]
        headers = {"Authorization": f"Bearer {bench.ours.token}"}
        return quantile(probe(urls, headers, RATE, SECONDS), 0.99)

    def others_meanwhile():
        with concurrent.futures.ThreadPoolExecutor() as pool:
            load = pool.submit(sign_ins, SECONDS + 2)
            measured = others()
            load.result()
        return measured

    with tempfile.TemporaryDirectory(prefix="argon2.") as directory:
        program = f"{directory}/argon2"
        run("cc", "-O2", "-Wall", "-pthread", str(FLOOR / "argon2.c"), "-o", program, "-largon2")
        threads = str(os.cpu_count())
        mine, least, ratio = compare(sign_ins, lambda: float(run(program, threads, "2")), ROUNDS)
    what = "sign-ins/s (argon2id), to its hashes by libargon2"
    bench.table.without_goal(what, f"{mine:.0f}", f"{least:.0f}", ratio)
    busy, quiet, ratio = compare(others_meanwhile, others, ROUNDS)
    what = "p99 of others while sign-ins saturate, to without"
    bench.table.at_most(what, f"{busy:.1f} ms", f"{quiet:.1f} ms", ratio, 3)
