"""Processes killed in the middle of an answer: each comes back by itself, and no more than the last second is lost."""

import json
import os
import signal
import threading
import time

import openai
import processes
import pytest
from clients import Chat, eventually, refused
from interruption import (
    HELLO,
    TAKEOVER,
    WORDS,
    Load,
    Stream,
    ended,
    goes_on,
    holds,
    in_the_middle,
    is_whole,
    join_again,
)
from provider import Answer, words

pytestmark = pytest.mark.usefixtures("everything_comes_back")
GOOD = "All is well."


@pytest.fixture
def chat(page):
    return Chat(page)


@pytest.fixture
def turn(chat, long_answer):
    """A long answer in its middle."""
    return in_the_middle(chat)


def is_none_the_worse(chat, provider):
    """Whether the chat can be continued."""
    provider.answer = Answer(GOOD)
    assert chat.ask("And now?").done()["content"] == GOOD


# ---- The process that makes answers


def test_the_turns_process_is_killed(chat, turn, page, long_answer):
    call = long_answer.chats[-1]
    killed = time.monotonic()
    old = processes.kill("turns")
    stored = ended(turn)
    processes.await_return("turns", old)
    holds(stored, call, killed)
    is_whole(chat, turn)
    # The page that waits hears of it.
    assert stored["done"] and stored["error"]["content"] and stored["content"]
    assert page.wait(turn.id, "chat:message:error")["error"]["content"] == stored["error"]["content"]
    page.wait(turn.id, "chat:tasks:cancel")
    is_none_the_worse(chat, long_answer)


def test_an_answer_that_has_not_begun_is_made_by_the_next_process(chat, provider):
    provider.answer = Answer(words(40), gate=threading.Event(), gate_at=0)
    turn = chat.ask("Tell me words")
    eventually(lambda: provider.chats)
    old = processes.kill("turns")
    provider.answer = Answer(words(40))
    processes.await_return("turns", old)
    assert turn.done(TAKEOVER)["content"] == words(40) == turn.stored()["content"]
    is_whole(chat, turn)


@pytest.mark.parametrize("length", [5, 60], ids=["short", "checkpointed"])
@pytest.mark.parametrize("temporary", [False, True], ids=["kept", "temporary"])
def test_an_answer_that_is_complete_is_neither_made_again_nor_marked(page, provider, length, temporary):
    provider.answer = Answer(words(length), pause=0.02)
    provider.task_gate = threading.Event()
    chat = Chat(page, temporary=temporary)
    turn = chat.ask("Tell me words", tasks=True)
    assert turn.done()["content"] == words(length)
    eventually(lambda: provider.tasks)
    old = processes.kill("turns")
    provider.task_gate.set()
    processes.await_return("turns", old)
    page.wait(turn.id, "chat:tasks:cancel", timeout=TAKEOVER)
    assert turn.shows() == words(length) and len(provider.chats) == 1
    assert not page.heard(turn.id, "chat:message:error")
    if not temporary:
        stored = turn.stored()
        assert stored["content"] == words(length) and stored["done"] and not stored.get("error")


def test_turns_that_are_asked_for_while_nobody_makes_them_wait(page, provider):
    old = processes.kill("turns")
    turns = [Chat(page).ask(f"Question {number}") for number in range(10)]
    processes.await_return("turns", old)
    for turn in turns:
        assert turn.done(TAKEOVER)["content"] == "Hello from the stub." == turn.stored()["content"]


def test_a_stream_whose_process_is_killed_says_so(account, long_answer):
    stream = Stream(account)
    old = processes.kill("turns")
    with pytest.raises(openai.APIError):
        stream.rest()
    assert words(WORDS).startswith(stream.text.rstrip())
    processes.await_return("turns", old)
    eventually(lambda: account.get("/api/tasks")["tasks"] == [], TAKEOVER)


def test_an_answer_that_was_stopped_as_its_process_died_stays_stopped(chat, turn, long_answer):
    old = processes.kill("turns")
    turn.page.account.post(f"/api/tasks/stop/{turn.task}")
    stored = ended(turn)
    processes.await_return("turns", old)
    assert words(WORDS).startswith(stored["content"].rstrip()) and len(stored["content"]) < len(words(WORDS))
    assert len(long_answer.chats) == 1
    is_none_the_worse(chat, long_answer)


# ---- The daemon that holds the connections


def test_streamd_is_killed(chat, turn, page, long_answer):
    processes.await_return("streamd", processes.kill("streamd"))
    # The page connects again, loads the chat, and hears how the answer goes on.
    join_again(page)
    assert page.open(chat.id) == [turn.task]
    shown = len(turn.shows())
    eventually(lambda: len(turn.shows()) > shown + 200)
    long_answer.answer.hurry()
    goes_on(turn)


def test_streamd_is_killed_and_the_answer_is_stopped_afterwards(turn, account, long_answer):
    processes.await_return("streamd", processes.kill("streamd"))
    account.post(f"/api/tasks/stop/{turn.task}")
    stored = ended(turn)
    assert words(WORDS).startswith(stored["content"].rstrip()) and len(stored["content"]) < len(words(WORDS))
    eventually(lambda: long_answer.chats[-1].aborted)


def test_a_stream_whose_connection_is_killed_is_no_finished_one(account, long_answer):
    stream = Stream(account)
    old = processes.kill("streamd")
    with pytest.raises(Exception) as caught:
        stream.rest()
    assert "httpx" in type(caught.value).__module__ or isinstance(caught.value, openai.APIError)
    assert words(WORDS).startswith(stream.text.rstrip())
    # Nobody reads the answer any more, so nobody makes it.
    eventually(lambda: long_answer.chats[-1].aborted)
    processes.await_return("streamd", old)
    eventually(lambda: account.get("/api/tasks")["tasks"] == [])


