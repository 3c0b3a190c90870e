"""The main job with the built-in model: an account, a model list, an answer that is streamed."""

import json

import pytest
from clients import Account, refused
from conftest import connect


@pytest.fixture
def without_provider(admin, stub):
    """No connection at all, for one case."""
    connect(admin)
    yield
    connect(admin, stub)


def test_the_server_lives():
    assert Account().get("/health") == {"status": True}
    assert Account().get("/health/db") == {"status": True}


def test_an_account_chats_with_the_demonstration_model(account, without_provider):
    # Other cases may have left presets and arenas.
    (model,) = [item["id"] for item in account.get("/api/models")["data"] if item["name"].startswith("Demonstration (")]
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    answer = account.ask("POST", "/api/chat/completions", json=body)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/event-stream")
    lines = [line[6:] for line in answer.text.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    choices = [choice for line in lines[:-1] for choice in json.loads(line)["choices"]]
    assert "demonstration model" in "".join(choice["delta"].get("content", "") for choice in choices)


def test_a_stranger_sees_nothing():
    refused(Account().ask("GET", "/api/v1/chats/"), 401)
    refused(Account().ask("GET", "/api/models"), 401)
