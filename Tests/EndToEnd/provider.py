"""A model provider of our own on a loopback port: OpenAI's API, and answers that a test writes beforehand.

provider.answer = Answer("Hello there", pause=0.02)     what every model says from now on
provider.answers["stub-two"] = Answer(status=500, body={"error": {"message": "no"}})
call = provider.chats[-1]                               what it was asked, and what it sent when
"""

import asyncio
import json
import threading
import time
from dataclasses import dataclass, field

from aiohttp import web

MODELS = ["stub-one", "stub-two", "stub-three"]
DONE = b"data: [DONE]\n\n"


def words(count, start=0):
    """A text of so many words, each of which says where it stands."""
    return " ".join(f"word{number:04}" for number in range(start, start + count))


def pieces(text):
    """The words of a text, each with the space after it."""
    parts = text.split(" ")
    return [part + " " for part in parts[:-1]] + parts[-1:] if text else []


@dataclass
class Answer:
    """What the provider says, and how."""

    text: str = "Hello from the stub."
    # Sent before the text, as `reasoning_content`.
    reasoning: str = ""
    # The text's pieces; by default its words.
    deltas: list = None
    # Seconds before each piece.
    pause: float = 0.0
    # Seconds before anything at all.
    delay: float = 0.0
    # The connection breaks off after the last piece.
    cut: bool = False
    status: int = 200
    # Sent instead of a completion: JSON, or text.
    body: object = None
    # Sent as they are, instead of chunks: bytes of an event stream.
    raw: list = None
    # If set, the pieces from number `gate_at` on wait for it, and whatever is no stream.
    gate: threading.Event = None
    gate_at: int = 1

    def hurry(self):
        """Says the rest at once."""
        self.pause = 0.0
        if self.gate:
            self.gate.set()

    def pieces(self):
        return self.deltas if self.deltas is not None else pieces(self.text)


@dataclass
class Call:
    """One request, and what became of it."""

    path: str
    headers: dict
    body: object
    # (time.monotonic() just before it was written, piece of text)
    sent: list = field(default_factory=list)
    # The server closed the connection before the end.
    aborted: bool = False
    finished: bool = False

    def text(self, until=None):
        """All text that was sent, or that which was sent before a moment."""
        return "".join(piece for at, piece in self.sent if until is None or at < until)


class Provider:
    """The provider, on a thread of its own."""

    def __init__(self, models=MODELS):
        self.models = list(models)
        self._ready = threading.Event()
        self.reset()
        threading.Thread(target=self._run, daemon=True).start()
        assert self._ready.wait(10), "the stub provider did not start"
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def reset(self):
        """Forgets the calls of before and answers as it does by default."""
        self.calls = []
        self.answer = Answer()
        self.answers = {}
        # If set, titles, tags and follow-ups wait for it.
        self.task_gate = None
        self.title, self.tags, self.follow_ups = "A generated title", ["testing"], ["What else?"]

    @property
    def chats(self):
        """The requests for answers, without those for titles, tags and follow-ups."""
        return [call for call in self.calls if call.path.endswith("/chat/completions") and not task_of(call.body)]

    @property
    def tasks(self):
        """The kinds of housekeeping that were asked for, in order."""
        return [task_of(call.body) for call in self.calls if task_of(call.body)]

    def call_with(self, prompt):
        """The request whose last message is this prompt."""
        for call in reversed(self.chats):
            if call.body["messages"][-1]["content"] == prompt:
                return call
        return None

    # The server

    def _run(self):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None)
        loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        loop.run_until_complete(site.start())
        self.port = site._server.sockets[0].getsockname()[1]
        self._ready.set()
        loop.run_forever()

    async def _handle(self, request):
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = {}
        call = Call(request.path, dict(request.headers), body)
        self.calls.append(call)
        if request.path == "/v1/models":
            return web.json_response({"object": "list", "data": [model(name) for name in self.models]})
        if request.path == "/v1/chat/completions":
            return await self._complete(request, call)
        return web.json_response({"detail": f"no such path: {request.path}"}, status=404)

    async def _complete(self, request, call):
        task = task_of(call.body)
        if task:
            while self.task_gate and not self.task_gate.is_set() and not request.transport.is_closing():
                await asyncio.sleep(0.01)
            reply = {"title": self.title, "tags": self.tags, "follow_ups": self.follow_ups}[task]
            return web.json_response(completion(call.body, json.dumps({task: reply})))
        answer = self.answers.get(call.body.get("model"), self.answer)
        await asyncio.sleep(answer.delay)
        if answer.body is not None or answer.status != 200:
            if isinstance(answer.body, str):
                return web.Response(text=answer.body, status=answer.status)
            return web.json_response(answer.body, status=answer.status)
        if not call.body.get("stream"):
            await self._await(answer, request, call)
            call.finished = True
            return web.json_response(completion(call.body, answer.text))
        return await self._stream(request, call, answer)

    async def _stream(self, request, call, answer):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for raw in answer.raw or []:
                await asyncio.sleep(answer.pause)
                await response.write(raw)
            if answer.raw is None:
                await self._say(request, response, call, answer)
            if answer.cut:
                request.transport.abort()
            else:
                await response.write(DONE)
            call.finished = not answer.cut
        except (ConnectionError, asyncio.CancelledError):
            call.aborted = True
            raise
        return response

    async def _await(self, answer, request, call):
        """Until the gate is open, unless the server leaves before."""
        while answer.gate and not answer.gate.is_set():
            await asyncio.sleep(0.01)
            if request.transport is None or request.transport.is_closing():
                call.aborted = True
                raise ConnectionResetError

    async def _say(self, request, response, call, answer):
        for piece in pieces(answer.reasoning):
            await asyncio.sleep(answer.pause)
            await response.write(chunk({"reasoning_content": piece}, call.body))
        for number, piece in enumerate(answer.pieces()):
            await asyncio.sleep(answer.pause)
            if number >= answer.gate_at:
                await self._await(answer, request, call)
            call.sent.append((time.monotonic(), piece))
            await response.write(chunk({"content": piece}, call.body))
        if not answer.cut:
            await response.write(chunk({}, call.body, "stop"))
            await response.write(usage(call.body))


def task_of(body):
    """The kind of housekeeping that a request wants; None for a chat."""
    if not isinstance(body, dict) or body.get("stream"):
        return None
    messages = body.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    text = last.get("content") if isinstance(last, dict) else None
    for task in ("follow_ups", "title", "tags"):
        if isinstance(text, str) and f'"{task}"' in text:
            return task
    return None


def model(name):
    return {"id": name, "object": "model", "created": 1, "owned_by": "stub"}


def completion(body, text):
    """A whole answer in OpenAI's form."""
    return {
        "id": "chatcmpl-stub",
        "object": "chat.completion",
        "created": 1,
        "model": body.get("model"),
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5},
    }


def chunk(delta, body=None, finish=None):
    """One event of an answer's stream."""
    event = {
        "id": "chatcmpl-stub",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": (body or {}).get("model"),
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def usage(body):
    event = {
        "id": "chatcmpl-stub",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body.get("model"),
        "choices": [],
        "usage": {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5},
    }
    return b"data: " + json.dumps(event).encode() + b"\n\n"
