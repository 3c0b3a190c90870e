"""Clients of the server: an account at the HTTP API, a page with its socket, and the chats it holds."""

import json
import os
import threading
import time
import uuid

import engineio
import requests
import socketio

BASE = os.environ.get("BASE", "http://127.0.0.1:8080").rstrip("/")
PASSWORD = "A-good-password-1"
# No case depends on how fast the server is; this is for a machine that does much else.
PATIENCE = float(os.environ.get("PATIENCE", 60))


def eventually(check, timeout=PATIENCE, every=0.05):
    """The first truthy result of `check`; fails when there is none in time."""
    end = time.monotonic() + timeout
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < end, f"did not happen within {timeout} s; last result: {result!r}"
        time.sleep(every)


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


class Account:
    """Somebody at the HTTP API, by bearer token; without a token, a visitor."""

    def __init__(self, token=None, details=None, base=BASE):
        self.token, self.base = token, base
        self.details = details or {}
        self.http = requests.Session()
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"

    @property
    def id(self):
        return self.details["id"]

    def ask(self, method, path, **options):
        options.setdefault("timeout", PATIENCE)
        return self.http.request(method, self.base + path, **options)

    def get(self, path, **options):
        """The JSON of an answer that must be 200."""
        return good(self.ask("GET", path, **options))

    def post(self, path, body=None, **options):
        """The JSON of an answer that must be 200."""
        return good(self.ask("POST", path, json=body, **options))

    def delete(self, path, **options):
        return good(self.ask("DELETE", path, **options))


def good(response):
    where = f"{response.request.method} {response.request.url}"
    assert response.status_code == 200, f"{where} -> {response.status_code} {response.text[:500]}"
    return response.json()


def refused(response, *statuses):
    """The `detail` of an answer that must be one of these refusals."""
    where = f"{response.request.method} {response.request.url}"
    assert response.status_code in statuses, f"{where} -> {response.status_code} {response.text[:500]}"
    detail = response.json()["detail"]
    assert detail, response.text
    return detail


def sign_in(email, password=PASSWORD):
    details = Account().post("/api/v1/auths/signin", {"email": email, "password": password})
    return Account(details["token"], details)


# ---- Sockets


class OrderedTransport(engineio.Client):
    """The library gives each message a thread of its own, so that events change places. Here they stay in order."""

    def _trigger_event(self, event, *args, **options):
        return super()._trigger_event(event, *args, **{**options, "run_async": False})


class OrderedClient(socketio.Client):
    def _engineio_client_class(self):
        return OrderedTransport


class Page:
    """A page of the web client: a socket that comes back when it is lost, and what it shows of each message."""

    def __init__(self, account):
        self.account = account
        self.events = []
        self.connections = 0
        self._lock = threading.Lock()
        # Message id -> (text that was loaded, number of events heard before)
        self._loaded = {}
        self.io = OrderedClient(reconnection=True, reconnection_delay=0.3, reconnection_delay_max=1)
        self.io.on("*", self._hear)
        self.io.on("connect", self._connected)
        self.io.connect(
            account.base,
            socketio_path="/ws/socket.io",
            transports=["websocket"],
            auth={"token": account.token},
            wait_timeout=PATIENCE,
        )
        self.joined = self.io.call("user-join", {"auth": {"token": account.token}}, timeout=PATIENCE)

    def _connected(self):
        self.connections += 1

    def _hear(self, name, data=None, *more):
        with self._lock:
            self.events.append((name, data))

    @property
    def sid(self):
        return self.io.get_sid()

    def close(self):
        self.io.disconnect()

    def heard(self, message=None, kind=None):
        """The chat events so far, as `{"type", "data"}`, of one message and of one type if asked for."""
        with self._lock:
            events = [data for name, data in self.events if name == "chat-events"]
        return [
            event["data"]
            for event in events
            if (message is None or event["message_id"] == message) and (kind is None or event["data"]["type"] == kind)
        ]

    def wait(self, message, kind, check=lambda data: True, timeout=PATIENCE):
        """The data of the first such event."""

        def look():
            found = [event for event in self.heard(message, kind) if check(event.get("data"))]
            return found[:1]

        try:
            return eventually(look, timeout)[0].get("data")
        except AssertionError as error:
            tail = json.dumps(self.heard(message)[-5:])[:1500]
            raise AssertionError(f"no {kind} for {message}; heard last: {tail}") from error

    def wait_done(self, message, timeout=PATIENCE):
        """The last event of an answer: `{"done": true, "content", "title"}`."""
        return self.wait(message, "chat:completion", lambda data: data.get("done"), timeout)

    def open(self, chat):
        """Loads a chat as the web client does: what is stored, then whether an answer is being made; the tasks."""
        stored = self.account.get(f"/api/v1/chats/{chat}")["chat"]["history"]["messages"]
        with self._lock:
            for id, message in stored.items():
                self._loaded[id] = (message.get("content") or "", len(self.events))
        return self.account.get(f"/api/tasks/chat/{chat}")["task_ids"]

    def shows(self, message):
        """The text of a message as this page shows it now."""
        with self._lock:
            text, start = self._loaded.get(message, ("", 0))
            events = self.events[start:]
        for name, event in events:
            if name == "chat-events" and event["message_id"] == message:
                text = shown(text, event["data"]["type"], event["data"].get("data") or {})
        return text


