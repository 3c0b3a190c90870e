"""What ends with a session, on every surface: plain requests, event streams, Socket.IO and plain WebSockets. Long polling, for which a server must
be set up, is in test_long_polling.py.

Requests go to all processes of the server, over connections of their own, so that one which remembered a session would be found.
"""

import json

import jwt
import pytest
import requests
from clients import BASE, PASSWORD, PATIENCE, Account, eventually, good, refused, sign_in
from provider import Answer, words
from wire import WebSocket, engine

# More than the server has processes and threads.
REQUESTS = 24
HELLO = [{"role": "user", "content": "Hello"}]
# An answer that takes an hour, so that whatever ends, ends for another reason.
ENDLESS = Answer(words(72_000), pause=0.05)


class Surfaces:
    """A client with everything open that a session can hold open."""

    def __init__(self, account, provider):
        provider.answer = ENDLESS
        self.account, self.provider = account, provider
        self.socket = self._socket()
        self.plain = self._plain()
        self.stream = self._stream()

    def _socket(self):
        line = engine()
        line.send(f'40{{"token":"{self.account.token}"}}')
        assert line.text().startswith("40{")
        assert self.account.id in self._call(line, f'420["user-join",{{"auth":{{"token":"{self.account.token}"}}}}]')
        return line

    @staticmethod
    def _call(line, packet):
        line.send(packet)
        while not (text := line.text()).startswith("430"):
            pass
        return text

    def _plain(self):
        line = WebSocket("/api/ws/chat", f"Authorization: Bearer {self.account.token}")
        assert line.answer.status == 101
        line.send(json.dumps({"model": "stub-one", "messages": HELLO}))
        assert "word0000" in line.text()
        return line

    def _stream(self):
        body = {"model": "stub-one", "messages": HELLO, "stream": True}
        response = self.account.ask("POST", "/api/chat/completions", json=body, stream=True)
        assert response.status_code == 200
        lines = response.iter_lines()
        assert any(b"word0003" in line for line in lines)
        return lines

    def end(self):
        """Waits until all that was open is closed; fails, by the clients' own patience, when something is not."""
        assert self.socket.ending() is not None
        assert self.plain.ending() is not None
        for _ in self.stream:
            pass
        # Their answers are not made for nobody.
        eventually(lambda: all(call.aborted for call in self.provider.chats))

    def close(self):
        for line in (self.socket, self.plain):
            line.close()


@pytest.fixture
def surfaces(provider):
    opened = []

    def open(account):
        opened.append(Surfaces(account, provider))
        return opened[-1]

    yield open
    for item in opened:
        item.close()
    provider.reset()


def statuses(account):
    """What each of many requests by header and by cookie gets, from whatever process."""
    headers = {"Authorization": f"Bearer {account.token}", "Connection": "close"}
    found = set()
    for _ in range(REQUESTS):
        found.add(requests.get(f"{BASE}/api/v1/chats/", headers=headers, timeout=PATIENCE).status_code)
        cookies = {"token": account.token}
        found.add(requests.get(f"{BASE}/api/v1/chats/", cookies=cookies, timeout=PATIENCE).status_code)
    return found


def opens_nothing(account):
    """That a token is refused wherever one is taken."""
    assert statuses(account) == {401}
    body = {"model": "stub-one", "messages": HELLO, "stream": True}
    refused(Account(account.token).ask("POST", "/api/chat/completions", json=body), 401)
    line = engine()
    line.send(f'40{{"token":"{account.token}"}}')
    assert line.text().startswith("40{")
    assert Surfaces._call(line, f'420["user-join",{{"auth":{{"token":"{account.token}"}}}}]') == "430[]"
    line.close()
    line = WebSocket("/api/ws/chat", f"Authorization: Bearer {account.token}")
    assert line.ending() is not None
    line.close()


def edited(account, **changes):
    return {"role": "user", "profile_image_url": "/user.png", **{k: account.details[k] for k in ("name", "email")}, **changes}


