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


def event(model, delta, finish=None):
    """One chunk of an answer, framed for `Transfer-Encoding: chunked`."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    body = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1, "model": model}
    return frame(b"data: " + json.dumps(body | {"choices": [choice]}).encode() + b"\n\n")


def frame(data):
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

    def json(self, value, status=b"200 OK"):
        body = json.dumps(value).encode()
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self.transport.write(head + body)

    def complete(self, request):
        self.model = request["model"]
        try:
            script = json.loads(request["messages"][-1]["content"])
            self.words, self.pause = script["words"], script["pause"]
        except (ValueError, TypeError, KeyError):
            error = {"message": "The last message is no script", "type": "invalid_request_error", "param": None}
            return self.json({"error": error | {"code": None}}, b"400 Bad Request")
        if not request.get("stream"):
            message = {"role": "assistant", "content": " ".join(f"word{number:04}" for number in range(self.words))}
            choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
            usage = {"prompt_tokens": 1, "completion_tokens": self.words, "total_tokens": self.words + 1}
            body = {"id": "chatcmpl-bench", "object": "chat.completion", "created": 1, "model": self.model}
            return self.json(body | {"choices": [choice], "usage": usage})
        self.said = 0
        self.streaming = True
        counts["open"] += 1
        counts["peak"] = max(counts["peak"], counts["open"])
        self.next(HEAD + event(self.model, {"role": "assistant", "content": ""}))

    def next(self, before=b""):
        """Says the words that are due."""
        self.timer = None
        while self.said < self.words:
            self.transport.write(before + event(self.model, {"content": f"word{self.said:04} "}))
            before = b""
            self.said += 1
            if self.pause and self.said < self.words:
                self.timer = asyncio.get_running_loop().call_later(self.pause, self.next)
                return
        self.transport.write(event(self.model, {}, "stop") + frame(b"data: [DONE]\n\n") + b"0\r\n\r\n")
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


if __name__ == "__main__":
    asyncio.run(main())
