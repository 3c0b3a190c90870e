"""A server under test: an account on it, what it is filled with, and the memory of its processes."""

import base64
import json
import os
import pathlib
import subprocess
import time
import uuid

import requests

PASSWORD = "A-good-password-1"


class Server:
    """A server at an address, seen by its first admin."""

    def __init__(self, base, email="bench@example.com"):
        self.base = base.rstrip("/")
        self.http = requests.Session()
        body = {"name": "Bench", "email": email, "password": PASSWORD}
        answer = self.http.post(f"{self.base}/api/v1/auths/signin", json=body, timeout=60)
        if answer.status_code != 200:
            answer = self.http.post(f"{self.base}/api/v1/auths/signup", json=body, timeout=60)
        if answer.status_code != 200 or answer.json()["role"] != "admin":
            raise SystemExit(f"{base}: an empty server is wanted, or one whose first admin is {email}: {answer.text}")
        self.token, self.account = answer.json()["token"], answer.json()["id"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def ask(self, method, path, body=None):
        answer = self.http.request(method, self.base + path, json=body, timeout=120)
        if answer.status_code != 200:
            raise SystemExit(f"{method} {self.base}{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

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

    def session(self):
        """The id of the session, from the token."""
        body = self.token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))).get("jti", "")

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


# ---- Processes


def services(state):
    """The processes of each service of a running `./dev up`, with all that they started."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            parents.setdefault(int(parent), []).append(int(entry.name))
    found = {}
    for file in (pathlib.Path(state) / "run").glob("*.pid"):
        family = [int(file.read_text())]
        for process in family:
            family += parents.get(process, [])
        found[file.stem] = family
    return found


def pss(processes):
    """Their memory in megabytes; what several share is divided among them."""
    total = 0
    for process in processes:
        try:
            text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def memory(state):
    """(all services but the database, the database) in megabytes."""
    sizes = {name: pss(family) for name, family in services(state).items()}
    database = sizes.pop("postgres", 0.0)
    return sum(sizes.values()), database


def database(state):
    """The arguments that lead PostgreSQL's clients to the server's database."""
    if os.environ.get("DATABASE_URL"):
        return [os.environ["DATABASE_URL"]]
    return ["-h", str(pathlib.Path(state).resolve() / "run" / "pg"), "-U", "postgres", "swiftlet"]


def run(*command, **options):
    """What a program prints; its complaints end the bench."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout
