"""Processes killed in the middle of an answer: each comes back by itself, and no more than the last second is lost."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import openai
import processes
import pytest
import requests
from clients import BASE, PATIENCE, Account, Chat, Page, eventually, sign_in
from provider import Answer, words

# An answer whose process died is taken over when the lease on it has run out.
TAKEOVER = 120
WORDS = 1500
PAUSE = 0.02
# What a killed process may lose, in seconds.
LOSS = 1.0


@pytest.fixture(autouse=True)
def everything_is_back(account):
    """After each case all services run, and somebody can sign in."""
    yield
    for name, process in processes.all_pids().items():
        assert process and processes.is_alive(process), f"{name} is not running"
    eventually(processes.is_healthy)
    assert sign_in(account.details["email"]).get("/api/v1/auths/")["id"] == account.id


@pytest.fixture
def long_answer(provider):
    provider.answer = Answer(words(WORDS), pause=PAUSE)
    return provider


def in_the_middle(turn, count=100):
    """Waits until so many words are shown."""
    eventually(lambda: len(turn.shows().split()) > count)


def ended(turn):
    """The stored message, once no task is left and it says how it ended."""

    def look():
        try:
            stored = turn.stored()
            return not turn.chat.tasks() and (stored.get("done") or stored.get("error")) and stored
        except (AssertionError, requests.RequestException):
            return None

    return eventually(look, TAKEOVER, 0.2)


def holds(stored, call, killed):
    """Whether a text is what the provider had said, but for the last second before the kill."""
    text = stored["content"]
    assert words(WORDS).startswith(text.rstrip()), f"the text is damaged: {text[-200:]!r}"
    said = call.text(until=killed - LOSS).rstrip()
    assert len(text) >= len(said), f"{len(said)} characters were sent a second before, {len(text)} are kept"


def is_whole(chat, turn):
    """No row is half-written: the chat is what its client made, and both messages have all that makes a message."""
    row = chat.stored()
    history = row["chat"]["history"]
    question = chat.messages[chat.messages[turn.id]["parentId"]]
    assert set(history["messages"]) == set(chat.messages) and history["currentId"] == turn.id
    answer = history["messages"][turn.id]
    assert answer["role"] == "assistant" and answer["parentId"] == question["id"] and answer["model"] == "stub-one"
    assert history["messages"][question["id"]]["content"] == question["content"]
    assert history["messages"][question["id"]]["childrenIds"] == [turn.id]


# ---- The process that makes answers


def test_the_turns_process_is_killed(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    call = long_answer.chats[-1]
    killed = time.monotonic()
    old = processes.kill("turns")
    stored = ended(turn)
    processes.await_return("turns", old)
    holds(stored, call, killed)
    is_whole(chat, turn)
    # The page that waits hears of it.
    assert stored["error"]["content"] and stored["content"]
    assert page.wait(turn.id, "chat:message:error")["error"]["content"] == stored["error"]["content"]
    page.wait(turn.id, "chat:tasks:cancel")
    long_answer.answer = Answer("All is well.")
    assert chat.ask("And now?").done()["content"] == "All is well."


def test_an_answer_that_has_not_begun_is_made_by_the_next_process(page, provider):
    provider.answer = Answer(words(40), gate=threading.Event(), gate_at=0)
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    eventually(lambda: provider.chats)
    old = processes.kill("turns")
    provider.answer = Answer(words(40))
    processes.await_return("turns", old)
    assert turn.done(TAKEOVER)["content"] == words(40) == turn.stored()["content"]
    is_whole(chat, turn)


def test_turns_that_are_asked_for_while_nobody_makes_them_wait(page, provider):
    old = processes.kill("turns")
    turns = [Chat(page).ask(f"Question {number}") for number in range(10)]
    processes.await_return("turns", old)
    for turn in turns:
        assert turn.done(TAKEOVER)["content"] == "Hello from the stub." == turn.stored()["content"]


def test_a_stream_whose_process_is_killed_says_so(account, long_answer):
    client = openai.OpenAI(base_url=BASE + "/api", api_key=account.token, max_retries=0, timeout=TAKEOVER)
    stream = client.chat.completions.create(model="stub-one", messages=[{"role": "user", "content": "x"}], stream=True)
    text, old = "", None
    with pytest.raises(openai.APIError):
        for event in stream:
            text += "".join(choice.delta.content or "" for choice in event.choices)
            if old is None and len(text.split()) > 100:
                old = processes.kill("turns")
    assert words(WORDS).startswith(text.rstrip())
    processes.await_return("turns", old)
    eventually(lambda: account.get("/api/tasks")["tasks"] == [], TAKEOVER)


# ---- The daemon that holds the connections


def test_streamd_is_killed(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    old = processes.kill("streamd")
    processes.await_return("streamd", old)
    # The page connects again, loads the chat, and hears how the answer goes on.
    eventually(lambda: page.connections > 1 and page.io.connected)
    assert page.io.call("user-join", {"auth": {"token": account.token}}, timeout=PATIENCE)["id"] == account.id
    assert page.open(chat.id) == [turn.task]
    heard = len(page.heard(turn.id))
    done = turn.done()
    assert done["content"] == words(WORDS) == turn.shows() == turn.stored()["content"]
    assert len(page.heard(turn.id)) > heard + 10, "the page heard nothing live"
    is_whole(chat, turn)


def test_streamd_is_killed_and_the_answer_is_stopped_afterwards(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    processes.await_return("streamd", processes.kill("streamd"))
    account.post(f"/api/tasks/stop/{turn.task}")
    stored = ended(turn)
    assert words(WORDS).startswith(stored["content"].rstrip()) and len(stored["content"]) < len(words(WORDS))
    eventually(lambda: long_answer.chats[-1].aborted)


# ---- The database


def test_postgres_is_killed(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    call = long_answer.chats[-1]
    killed = time.monotonic()
    old = processes.kill("postgres")
    processes.await_return("postgres", old)
    stored = ended(turn)
    holds(stored, call, killed)
    is_whole(chat, turn)
    if stored.get("error"):
        assert page.wait(turn.id, "chat:message:error")
    else:
        assert stored["content"] == words(WORDS) and turn.done()["content"] == words(WORDS)
    long_answer.answer = Answer("All is well.")
    assert chat.ask("And now?").done()["content"] == "All is well."


def test_without_the_database_requests_are_refused_and_nothing_hangs(account, page, provider):
    process = processes.pid("postgres")
    statuses = set()
    processes.kill("postgres")
    while not processes.has_returned("postgres", process) or not processes.is_healthy():
        response = account.ask("GET", "/api/v1/auths/", timeout=PATIENCE)
        statuses.add(response.status_code)
        if response.status_code != 200:
            assert response.json()["detail"]
    assert statuses <= {200, 500, 503}
    assert Chat(page).ask("Hello").done()["content"] == "Hello from the stub."


def test_what_was_answered_before_the_database_was_killed_is_kept(account, page, provider):
    kept = []
    stop = threading.Event()

    def save():
        while not stop.is_set():
            body = {"chat": {"title": f"Chat {len(kept)}", "history": {"messages": {}, "currentId": None}}}
            try:
                response = account.ask("POST", "/api/v1/chats/new", json=body)
            except OSError:
                continue
            if response.status_code == 200:
                kept.append(response.json()["id"])

    thread = threading.Thread(target=save)
    thread.start()
    eventually(lambda: len(kept) > 50)
    old = processes.kill("postgres")
    processes.await_return("postgres", old)
    count = len(kept)
    eventually(lambda: len(kept) > count + 10)
    stop.set()
    thread.join()
    assert set(kept) <= {row["id"] for row in account.get("/api/v1/chats/all")}


# ---- A web worker


def test_a_web_worker_is_killed(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    supervisor = processes.pid("web")
    victim = processes.children(supervisor)[0]
    stop = threading.Event()
    clients = 8

    def ask(_):
        mine, failures = Account(account.token), 0
        while not stop.is_set():
            try:
                failures += mine.ask("GET", "/api/v1/chats/").status_code != 200
            except OSError:
                failures += 1
        return failures

    with ThreadPoolExecutor(clients) as pool:
        results = [pool.submit(ask, number) for number in range(clients)]
        time.sleep(1)
        os.kill(victim, signal.SIGKILL)
        eventually(lambda: victim not in processes.children(supervisor))
        time.sleep(2)
        stop.set()
        failures = [result.result() for result in results]
    # Each client had one request under way.
    assert max(failures) <= 1, failures
    assert processes.pid("web") == supervisor
    eventually(lambda: len(processes.children(supervisor)) >= 2)
    assert turn.done()["content"] == words(WORDS) == turn.shows()
    is_whole(chat, turn)


def test_all_of_the_web_pool_is_killed(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    old = processes.pid("web")
    for process in [*processes.children(old), old]:
        os.kill(process, signal.SIGKILL)
    processes.await_return("web", old)
    assert page.io.connected and page.connections == 1
    assert turn.done()["content"] == words(WORDS) == turn.shows() == turn.stored()["content"]
    is_whole(chat, turn)


def test_nginx_is_killed(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    old = processes.kill("nginx")
    processes.await_return("nginx", old)
    other = Page(sign_in(account.details["email"]))
    other.open(chat.id)
    assert other.wait_done(turn.id)["content"] == words(WORDS) == other.shows(turn.id)
    other.close()


# ---- All of it


def test_everything_is_killed_at_once(account, page, long_answer):
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    in_the_middle(turn)
    call = long_answer.chats[-1]
    killed = time.monotonic()
    old = {name: processes.kill(name) for name in ("turns", "streamd", "web", "postgres")}
    for name, process in old.items():
        processes.await_return(name, process)
    stored = ended(turn)
    holds(stored, call, killed)
    is_whole(chat, turn)
    assert stored["error"]["content"]
    eventually(lambda: page.io.connected)
    assert page.io.call("user-join", {"auth": {"token": account.token}}, timeout=PATIENCE)["id"] == account.id
    long_answer.answer = Answer("All is well.")
    chat.messages[turn.id].update(json.loads(json.dumps(stored)))
    assert chat.ask("And now?").done()["content"] == "All is well."
