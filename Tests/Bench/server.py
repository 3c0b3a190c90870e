"""A server under test, ours or the reference, through its API."""

import json
import time
import uuid

import requests

PASSWORD = "A-good-password-1"


class Server:
    """A server at an address, seen by its first admin."""

    def __init__(self, base, email="bench@example.com"):
        self.base = base.rstrip("/")
        self.email = email
        self.http = requests.Session()
        body = {"name": "Bench", "email": email, "password": PASSWORD}
        answer = self.http.post(f"{self.base}/api/v1/auths/signin", json=body, timeout=60)
        if answer.status_code != 200:
            answer = self.http.post(f"{self.base}/api/v1/auths/signup", json=body, timeout=60)
        if answer.status_code != 200 or answer.json()["role"] != "admin":
            raise SystemExit(f"{base}: an empty server is wanted, or one whose first admin is {email}: {answer.text}")
        self.token, self.account = answer.json()["token"], answer.json()["id"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def ask(self, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else None
        answer = self.http.request(method, self.base + path, json=body, headers=headers, timeout=120)
        if answer.status_code != 200:
            raise SystemExit(f"{method} {self.base}{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def person(self, name):
        """Another account: its id and its token."""
        form = {"name": name, "email": f"{name}@example.com", "password": PASSWORD, "role": "user"}
        made = self.ask("POST", "/api/v1/auths/add", form)
        return made["id"], made["token"]

    def first_answer(self, model, prompt):
        """Asks until there is an answer: a server that has just started may refuse at first."""
        body = {"model": model, "messages": [{"role": "user", "content": prompt}]}
        end = time.monotonic() + 60
        while True:
            answer = self.http.post(f"{self.base}/api/chat/completions", json=body, timeout=60)
            if answer.status_code == 200 and answer.json()["choices"]:
                return
            if time.monotonic() > end:
                raise SystemExit(f"{self.base}: no answer: {answer.status_code} {answer.text[:300]}")
            time.sleep(0.02)

    def connect(self, upstream):
        """Makes the upstream its only provider."""
        form = {"ENABLE_OPENAI_API": True, "OPENAI_API_BASE_URLS": [f"http://127.0.0.1:{upstream}/v1"]}
        form |= {"OPENAI_API_KEYS": ["sk-bench"], "OPENAI_API_CONFIGS": {"0": {"enable": True}}}
        self.ask("POST", "/openai/config/update", form)
        end = time.monotonic() + 30
        while len(self.ask("GET", "/api/models")["data"]) < 20:
            if time.monotonic() > end:
                raise SystemExit(f"{self.base}: the models of the upstream do not appear")
            time.sleep(0.3)

    def allow(self, **settings):
        """Changes settings of accounts, such as ENABLE_CHANNELS."""
        path = "/api/v1/auths/admin/config"
        self.ask("POST", path, self.ask("GET", path) | settings)

    def chat(self, title, count):
        """Makes a chat of so many messages; returns its id and that of the last message."""
        messages, parent = {}, None
        for number in range(count):
            role = "assistant" if number % 2 else "user"
            item = {"id": str(uuid.uuid4()), "parentId": parent, "childrenIds": [], "role": role}
            item |= {"content": f"Message {number}: " + "some words " * 20, "timestamp": 1, "done": True}
            if parent:
                messages[parent]["childrenIds"].append(item["id"])
            messages[item["id"]] = item
            parent = item["id"]
        history = {"messages": messages, "currentId": parent}
        chat = {"title": title, "models": ["bench-00"], "history": history, "messages": list(messages.values())}
        return self.ask("POST", "/api/v1/chats/new", {"chat": chat})["id"], parent

    def bearer(self, token=None):
        return f"Authorization: Bearer {token or self.token}"

    def sign_in_body(self):
        return json.dumps({"email": self.email, "password": PASSWORD})
