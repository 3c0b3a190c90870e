"""Signals of an administrator: processes that are asked to end finish what is in flight; a reload interrupts nobody."""

import os
import signal
import threading

import processes
import pytest
from clients import Account, Chat, eventually, good, unique
from interruption import HELLO, WORDS, Load, Stream, goes_on, in_the_middle, join_again
from provider import Answer, words

pytestmark = pytest.mark.usefixtures("everything_comes_back")
OURS = ["web", "slow", "turns", "jobs", "streamd"]


@pytest.fixture
def turn(page, long_answer):
    """A long answer in its middle."""
    return in_the_middle(Chat(page))


def test_answers_are_finished_before_their_process_ends(turn, account, long_answer):
    stream = Stream(account)
    old = processes.kill("turns", signal.SIGTERM)
    # Whoever takes it, this one must wait for nothing that is lost.
    next = Chat(turn.page).ask("Another")
    assert processes.is_alive(old)
    long_answer.answer.hurry()
    goes_on(turn)
    assert stream.rest() == turn.stored()["content"]
    processes.await_return("turns", old)
    goes_on(next)
    assert len(long_answer.chats) == 3


def test_a_request_is_answered_before_its_process_ends(account, provider):
    provider.answer = Answer("A prompt", gate=threading.Event())
    body = {"model": "stub-one", "messages": HELLO}
    answers = []

    def ask():
        answers.append(account.ask("POST", "/api/v1/tasks/image_prompt/completions", json=body))

    thread = threading.Thread(target=ask)
    thread.start()
    eventually(lambda: provider.chats)
    old = processes.kill("slow", signal.SIGTERM)
    provider.answer.hurry()
    thread.join()
    assert good(answers[0])["choices"][0]["message"]["content"] == "A prompt"
    processes.await_return("slow", old)


def test_streamd_sends_pages_to_its_next_run_and_finishes_streams(turn, account, page, long_answer):
    stream = Stream(account)
    old = processes.kill("streamd", signal.SIGTERM)
    # The sign that it has begun to stop.
    eventually(lambda: not page.io.connected or page.connections > 1)
    long_answer.answer.hurry()
    assert stream.rest() == words(WORDS)
    processes.await_return("streamd", old)
    join_again(page)
    page.open(turn.chat.id)
    eventually(lambda: turn.chat.tasks() == [])
    stored = turn.stored()
    assert stored["content"] == words(WORDS) == turn.shows() and not stored.get("error")


def test_a_worker_that_ends_is_replaced_and_no_request_is_lost(account):
    supervisor = processes.pid("web")
    workers = processes.children(supervisor)
    with Load(account) as load:
        os.kill(workers[0], signal.SIGTERM)
        eventually(lambda: workers[0] not in processes.children(supervisor))
        eventually(lambda: len(processes.children(supervisor)) == len(workers))
        load.go_on()
    assert max(load.failed) == 0, load.failed


def test_a_rolling_restart_loses_no_request(account):
    supervisor = processes.pid("web")
    workers = processes.children(supervisor)
    with Load(account) as load:
        os.kill(supervisor, signal.SIGUSR2)
        eventually(lambda: not set(workers) & set(processes.children(supervisor)))
        eventually(lambda: len(processes.children(supervisor)) == len(workers))
        load.go_on()
    assert max(load.failed) == 0, load.failed
    assert processes.pid("web") == supervisor


def test_a_reload_interrupts_nobody(turn, account, page, long_answer):
    stream = Stream(account)
    before = processes.all_pids()
    with Load(account) as load:
        for name in OURS:
            processes.kill(name, signal.SIGHUP)
        load.go_on()
        long_answer.answer.hurry()
        assert stream.rest() == words(WORDS)
        goes_on(turn)
    assert max(load.failed) == 0, load.failed
    assert processes.all_pids() == before and page.connections == 1
    assert all(processes.is_alive(before[name]) for name in OURS)


# ---- Settings


def test_a_saved_setting_reaches_every_process(admin):
    path = "/api/v1/auths/admin/config"
    before = admin.get(path)
    mark = unique("mark")

    def shown():
        # More connections than there are processes, each of them new.
        cookies = {"token": admin.token}
        return {Account().get("/api/config", cookies=cookies)["ui"]["response_watermark"] for _ in range(24)}

    try:
        admin.post(path, {**before, "RESPONSE_WATERMARK": mark})
        eventually(lambda: shown() == {mark})
    finally:
        admin.post(path, before)


def test_a_new_provider_key_is_used_by_the_next_answer(admin, page, provider):
    config = admin.get("/openai/config")
    try:
        for key in (unique("sk-new"), unique("sk-newer")):
            admin.post("/openai/config/update", {**config, "OPENAI_API_KEYS": [key]})
            Chat(page).ask("Hello").done()
            assert provider.chats[-1].headers["Authorization"] == f"Bearer {key}"
    finally:
        admin.post("/openai/config/update", config)
