"""Socket.IO without WebSockets, as it is where ENABLE_WEBSOCKET_SUPPORT is off: who is let in, and what ends with a session."""

import json

import jwt
import pytest
import requests
from clients import PASSWORD, PATIENCE
from servers import Server

BOSS = {"name": "Boss", "email": "boss@example.com", "password": PASSWORD}


@pytest.fixture(scope="module")
def server():
    server = Server(ENABLE_WEBSOCKET_SUPPORT="false")
    yield server
    server.stop()


def ask(server, method, path, token=None, **options):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, server.url + path, headers=headers, timeout=PATIENCE, **options)


@pytest.fixture(scope="module")
def boss(server):
    return ask(server, "POST", "/api/v1/auths/signup", json=BOSS).json()["token"]


@pytest.fixture
def person(server, boss, request):
    """A new account that has signed in: `{id, email, token, …}`."""
    form = {"name": "Ann", "email": f"{request.node.name.split('[')[0]}@example.com", "password": PASSWORD, "role": "user"}
    return ask(server, "POST", "/api/v1/auths/add", boss, json=form).json()


class Poll:
    """An Engine.IO session by long polling."""

    def __init__(self, server, token):
        self.http = requests.Session()
        self.url = f"{server.url}/ws/socket.io/?EIO=4&transport=polling"
        self.url += "&sid=" + json.loads(self.receive()[0][1:])["sid"]
        self.send(f"40{json.dumps({'token': token})}")
        assert self.receive()[0].startswith("40{")

    def receive(self):
        """The next packets; None when the session is over."""
        answer = self.http.get(self.url, timeout=PATIENCE)
        return answer.text.split("\x1e") if answer.status_code == 200 else None

    def send(self, packet):
        return self.http.post(self.url, data=packet, timeout=PATIENCE).status_code

    def join(self, token):
        """What `user-join` is answered."""
        self.send(f'420["user-join",{json.dumps({"auth": {"token": token}})}]')
        while not (packets := self.receive())[0].startswith("430"):
            self.send("3")
        return packets[0]

    def ending(self):
        """Waits for the end, answering pings."""
        while (packets := self.receive()) is not None:
            if "1" in packets or "41" in packets:
                return
            assert packets == ["2"], packets
            self.send("3")


def sign_out(server, boss, person):
    ask(server, "POST", "/api/v1/auths/signout", person["token"])


def new_password(server, boss, person):
    form = {key: person[key] for key in ("name", "email", "role", "profile_image_url")}
    ask(server, "POST", f"/api/v1/users/{person['id']}/update", boss, json={**form, "password": "Another-password-2"})


def wait_for_approval(server, boss, person):
    form = {key: person[key] for key in ("name", "email", "profile_image_url")}
    ask(server, "POST", f"/api/v1/users/{person['id']}/update", boss, json={**form, "role": "pending"})


def delete(server, boss, person):
    ask(server, "DELETE", f"/api/v1/users/{person['id']}", boss)


def end_sessions(server, boss, person):
    ask(server, "DELETE", f"/api/v1/users/{person['id']}/sessions", boss)


@pytest.mark.parametrize("end", [sign_out, new_password, wait_for_approval, delete, end_sessions])
def test_a_poll_ends_with_its_session(server, boss, person, end):
    poll = Poll(server, person["token"])
    assert person["id"] in poll.join(person["token"])
    end(server, boss, person)
    poll.ending()
    assert Poll(server, person["token"]).join(person["token"]) == "430[]"
    delete(server, boss, person)


@pytest.mark.parametrize("kind", ["foreign", "none", "truncated", "expired"])
def test_a_bad_token_joins_nothing(server, boss, kind):
    claims = jwt.decode(boss, options={"verify_signature": False})
    key = (server.state / "secret_key").read_text().strip()
    token = {
        "foreign": jwt.encode(claims, "x" * 32, "HS256"),
        "none": jwt.encode(claims, None, "none"),
        "truncated": boss[:-1],
        "expired": jwt.encode({**claims, "exp": 1}, key, "HS256"),
    }[kind]
    assert Poll(server, token).join(token) == "430[]"
    assert "Boss" in Poll(server, boss).join(boss)
