"""The main job with the built-in model: an account, a model list, an answer that is streamed."""
import json
import os

import requests

BASE = os.environ["BASE"]


def test_the_server_lives():
    assert requests.get(BASE + "/health", timeout=30).json() == {"status": True}


def test_an_account_chats_with_the_demonstration_model():
    form = {"name": "Admin", "email": "admin@example.com", "password": "Pass-word-1"}
    account = requests.post(BASE + "/api/v1/auths/signup", json=form, timeout=60).json()
    assert account["role"] == "admin"
    head = {"Authorization": "Bearer " + account["token"]}
    models = requests.get(BASE + "/api/models", headers=head, timeout=60).json()["data"]
    model = next(m["id"] for m in models if m["id"] == "swiftlet-demonstration")
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    answer = requests.post(BASE + "/api/chat/completions", json=body, headers=head, timeout=60).text
    lines = [line[6:] for line in answer.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    text = "".join(json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1])
    assert "demonstration model" in text
    assert requests.get(BASE + "/api/v1/chats/", timeout=30).status_code == 401
