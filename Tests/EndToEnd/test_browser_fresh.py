"""The first minutes of a new server, without any provider, from its first page to an answer that is kept."""

import os
import pathlib
import signal
import socket
import subprocess

import pytest
from clients import PASSWORD, eventually
from pages import STATE, Browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What belongs to the server under test, not to this one.
OTHERS = ("DATABASE_URL", "DATA_DIR", "FRONTEND_BUILD_DIR", "BIND", "TRUSTED_PROXIES", "WEBUI_SECRET_KEY", "BASE")


@pytest.fixture
def fresh_server(tmp_path):
    """The address of a server that nobody has used yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key not in OTHERS}
    environment.update(PORT=str(port), STATE_DIR=str(tmp_path / "state"))
    command = [ROOT / "dev", "up", "--no-build"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        ready = server.stdout.readline()
        assert ready == f"ready: http://127.0.0.1:{port}\n"
        yield ready.removeprefix("ready: ").strip()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def test_the_first_person_signs_up_and_chats_with_the_demonstration(fresh_server, first_chromium):
    browser = Browser(first_chromium, fresh_server)
    browser.leave()
    browser.go("/")
    browser.click('[aria-labelledby="get-started"]')
    browser.type("#name", "First Person")
    browser.type("#email", "first@example.com")
    browser.type("#password", PASSWORD)
    browser.shoot("fresh-sign-up")
    browser.click("button[type=submit]", "Create Admin Account")
    browser.see("body", "What's New in")
    browser.shoot("fresh-changes")
    browser.click("button", "Okay, Let's Go!")
    account = browser.account()
    assert account.details["role"] == "admin"
    (model,) = account.get("/api/models")["data"]
    browser.choose(model["name"])
    browser.shoot("fresh-model")
    browser.say("Tell me what you are")
    eventually(lambda: len(browser.answer().split()) > 5)
    browser.shoot("fresh-streams")
    with browser.second_tab(browser.path):
        early = eventually(browser.answer)
        is_done = 'button[aria-label="Voice mode"]'
        browser.see(is_done)
        whole = browser.answer()
        assert whole.split()[: len(early.split()) - 1] == early.split()[:-1]
    browser.see(is_done)
    assert browser.answer().split() == whole.split()
    chat = browser.path.removeprefix("/c/")
    title = eventually(lambda: titled(account, chat))
    browser.see("#sidebar a", title)
    browser.driver.refresh()
    eventually(lambda: browser.answer().split() == whole.split())
    browser.see(".chat-user", "Tell me what you are")
    browser.see("#sidebar a", title)
    browser.shoot("fresh-kept")
    browser.leave()


def titled(account, chat):
    title = account.get(f"/api/v1/chats/{chat}")["title"]
    return title if title != "New Chat" else None
