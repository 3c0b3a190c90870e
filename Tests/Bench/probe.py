"""Sends requests at a fixed rate, whatever became of earlier ones, and prints their latencies in milliseconds as JSON.

Standard input is {"urls": [URL…] (asked in turns), "headers": {…}, "rate": requests a second, "seconds"}.
A latency counts from the moment at which the request was due, so that a server which stands still can not hide it.
"""

import asyncio
import json
import sys
import time

import aiohttp


async def measure(urls, headers, rate, seconds):
    latencies = []
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(60)) as client:

        async def ask(url, due):
            async with client.get(url) as answer:
                await answer.read()
                if answer.status != 200:
                    sys.exit(f"{url}: {answer.status}")
            latencies.append((time.perf_counter() - due) * 1000)

        start = time.perf_counter() + 0.05
        async with asyncio.TaskGroup() as tasks:
            for number in range(int(rate * seconds)):
                due = start + number / rate
                await asyncio.sleep(max(0, due - time.perf_counter()))
                tasks.create_task(ask(urls[number % len(urls)], due))
    return latencies


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(**json.load(sys.stdin)))))
