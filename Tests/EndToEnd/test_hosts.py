"""Two hosts on one database: the server at BASE, and one that the cases start, with daemon, workers, turns and nginx of its own."""

import os
import pathlib
import signal
import socket
import subprocess
import threading
from urllib.parse import quote

import processes
import pytest
from clients import Account, Chat, eventually, unique
from provider import Answer, words

ROOT = pathlib.Path(__file__).resolve().parents[2]
# An answer whose process died is taken over when the lease on it has run out.
TAKEOVER = 120


class Host:
    """A second host: the same database and secret key, nothing else in common."""

    def __init__(self, state):
        self.state = state
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        first = pathlib.Path(processes.STATE)
        sockets = (first / "run").resolve() / "pg"
        environment = {
            **os.environ,
            "PORT": str(port),
            "STATE_DIR": str(state),
            "SWIFTLET_HOST": unique("second"),
            "DATABASE_URL": f"postgresql://postgres@{quote(str(sockets), safe='')}/swiftlet",
            "WEBUI_SECRET_KEY": os.environ.get("WEBUI_SECRET_KEY") or (first / "secret_key").read_text().strip(),
            "WEB_PROCESSES": "1",
        }
        self.log = open(state / "up.log", "wb+")
        self.up = subprocess.Popen(
            [ROOT / "dev", "up", "--no-build"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        eventually(self.is_ready, 120, 0.2)

    def is_ready(self):
        assert self.up.poll() is None, (self.state / "up.log").read_text()
        return "ready: " in (self.state / "up.log").read_text()

    def pid(self, name):
        return int((self.state / "run" / f"{name}.pid").read_text())

    def die(self):
        """Everything of this host ends without warning."""
        self.up.kill()
        for file in (self.state / "run").glob("*.pid"):
            # Each service leads a session of its own.
            try:
                os.killpg(int(file.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.up.wait()

    def stop(self):
        if self.up.poll() is None:
            self.up.terminate()
            self.up.wait(60)
        self.log.close()

    def account(self, account):
        """The same person, at this host."""
        return Account(account.token, account.details, self.base)


@pytest.fixture(scope="module")
def second(admin, tmp_path_factory):
    host = Host(tmp_path_factory.mktemp("second"))
    yield host
    host.stop()


@pytest.fixture
def elsewhere(second, account):
    return second.account(account)


@pytest.fixture
def only_first_answers(second):
    """Answers are made on the first host alone."""
    pid = second.pid("turns")
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


def awaits_link(page, sender):
    """Events of one host reach a page at another once both know of each other."""
    chat = Chat(page)
    chat.ask("Hello")

    def is_heard():
        kind = unique("custom")
        form = {"type": kind, "data": {}}
        sender.post(f"/api/v1/chats/{chat.id}/messages/{chat.current}/event", form)
        return page.heard(kind=kind)

    eventually(is_heard, every=0.2)


def test_an_answer_made_on_one_host_streams_to_a_page_at_the_other(
    provider, account, elsewhere, open_page, only_first_answers
):
    page = open_page(elsewhere)
    awaits_link(page, account)
    gate = threading.Event()
    provider.answer = Answer(words(300), gate=gate, gate_at=200)
    turn = Chat(page).ask("Far away")
    # While the provider waits, what it said so far is shown.
    eventually(lambda: turn.shows().split()[:100] == words(100).split())
    assert not turn.stored().get("done")
    gate.set()
    assert turn.done()["content"] == words(300) == turn.shows() == turn.stored()["content"]


def test_an_api_client_at_one_host_reads_what_the_other_makes(provider, account, elsewhere, only_first_answers):
    provider.answer = Answer(words(500), pause=0.001)
    form = {"model": "stub-one", "stream": True, "messages": [{"role": "user", "content": "Read"}]}
    response = elsewhere.ask("POST", "/api/chat/completions", json=form)
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/event-stream")
    assert response.text.count("word") == 500 and response.text.rstrip().endswith("data: [DONE]")
    form["stream"] = False
    assert elsewhere.post("/api/chat/completions", form)["choices"][0]["message"]["content"] == words(500)


def test_a_client_that_leaves_ends_its_answer_on_the_other_host(provider, elsewhere, only_first_answers):
    provider.answer = Answer(words(100_000), pause=0.01)
    form = {"model": "stub-one", "stream": True, "messages": [{"role": "user", "content": "Leave"}]}
    response = elsewhere.ask("POST", "/api/chat/completions", json=form, stream=True)
    next(response.iter_lines())
    response.close()
    eventually(lambda: provider.call_with("Leave").aborted)


def test_a_host_that_dies_hands_its_answers_over(provider, account, open_page, tmp_path, second):
    page = open_page(account)
    host = Host(tmp_path)
    others = [processes.pid("turns"), second.pid("turns")]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        provider.answer = Answer(words(5000), pause=0.02)
        chat = Chat(page)
        turn = chat.ask("Who dies?")
        eventually(lambda: len(turn.shows().split()) > 100)
        shown = turn.shows()
        host.die()
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)
        host.stop()
    page.wait(turn.id, "chat:message:error", timeout=TAKEOVER)
    stored = turn.stored()
    assert stored["done"] and stored["error"]["content"] and not chat.tasks()
    # What was shown more than a second before the end is kept.
    assert words(5000).startswith(stored["content"].rstrip()) and len(stored["content"]) > len(shown) / 2


def test_settings_and_revocation_hold_on_both(admin, account, elsewhere, open_page, second):
    page = open_page(elsewhere)
    awaits_link(page, account)
    name = unique("banner")
    banner = {"id": name, "type": "info", "content": name, "dismissible": True, "timestamp": 1}
    admin.post("/api/v1/configs/banners", {"banners": [banner]})
    assert name in elsewhere.ask("GET", "/api/v1/configs/banners").text
    admin.post("/api/v1/configs/banners", {"banners": []})
    assert name not in elsewhere.ask("GET", "/api/v1/configs/banners").text
    account.get("/api/v1/auths/signout")
    assert elsewhere.ask("GET", "/api/v1/auths/").status_code == 401
    eventually(lambda: not page.io.connected)


def test_people_at_different_hosts_meet_in_a_channel(admin, second, make_account, open_page):
    here, there = make_account(), make_account()
    channel = admin.post("/api/v1/channels/create", {"name": unique("room"), "access_control": None})["id"]
    page = open_page(second.account(there))
    awaits_link(page, there)
    here.post(f"/api/v1/channels/{channel}/messages/post", {"content": "Good morning"})
    eventually(lambda: [data for name, data in page.events if name == "channel-events" and "Good morning" in str(data)])