# ---- The database


def backend():
    """One of the database's connections."""
    for process in processes.children(processes.pid("postgres")):
        with open(f"/proc/{process}/cmdline") as line:
            if " swiftlet [local]" in line.read():
                return process
    raise AssertionError("the database has no connection")


@pytest.mark.parametrize("victim", [lambda: processes.pid("postgres"), backend], ids=["all", "one connection"])
def test_postgres_is_killed(chat, turn, page, long_answer, victim):
    call = long_answer.chats[-1]
    before, said = processes.pid("postgres"), len(call.sent)
    process = victim()
    os.kill(process, signal.SIGKILL)
    if process == before:
        processes.await_return("postgres", before)
    eventually(processes.is_healthy, processes.RETURN)
    # The provider is heard all the while, and nothing of it is lost.
    eventually(lambda: len(call.sent) > said + 50)
    assert page.io.connected and page.connections == 1
    long_answer.answer.hurry()
    goes_on(turn)
    assert len(long_answer.chats) == 1
    is_none_the_worse(chat, long_answer)


def test_an_answer_ends_while_the_database_is_away(chat, turn, long_answer):
    old = processes.kill("postgres")
    long_answer.answer.hurry()
    processes.await_return("postgres", old)
    goes_on(turn)
    is_none_the_worse(chat, long_answer)


def test_a_stream_goes_on_without_the_database(account, long_answer):
    stream = Stream(account)
    old = processes.kill("postgres")
    long_answer.answer.hurry()
    assert stream.rest() == words(WORDS)
    processes.await_return("postgres", old)
    eventually(lambda: account.get("/api/tasks")["tasks"] == [])


def test_without_the_database_requests_are_refused_and_nothing_hangs(account, page, provider):
    old = processes.kill("postgres")
    statuses = set()
    while not processes.has_returned("postgres", old) or not processes.is_healthy():
        response = account.ask("GET", "/api/v1/auths/")
        statuses.add(response.status_code)
        if response.status_code != 200:
            refused(response, 503)
    assert statuses <= {200, 503}
    assert Chat(page).ask("Hello").done()["content"] == "Hello from the stub."


def test_what_was_answered_before_the_database_was_killed_is_kept(account):
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
    try:
        eventually(lambda: len(kept) > 50)
        processes.await_return("postgres", processes.kill("postgres"))
        count = len(kept)
        eventually(lambda: len(kept) > count + 10)
    finally:
        stop.set()
        thread.join()
    assert set(kept) <= {row["id"] for row in account.get("/api/v1/chats/all")}


# ---- Workers


def test_a_web_worker_is_killed(turn, account, long_answer):
    supervisor = processes.pid("web")
    workers = processes.children(supervisor)
    with Load(account) as load:
        os.kill(workers[0], signal.SIGKILL)
        eventually(lambda: workers[0] not in processes.children(supervisor))
        eventually(lambda: len(processes.children(supervisor)) == len(workers))
        load.go_on()
    # Each client had one request under way.
    assert max(load.failed) <= 1, load.failed
    assert processes.pid("web") == supervisor
    assert turn.page.connections == 1
    long_answer.answer.hurry()
    goes_on(turn)


def test_all_of_the_web_pool_is_killed(turn, page, long_answer):
    old = processes.pid("web")
    for process in [*processes.children(old), old]:
        os.kill(process, signal.SIGKILL)
    processes.await_return("web", old)
    assert page.io.connected and page.connections == 1
    long_answer.answer.hurry()
    goes_on(turn)


def test_a_worker_that_waits_for_a_provider_is_killed(account, provider):
    provider.answer = Answer("A prompt", gate=threading.Event())
    body = {"model": "stub-one", "messages": HELLO}
    answers = []

    def ask():
        answers.append(account.ask("POST", "/api/v1/tasks/image_prompt/completions", json=body))

    thread = threading.Thread(target=ask)
    thread.start()
    eventually(lambda: provider.chats)
    old = processes.kill("slow")
    thread.join()
    refused(answers[0], 502)
    provider.answer.gate.set()
    processes.await_return("slow", old)
    eventually(lambda: account.ask("POST", "/api/v1/tasks/image_prompt/completions", json=body).status_code == 200)


def test_the_jobs_process_is_killed(chat, turn, long_answer):
    processes.await_return("jobs", processes.kill("jobs"))
    long_answer.answer.hurry()
    goes_on(turn)


def test_nginx_is_killed(chat, turn, page, long_answer):
    processes.await_return("nginx", processes.kill("nginx"))
    join_again(page)
    page.open(chat.id)
    long_answer.answer.hurry()
    goes_on(turn)


# ---- All of it


def test_everything_is_killed_at_once(chat, turn, page, long_answer):
    call = long_answer.chats[-1]
    killed = time.monotonic()
    old = {name: processes.kill(name) for name in ("turns", "streamd", "web", "slow", "jobs", "nginx", "postgres")}
    for name, process in old.items():
        processes.await_return(name, process)
    stored = ended(turn)
    holds(stored, call, killed)
    is_whole(chat, turn)
    assert stored["error"]["content"]
    join_again(page)
    chat.messages[turn.id].update(json.loads(json.dumps(stored)))
    is_none_the_worse(chat, long_answer)
