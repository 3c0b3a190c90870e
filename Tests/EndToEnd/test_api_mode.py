"""Answers for programs: OpenAI's own client, and the chat over a plain WebSocket."""

import json
import threading

import openai
import pytest
import websocket
import wire
from clients import BASE, PATIENCE, Account, eventually, good, refused
from provider import DONE, Answer, chunk, words

PATHS = ["/api", "/api/v1", "/openai", "/openai/v1"]
HELLO = [{"role": "user", "content": "Hello"}]


def client(account, path="/api"):
    return openai.OpenAI(base_url=BASE + path, api_key=account.token, max_retries=0, timeout=PATIENCE)


def told(stream):
    """The text of a stream."""
    return "".join(choice.delta.content or "" for event in stream for choice in event.choices)


# ---- OpenAI's client


@pytest.mark.parametrize("path", PATHS)
def test_a_stream(account, provider, path):
    provider.answer = Answer(words(80), pause=0.002)
    events = list(client(account, path).chat.completions.create(model="stub-one", messages=HELLO, stream=True))
    assert told(events) == words(80)
    assert events[0].object == "chat.completion.chunk" and events[-2].choices[0].finish_reason == "stop"
    assert events[-1].usage.total_tokens == 5
    assert provider.chats[-1].body["messages"] == HELLO


@pytest.mark.parametrize("path", PATHS)
def test_a_whole_answer(account, provider, path):
    answer = client(account, path).chat.completions.create(model="stub-two", messages=HELLO, temperature=0.5)
    assert answer.choices[0].message.content == "Hello from the stub." and answer.usage.total_tokens == 5
    assert provider.chats[-1].body["temperature"] == 0.5 and not provider.chats[-1].body.get("stream")


def test_the_first_words_come_before_the_last_are_said(account, provider):
    provider.answer = Answer(words(20), gate=threading.Event(), gate_at=3)
    stream = iter(client(account).chat.completions.create(model="stub-one", messages=HELLO, stream=True))
    first = ""
    while len(first.split()) < 3:
        first += next(stream).choices[0].delta.content or ""
    assert first.strip() == words(3)
    provider.answer.gate.set()
    assert first + told(stream) == words(20)


def test_a_stream_is_an_event_stream_that_ends_with_done(account, provider):
    body = {"model": "stub-one", "messages": HELLO, "stream": True}
    response = account.ask("POST", "/api/chat/completions", json=body)
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/event-stream")
    lines = [line for line in response.text.split("\n\n") if line and not line.startswith(":")]
    assert lines[-1] == "data: [DONE]" and all(line.startswith("data: ") for line in lines)
    assert "".join(text_of(json.loads(line[6:])) for line in lines[:-1]) == "Hello from the stub."


def text_of(event):
    return "".join(choice["delta"].get("content") or "" for choice in event.get("choices", []))


