"""The provider that answers are measured with: OpenAI's API on raw sockets, cheap enough not to be what is measured.

    upstream.py        prints its port, and serves until its standard input ends

A request's last message says what to answer, as JSON: {"words": 10, "pause": 0.1} (seconds between words).
GET /stats tells {"open", "peak", "served"} of its streams.
"""

import asyncio
import json
import sys

MODELS = [f"bench-{number:02}" for number in range(20)]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
counts = {"open": 0, "peak": 0, "served": 0}


def event(text, model, finish=None):
    """One chunk of an answer, framed for `Transfer-Encoding: chunked`."""
    delta = {} if finish else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice]}
    data = b"data: " + json.dumps(body).encode() + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""
        self.timer = None
        self.streaming = False

    def connection_lost(self, error):
        if self.timer:
            self.timer.cancel()
        self.end()

    def data_received(self, data):
        self.buffer += data
        head, mark, rest = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        lengths = [line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        if len(rest) < length:
            if b"100-continue" in head and not rest:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self.buffer = rest[length:]
        self.answer(head.split(b" ", 2)[1], rest[:length])

    def answer(self, path, body):
        if path == b"/stats":
            self.json(counts)
        elif path == b"/v1/models":
            rows = [{"id": name, "object": "model", "created": 1, "owned_by": "bench"} for name in MODELS]
            self.json({"object": "list", "data": rows})
        else:
            self.complete(json.loads(body))

    def json(self, value):
        body = json.dumps(value).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self.transport.write(head + body)

    def complete(self, request):
        script = json.loads(request["messages"][-1]["content"])
        self.words, self.pause, self.model = script["words"], script["pause"], request["model"]
        if not request.get("stream"):
            text = " ".join(f"word{number:04}" for number in range(self.words))
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self.json({"id": "c", "object": "chat.completion", "created": 1, "model": self.model, "choices": [choice]})
            return
        self.said = 0
        self.streaming = True
        counts["open"] += 1
        counts["peak"] = max(counts["peak"], counts["open"])
        self.next(HEAD)

    def next(self, before=b""):
        """Says the words that are due."""
        self.timer = None
        while self.said < self.words:
            self.transport.write(before + event(f"word{self.said:04} ", self.model))
            before = b""
            self.said += 1
            if self.pause and self.said < self.words:
                self.timer = asyncio.get_running_loop().call_later(self.pause, self.next)
                return
        done = b"data: [DONE]\n\n"
        self.transport.write(event("", self.model, "stop") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(done), done))
        counts["served"] += 1
        self.end()

    def end(self):
        if self.streaming:
            self.streaming = False
            counts["open"] -= 1


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
