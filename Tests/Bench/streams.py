"""Opens many streamed completions on raw sockets and says what came of them.

    TOKEN=… streams.py URL TOTAL AT_ONCE RATE WORDS PAUSE

At most AT_ONCE are open at the same time, and RATE new ones begin a second. URL is that of the completions. It prints
{"open": N} when all of a first AT_ONCE have begun to answer, and at the end
{"complete", "total", "first": [milliseconds until the first word, sorted]}.
"""

import asyncio
import json
import os
import sys
import time
import urllib.parse

FIRST = b"word0000"


class Stream(asyncio.Protocol):
    def __init__(self, request, begun, ended):
        self.request, self.begun, self.ended = request, begun, ended
        self.data = bytearray()
        self.first = None

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)
        self.asked = time.monotonic_ns()

    def data_received(self, data):
        now = time.monotonic_ns()
        self.data += data
        if self.first is None and FIRST in self.data:
            self.first = (now - self.asked) / 1e6
            self.begun()
        if self.data.endswith(b"\r\n0\r\n\r\n"):
            self.transport.close()

    def connection_lost(self, error):
        self.ended(self)

    def text(self):
        """The body without the frames of chunked transfer."""
        _, _, rest = bytes(self.data).partition(b"\r\n\r\n")
        body = b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16) if size else 0
            body += rest[:length]
            rest = rest[length + 2 :]
        return body


class Load:
    def __init__(self, url, token, total, at_once, rate, words, pause):
        self.url = urllib.parse.urlsplit(url)
        self.total, self.at_once, self.rate, self.words = total, at_once, rate, words
        prompt = json.dumps({"words": words, "pause": pause})
        messages = [{"role": "user", "content": prompt}]
        body = json.dumps({"model": "bench-00", "stream": True, "messages": messages}).encode()
        head = [
            f"POST {self.url.path} HTTP/1.1",
            f"Host: {self.url.netloc}",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        self.request = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        self.answering = self.complete = self.finished = 0
        self.first = []
        self.free = asyncio.Semaphore(at_once)
        self.all_done = asyncio.Event()

    def begun(self):
        self.answering += 1
        if self.answering == self.at_once:
            print(json.dumps({"open": self.answering - self.finished}), flush=True)

    def ended(self, stream):
        text = stream.text()
        if text.count(b"word") == self.words and text.rstrip().endswith(b"data: [DONE]"):
            self.complete += 1
        if stream.first is not None:
            self.first.append(stream.first)
        self.finished += 1
        self.free.release()
        if self.finished == self.total:
            self.all_done.set()

    async def run(self):
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number in range(self.total):
            await self.free.acquire()
            await asyncio.sleep(start + number / self.rate - loop.time())
            loop.create_task(self.connect(loop))
        await self.all_done.wait()
        result = {"complete": self.complete, "total": self.total, "first": sorted(self.first)}
        print(json.dumps(result), flush=True)

    async def connect(self, loop):
        stream = Stream(self.request, self.begun, self.ended)
        try:
            await loop.create_connection(lambda: stream, self.url.hostname, self.url.port)
        except OSError:
            self.ended(stream)


if __name__ == "__main__":
    total, at_once, rate, words = map(int, sys.argv[2:6])
    load = Load(sys.argv[1], os.environ["TOKEN"], total, at_once, rate, words, float(sys.argv[6]))
    asyncio.run(load.run())