def shown(text, kind, data):
    """A page's text after an event: the client appends deltas, and replaces by whole contents."""
    if kind == "chat:completion":
        for choice in data.get("choices") or []:
            text += (choice.get("delta") or {}).get("content") or ""
        return data["content"] if data.get("content") else text
    if kind in ("chat:message:delta", "message"):
        return text + data.get("content", "")
    if kind in ("chat:message", "replace"):
        return data.get("content", "")
    return text


# ---- Chats


def message(role, content, parent=None, **more):
    """A message as the web client makes it."""
    return {
        "id": str(uuid.uuid4()),
        "parentId": parent,
        "childrenIds": [],
        "role": role,
        "content": content,
        "timestamp": int(time.time()),
        **more,
    }


class Chat:
    """A chat as a page holds it: asks, and saves as the web client does."""

    def __init__(self, page, temporary=False, **fields):
        self.page, self.account = page, page.account
        self.id = "local" if temporary else None
        self.temporary = temporary
        self.messages, self.current = {}, None
        self.fields = {"title": "New Chat", "params": {}, "tags": [], **fields}

    def add(self, new):
        if new["parentId"]:
            self.messages[new["parentId"]]["childrenIds"].append(new["id"])
        self.messages[new["id"]] = new
        self.current = new["id"]
        return new

    def document(self):
        """What the client posts."""
        history = {"messages": self.messages, "currentId": self.current}
        return {"history": history, "messages": self.branch(self.current), "timestamp": int(time.time() * 1000)}

    def branch(self, last):
        found = []
        while last:
            found.append(self.messages[last])
            last = self.messages[last]["parentId"]
        return found[::-1]

    def save(self):
        if self.temporary:
            return None
        if self.id is None:
            body = {"chat": {"id": "", **self.fields, **self.document()}}
            self.id = self.account.post("/api/v1/chats/new", body)["id"]
            return None
        return self.account.post(f"/api/v1/chats/{self.id}", {"chat": self.document()})

    def ask(self, prompt, *models, tasks=False, path="/api/chat/completions", **body):
        """Asks one or several models; returns a Turn, or a list of them."""
        models = models or ("stub-one",)
        question = self.add(message("user", prompt, self.current, models=list(models)))
        answers = [self.add(message("assistant", "", question["id"], model=name)) for name in models]
        self.fields["models"] = list(models)
        self.save()
        turns = [self.answer(reply, name, tasks=tasks, path=path, **body) for reply, name in zip(answers, models)]
        return turns[0] if len(turns) == 1 else turns

    def answer(self, reply, model, tasks=False, path="/api/chat/completions", earlier=None, **body):
        """Has an answer written into a message that is there."""
        branch = self.branch(reply["parentId"]) if earlier is None else earlier
        kinds = ("title_generation", "tags_generation", "follow_up_generation")
        accepted = self.account.post(
            path,
            {
                "stream": True,
                "model": model,
                "messages": [{"role": item["role"], "content": item["content"]} for item in branch],
                "params": {},
                "session_id": self.page.sid,
                "chat_id": self.id,
                "id": reply["id"],
                "background_tasks": {kind: True for kind in kinds} if tasks else {},
                **body,
            },
        )
        assert accepted["status"] is True and accepted["task_id"], accepted
        return Turn(self, reply["id"], accepted["task_id"])

    def stored(self):
        """The whole row as the API gives it."""
        return self.account.get(f"/api/v1/chats/{self.id}")

    def tasks(self):
        return self.account.get(f"/api/tasks/chat/{self.id}")["task_ids"]


class Turn:
    """One answer that is being made."""

    def __init__(self, chat, id, task):
        self.chat, self.page, self.id, self.task = chat, chat.page, id, task

    def done(self, timeout=PATIENCE):
        return self.page.wait_done(self.id, timeout)

    def shows(self):
        return self.page.shows(self.id)

    def stored(self):
        """The message as it is stored."""
        return self.chat.stored()["chat"]["history"]["messages"][self.id]

    def completed(self):
        """What the web client does when an answer is done: takes it over and saves the chat."""
        mine = self.chat.messages[self.id]
        mine["content"], mine["done"] = self.done()["content"], True
        self.chat.save()
        return mine