def test_tool_calls_are_handed_on(account, provider):
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "time", "arguments": '{"zone":'}}
    more = {"index": 0, "function": {"arguments": '"UTC"}'}}
    provider.answer = Answer(
        raw=[chunk({"tool_calls": [call]}), chunk({"tool_calls": [more]}), chunk({}, None, "tool_calls"), DONE]
    )
    tools = [{"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}}}}]
    with client(account).chat.completions.create(model="stub-one", messages=HELLO, stream=True, tools=tools) as stream:
        deltas = [event.choices[0].delta for event in stream if event.choices]
    arguments = "".join(delta.tool_calls[0].function.arguments or "" for delta in deltas if delta.tool_calls)
    assert json.loads(arguments) == {"zone": "UTC"}
    assert provider.chats[-1].body["tools"] == tools


@pytest.mark.parametrize("stream", [True, False])
def test_a_provider_s_refusal_keeps_its_status(account, provider, stream):
    provider.answer = Answer(status=429, body={"error": {"message": "slow down, please", "type": "rate_limit"}})
    with pytest.raises(openai.RateLimitError) as caught:
        list(client(account).chat.completions.create(model="stub-one", messages=HELLO, stream=stream))
    assert "slow down, please" in str(caught.value)


@pytest.mark.parametrize("stream", [True, False])
def test_what_is_no_completion_is_passed_on_as_it_is(account, provider, stream):
    body = {"model": "stub-one", "messages": HELLO, "stream": stream}
    for status, text in ((500, "broken"), (502, '{"detail": "no route"}'), (200, "no JSON")):
        provider.answer = Answer(status=status, body=text)
        response = account.ask("POST", "/api/chat/completions", json=body)
        assert (response.status_code, response.text) == (status, text)


def test_a_cut_stream_is_no_finished_one(account, provider):
    provider.answer = Answer(words(30), cut=True)
    body = {"model": "stub-one", "messages": HELLO, "stream": True}
    text = b""
    try:
        for part in account.ask("POST", "/api/chat/completions", json=body, stream=True).iter_content(None):
            text += part
    except OSError:
        pass
    assert b"word0029" in text
    assert b"[DONE]" not in text or b'"error"' in text


def test_an_unknown_model_is_refused(account, provider):
    with pytest.raises(openai.BadRequestError):
        client(account).chat.completions.create(model="no-such-model", messages=HELLO)
    with pytest.raises(openai.PermissionDeniedError):
        client(account, "/openai").chat.completions.create(model="no-such-model", messages=HELLO)
    with pytest.raises(openai.AuthenticationError):
        client(Account("sk-nobody")).chat.completions.create(model="stub-one", messages=HELLO)
    assert provider.calls == []


def test_a_client_that_leaves_ends_its_answer(account, provider):
    provider.answer = Answer(words(3000), pause=0.02)
    stream = client(account).chat.completions.create(model="stub-one", messages=HELLO, stream=True)
    next(iter(stream))
    stream.close()
    eventually(lambda: provider.chats[-1].aborted)
    eventually(lambda: account.get("/api/tasks")["tasks"] == [])


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_before_the_first_word_ends_its_answer(account, provider, stream):
    provider.answer = Answer(words(30), gate=threading.Event(), gate_at=0)
    body = json.dumps({"model": "stub-one", "messages": HELLO, "stream": stream}).encode()
    head = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    line = wire.connect()
    line.sendall(wire.request("POST", "/api/chat/completions", *head, token=account.token) + body)
    eventually(lambda: provider.chats)
    line.close()
    eventually(lambda: provider.chats[-1].aborted)
    eventually(lambda: account.get("/api/tasks")["tasks"] == [])


def test_a_client_that_does_not_read_is_dropped_and_its_answer_ends(account, provider):
    piece = chunk({"content": "x" * 100_000})
    provider.answer = Answer(raw=[piece] * 1000, pause=0.001)
    body = json.dumps({"model": "stub-one", "messages": HELLO, "stream": True}).encode()
    head = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    with wire.connect() as line:
        line.sendall(wire.request("POST", "/api/chat/completions", *head, token=account.token) + body)
        eventually(lambda: provider.chats and provider.chats[-1].aborted)
        eventually(lambda: account.get("/api/tasks")["tasks"] == [])
        assert b"[DONE]" not in wire.read_answer(line)


def test_models_as_openai_s_client_lists_them(account, provider):
    assert set(provider.models) <= {item.id for item in client(account).models.list()}


def test_many_streams_at_once(account, provider):
    provider.answer = Answer(words(40), pause=0.01)
    texts = [None] * 40

    def run(number):
        texts[number] = told(client(account).chat.completions.create(model="stub-one", messages=HELLO, stream=True))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert set(texts) == {words(40)}


# ---- A plain WebSocket


class Line:
    """A connection to /api/ws/chat."""

    def __init__(self, **options):
        address = BASE.replace("http", "ws", 1) + "/api/ws/chat"
        self.socket = websocket.create_connection(address, timeout=PATIENCE, **options)

    def say(self, body):
        self.socket.send(body if isinstance(body, str) else json.dumps(body))

    def ask(self, prompt="Hello", **more):
        self.say({"model": "stub-one", "stream": True, "messages": [{"role": "user", "content": prompt}], **more})

    def hear(self):
        """The next frame: `[DONE]`, an event of the answer, or an error."""
        text = self.socket.recv()
        if text == "data: [DONE]":
            return "[DONE]"
        return json.loads(text.removeprefix("data: "))

    def answer(self):
        """All text until the end."""
        text = ""
        while (event := self.hear()) != "[DONE]":
            assert "error" not in event, event
            text += text_of(event)
        return text

    def code(self):
        """The code with which the server closes."""
        while True:
            opcode, data = self.socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big")


@pytest.fixture
def line(account):
    line = Line()
    line.say({"token": account.token})
    yield line
    line.socket.close()


def test_a_chat_over_a_plain_socket(line, provider):
    provider.answer = Answer(words(50))
    for prompt in ("Hello", "And again"):
        line.ask(prompt)
        assert line.answer() == words(50)
        assert provider.chats[-1].body["messages"][-1]["content"] == prompt


@pytest.mark.parametrize("how", ["header", "cookie"])
def test_signing_in_by_header_or_cookie(account, provider, how):
    secret = (
        {"header": [f"Authorization: Bearer {account.token}"]}
        if how == "header"
        else {"cookie": f"token={account.token}"}
    )
    line = Line(**secret)
    line.ask()
    assert line.answer() == "Hello from the stub."
    line.socket.close()


@pytest.mark.parametrize("first", [{"token": "nonsense"}, {"model": "stub-one"}, "no JSON", {"token": 5}])
def test_nobody_chats_unknown(provider, first):
    line = Line()
    line.say(first)
    assert line.code() == 4401
    assert provider.calls == []


def test_a_second_request_is_refused_while_the_first_runs(line, provider):
    provider.answer = Answer(words(20), gate=threading.Event())
    line.ask()
    assert text_of(line.hear()) is not None
    line.ask("Impatient")
    heard = []
    while not heard or "error" not in heard[-1]:
        heard.append(line.hear())
    assert heard[-1]["error"]["message"]
    provider.answer.gate.set()
    assert line.answer().endswith(words(20)[-8:])


def test_stop_ends_the_running_answer(line, provider):
    provider.answer = Answer(words(3000), pause=0.01)
    line.ask()
    line.hear()
    line.say({"type": "stop"})
    while line.hear() != "[DONE]":
        pass
    eventually(lambda: provider.chats[-1].aborted)
    provider.answer = Answer("Better.")
    line.ask()
    assert line.answer() == "Better."


def test_closing_the_socket_ends_the_running_answer(account, provider):
    provider.answer = Answer(words(3000), pause=0.01)
    line = Line()
    line.say({"token": account.token})
    line.ask()
    line.hear()
    line.socket.close()
    eventually(lambda: provider.chats[-1].aborted)


@pytest.mark.parametrize("bad", ["no JSON", "[1, 2]", '{"model": "no-such-model", "messages": []}', "{}"])
def test_an_error_leaves_the_connection_open(line, provider, bad):
    line.say(bad)
    error = line.hear()["error"]
    assert error["message"] and error["code"]
    line.ask()
    assert line.answer() == "Hello from the stub."


def test_the_provider_s_refusal_is_told(line, provider):
    provider.answer = Answer(status=500, body={"error": {"message": "the stub is tired"}})
    line.ask()
    assert "the stub is tired" in json.dumps(line.hear()["error"])
    provider.answer = Answer()
    line.ask()
    assert line.answer() == "Hello from the stub."


# ---- What the page asks after an answer


def test_completed_hands_the_messages_back(account, provider):
    messages = [{"id": "m1", "role": "user", "content": "Hello"}]
    body = {"model": "stub-one", "messages": messages, "chat_id": "local", "session_id": "s", "id": "m1"}
    assert good(account.ask("POST", "/api/chat/completed", json=body))["messages"] == messages
    refused(account.ask("POST", "/api/chat/completed", json={**body, "model": "no-such-model"}), 400, 404)
