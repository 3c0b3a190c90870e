"""Tokens that are no good, on every surface that takes one."""

import json
import os
import pathlib

import jwt
import pytest
from clients import Account, good, refused, sign_in
from wire import WebSocket, engine

FOREIGN_KEY = "some-other-key-that-is-long-enough-for-hs256"
BODY = {"model": "stub-one", "messages": [{"role": "user", "content": "Hello"}], "stream": True}


def secret():
    """The key that signs the server's tokens."""
    file = pathlib.Path(os.environ.get("STATE_DIR", "")) / "secret_key"
    key = file.read_text().strip() if file.is_file() else os.environ.get("WEBUI_SECRET_KEY")
    return key or pytest.skip("the server's key is not known here")


def signed_out(account):
    other = sign_in(account.details["email"])
    assert good(other.ask("POST", "/api/v1/auths/signout"))["status"] is True
    return other.token


def altered(account, **changes):
    claims = jwt.decode(account.token, options={"verify_signature": False})
    return {**claims, **changes}


BATTERY = {
    "stolen before a sign-out": signed_out,
    "expired, of a session that is there": lambda account: jwt.encode(altered(account, exp=1), secret(), "HS256"),
    "expired, of the reference": lambda account: jwt.encode({"id": account.id, "exp": 1}, secret(), "HS256"),
    "of no session": lambda account: jwt.encode(altered(account, jti="none"), secret(), "HS256"),
    "of another account's session": lambda account: jwt.encode(altered(account, id="nobody"), secret(), "HS256"),
    "alg none": lambda account: jwt.encode(altered(account), None, algorithm="none"),
    "alg none with the signature": lambda account: ".".join(
        jwt.encode(altered(account), None, algorithm="none").split(".")[:2] + account.token.split(".")[2:]
    ),
    "another algorithm": lambda account: jwt.encode(altered(account), secret() * 2, "HS512"),
    "foreign key": lambda account: jwt.encode(altered(account), FOREIGN_KEY, "HS256"),
    "truncated": lambda account: account.token[:-1],
    "without its signature": lambda account: account.token.rsplit(".", 1)[0] + ".",
    "two parts": lambda account: account.token.rsplit(".", 1)[0],
    "with more behind it": lambda account: account.token + ".x",
    "an invented key": lambda account: "sk-" + "0" * 32,
}


@pytest.fixture(scope="module")
def holder(make_account):
    return make_account()


@pytest.fixture(scope="module", params=BATTERY, ids=list(BATTERY))
def token(request, holder):
    return BATTERY[request.param](holder)


READ = ["/api/v1/auths/", "/api/v1/chats/", "/api/models", "/api/tasks", "/openai/models", "/cache/x", "/api/v1/users/"]


@pytest.mark.parametrize("path", READ)
def test_no_request_is_answered(token, path):
    refused(Account(token).ask("GET", path), 401)
    refused(Account().ask("GET", path, cookies={"token": token}), 401)


@pytest.mark.parametrize("path", ["/api/chat/completions", "/openai/chat/completions", "/api/v1/chats/new"])
def test_nothing_is_made(token, stub, path):
    refused(Account(token).ask("POST", path, json=BODY), 401)
    refused(Account().ask("POST", path, json=BODY, cookies={"token": token}), 401)


def test_it_is_no_good_elsewhere_either(token):
    for headers in ({"x-api-key": token}, {"api-key": token}, {"Authorization": token}):
        refused(Account().ask("GET", "/api/v1/chats/", headers=headers), 401)
    refused(Account().ask("GET", "/api/v1/chats/", params={"token": token}), 401)


def test_a_socket_hears_nothing_and_joins_nothing(token, holder):
    line = engine()
    line.send(f'40{json.dumps({"token": token})}')
    assert line.text().startswith("40{")
    for event in ("user-join", "join-channels"):
        line.send(f'420["{event}",{json.dumps({"auth": {"token": token}})}]')
        assert line.text() == "430[]"
    assert good(holder.ask("GET", f"/api/v1/users/{holder.id}/active"))["active"] is False
    line.close()


def test_a_plain_socket_is_closed(token):
    lines = [
        WebSocket("/api/ws/chat", f"Authorization: Bearer {token}"),
        WebSocket("/api/ws/chat", f"Cookie: token={token}"),
        WebSocket("/api/ws/chat"),
    ]
    lines[-1].send(json.dumps({"token": token}))
    for line in lines:
        assert line.ending() is not None
        line.close()


# ---- Keys that are restricted


@pytest.fixture
def restricted(admin):
    """restricted(endpoints) lets keys be used at these alone; all is as before at the end."""
    path = "/api/v1/auths/admin/config"
    before = admin.get(path)

    def restrict(endpoints):
        form = {"ENABLE_API_KEY": True, "ENABLE_API_KEY_ENDPOINT_RESTRICTIONS": True}
        admin.post(path, {**before, **form, "API_KEY_ALLOWED_ENDPOINTS": endpoints})

    yield restrict
    admin.post(path, before)


def test_a_key_is_restricted_on_every_surface(account, stub, restricted):
    key = account.post("/api/v1/auths/api_key")["api_key"]
    holder = Account(key, account.details)
    restricted("/api/models")
    assert holder.get("/api/models")["data"]
    for path in ("/api/v1/chats/", "/api/v1/models/", "/openai/models"):
        refused(holder.ask("GET", path), 403)
    refused(Account().ask("GET", "/api/v1/chats/", cookies={"token": key}), 403)
    refused(holder.ask("POST", "/api/chat/completions", json=BODY), 403)
    line = WebSocket("/api/ws/chat", f"Authorization: Bearer {key}")
    assert line.ending() is not None
    line.close()
    # Socket.IO takes no keys at all.
    line = engine()
    line.send(f'40{json.dumps({"token": key})}')
    assert line.text().startswith("40{")
    line.send(f'420["user-join",{json.dumps({"auth": {"token": key}})}]')
    assert line.text() == "430[]"
    line.close()
    restricted("/api/ws")
    line = WebSocket("/api/ws/chat", f"Authorization: Bearer {key}")
    line.send(json.dumps(BODY))
    assert "Hello" in line.text()
    line.close()
    refused(holder.ask("GET", "/api/models"), 403)
    assert account.get("/api/v1/chats/") == []