def test_signing_out_ends_one_session(account, surfaces):
    other = sign_in(account.details["email"])
    mine = surfaces(account)
    others = surfaces(other)
    assert good(account.ask("POST", "/api/v1/auths/signout"))["status"] is True
    assert mine.socket.ending() is not None and mine.plain.ending() is not None
    assert not any(b"[DONE]" in line for line in mine.stream)
    opens_nothing(account)
    assert statuses(other) == {200}
    # What the other session has open goes on.
    assert next(line for line in others.stream if line)
    assert account.id in Surfaces._call(
        others.socket, f'420["user-join",{{"auth":{{"token":"{other.token}"}}}}]'
    )


def test_a_new_password_ends_all_other_sessions(account, surfaces):
    other = sign_in(account.details["email"])
    others = surfaces(other)
    form = {"password": PASSWORD, "new_password": "Another-password-2"}
    assert account.post("/api/v1/auths/update/password", form) is True
    others.end()
    opens_nothing(other)
    assert statuses(account) == {200}


def test_an_admins_new_password_ends_all_sessions(admin, account, surfaces):
    mine = surfaces(account)
    admin.post(f"/api/v1/users/{account.id}/update", edited(account, password="Another-password-2"))
    mine.end()
    opens_nothing(account)


def test_the_role_pending_ends_all_that_is_open(admin, account, surfaces):
    mine = surfaces(account)
    admin.post(f"/api/v1/users/{account.id}/update", edited(account, role="pending"))
    mine.end()
    opens_nothing(account)
    # The token still shows its owner that he waits, and works again when he is let in.
    assert account.get("/api/v1/auths/")["role"] == "pending"
    admin.post(f"/api/v1/users/{account.id}/update", edited(account))
    assert statuses(account) == {200}


def test_a_former_admin_is_one_nowhere(admin, make_account):
    account = make_account("admin")
    line = engine()
    line.send(f'40{{"token":"{account.token}"}}')
    assert line.text().startswith("40{")
    admin.post(f"/api/v1/users/{account.id}/update", edited(account, role="user"))
    for _ in range(REQUESTS):
        refused(Account(account.token).ask("GET", "/api/v1/users/"), 401)
    # An admin could open anybody's note.
    note = admin.post("/api/v1/notes/create", {"title": "Mine", "access_control": {}})
    line.send('42["ydoc:document:join",{"document_id":"note:%s","user_id":"x","user_name":"x"}]' % note["id"])
    heard = Surfaces._call(line, '420["user-join",{"auth":{"token":"%s"}}]' % account.token)
    assert account.id in heard
    line.close()
    admin.delete(f"/api/v1/notes/{note['id']}/delete")


def test_a_deleted_account_is_gone_at_once(admin, account, surfaces):
    key = account.post("/api/v1/auths/api_key")["api_key"]
    mine, by_key = surfaces(account), Account(key, account.details)
    assert admin.delete(f"/api/v1/users/{account.id}") is True
    mine.end()
    opens_nothing(account)
    assert statuses(by_key) == {401}


def test_sessions_are_ended_from_the_list(admin, account, surfaces):
    other = sign_in(account.details["email"])
    mine = surfaces(other)
    session = jwt.decode(other.token, options={"verify_signature": False})["jti"]
    assert session in [item["id"] for item in account.get("/api/v1/auths/sessions") if not item["current"]]
    assert account.delete(f"/api/v1/auths/sessions/{session}") is True
    mine.end()
    opens_nothing(other)
    last = surfaces(account)
    assert admin.delete(f"/api/v1/users/{account.id}/sessions") is True
    last.end()
    opens_nothing(account)


def test_a_key_that_is_taken_back_opens_nothing(account, provider):
    key = account.post("/api/v1/auths/api_key")["api_key"]
    holder = Account(key, account.details)
    assert statuses(holder) == {200}
    line = WebSocket("/api/ws/chat", f"Authorization: Bearer {key}")
    line.send(json.dumps({"model": "stub-one", "messages": HELLO}))
    assert "Hello" in line.text()
    assert account.delete("/api/v1/auths/api_key") is True
    assert line.ending() is not None
    assert statuses(holder) == {401}
