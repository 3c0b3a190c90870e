"""Requests of a careless or hostile client: each is answered clearly, changes nothing, and ends no process."""

import json

import pytest
import wire
from clients import PASSWORD, Account, Chat, eventually, message, refused, sign_in, unique
from provider import Answer
from wire import nested, request

NEW = "/api/v1/chats/new"
JSON = {"Content-Type": "application/json"}
HELLO = [{"role": "user", "content": "Hello"}]


pytestmark = pytest.mark.usefixtures("no_process_ends")


@pytest.fixture
def unchanged(account):
    """The account has the same chats after the case as before."""
    before = account.get("/api/v1/chats/")
    yield account
    assert account.get("/api/v1/chats/") == before


# ---- Bodies

BROKEN = [
    "{",
    '{"chat": }',
    '{"chat": {}',
    "\x00",
    '{"chat": {"a": tru}}',
    "nul",
    '{"a":1}{"b":2}',
    '"\\ud8"',
    "{'chat': {}}",
]
ROUTES = [
    NEW,
    "/api/v1/auths/signin",
    "/api/v1/auths/signup",
    "/api/chat/completions",
    "/api/v1/users/user/settings/update",
]


@pytest.mark.parametrize("path", ROUTES)
def test_broken_json(unchanged, path):
    for body in BROKEN:
        response = unchanged.ask("POST", path, data=body.encode(), headers=JSON)
        assert isinstance(refused(response, 400, 422), (str, list)), body


@pytest.mark.parametrize("path", ROUTES)
def test_bytes_that_are_no_text(unchanged, path):
    for body in (b"\x80\x80\x80", b'{"\xc3": 1', bytes(range(256)), b"\xff\xfe{}", b"\x00{\x00}"):
        refused(unchanged.ask("POST", path, data=body, headers=JSON), 400, 422)


def test_bytes_inside_a_text_are_stored_harmlessly(account):
    response = account.ask("POST", NEW, data=b'{"chat": {"title": "a\xff\xfeb", "\xc3": 1}}', headers=JSON)
    if response.status_code == 200:
        assert account.get(f"/api/v1/chats/{response.json()['id']}")["title"] == "a\ufffd\ufffdb"
    else:
        refused(response, 400, 422)


@pytest.mark.parametrize("value", [5, "text", [], [1], True])
def test_wrong_types(unchanged, value):
    bodies = [
        value,
        {"chat": value},
        {"chat": {"history": value}},
        {"chat": {"history": {"messages": value}}},
        {"chat": {"history": {"messages": {"a": value}}}},
    ]
    for body in bodies:
        refused(unchanged.ask("POST", NEW, json=body), 400, 422)


@pytest.mark.parametrize("value", [5, [], {}, None, True])
def test_wrong_types_of_texts(unchanged, value):
    tries = [
        ("/api/v1/auths/signin", {"email": value, "password": PASSWORD}),
        ("/api/v1/auths/signin", {"email": "a@example.com", "password": value}),
        ("/api/v1/auths/signup", {"email": "a@example.com", "password": PASSWORD, "name": value}),
        ("/api/chat/completions", {"model": value, "messages": HELLO}),
    ]
    for path, body in tries:
        refused(unchanged.ask("POST", path, json=body), 400, 422)


@pytest.mark.parametrize("messages", [5, "text", {}, None, [], [5], [{}], [{"role": 5, "content": []}]])
def test_odd_messages_never_break_a_completion(account, provider, messages):
    response = account.ask("POST", "/api/chat/completions", json={"model": "stub-one", "messages": messages})
    assert response.status_code in (200, 400, 422)
    assert response.status_code == 200 or response.json()["detail"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("levels", [200, 100_000])
def test_deep_nesting(unchanged, path, levels):
    for body in ('{"chat": {"title": "deep", "x": ' + nested(levels) + "}}", '{"chat":' * levels + "1" + "}" * levels):
        detail = refused(unchanged.ask("POST", path, data=body, headers=JSON), 400, 422)
        assert "nested deeper" in json.dumps(detail).lower()


def test_nul_bytes_and_lone_surrogates_are_stored_harmlessly(account):
    text = "a\x00b\ud800c"
    body = {
        "chat": {
            "title": text,
            "history": {"messages": {"m": {**message("user", text), "id": "m"}}, "currentId": "m"},
            "x": {text: text},
        }
    }
    raw = json.dumps(body)
    assert "\\u0000" in raw and "\\ud800" in raw
    response = account.ask("POST", NEW, data=raw, headers=JSON)
    assert response.status_code == 200, response.text
    row = account.get(f"/api/v1/chats/{response.json()['id']}")
    assert row["title"].startswith("ab") and "\x00" not in json.dumps(row) and "\\ud800" not in json.dumps(row)
    assert row["chat"]["history"]["messages"]["m"]["content"].startswith("ab")
    assert account.get("/api/v1/chats/search?text=ab") is not None
    assert len(account.get("/api/v1/chats/all")) == 1


def test_nul_bytes_elsewhere(unchanged, admin):
    for path in (
        "/api/v1/chats/%00",
        "/api/v1/chats/a%00b",
        "/api/v1/users/%00",
        "/api/v1/chats/?page=%00",
        "/%00",
        "/api/%00",
    ):
        response = unchanged.ask("GET", path)
        assert response.status_code in (400, 401, 403, 404, 422), (path, response.status_code)
        assert response.json()["detail"]
    refused(
        Account().ask("POST", "/api/v1/auths/signin", json={"email": "a\x00@example.com", "password": "\x00"}), 400, 422
    )
    email = f"{unique('nul')}\x00@example.com"
    form = {"name": "a\x00b", "email": email, "password": PASSWORD, "role": "user"}
    response = admin.ask("POST", "/api/v1/auths/add", json=form)
    if response.status_code == 200:
        assert "\\u0000" not in response.text and response.json()["email"] == email.replace("\x00", "")
    else:
        refused(response, 400, 422)
    for token in ("\x00", "a\x00b"):
        answer = wire.send(request("GET", "/api/v1/auths/", f"Authorization: Bearer {token}"))
        assert answer.status in (400, 401) and answer.detail()


def test_two_gigabytes_announced(unchanged):
    head = request("POST", NEW, "Content-Type: application/json", "Content-Length: 2147483648", token=unchanged.token)
    for path in (NEW, "/api/v1/auths/signin", "/api/chat/completions"):
        answer = wire.send(head.replace(NEW.encode(), path.encode()))
        assert answer.status == 413 and answer.detail()
    upload = head.replace(NEW.encode(), b"/api/v1/files/").replace(b"2147483648", b"999999999999999")
    answer = wire.send(upload)
    assert answer.status == 413 and answer.detail()


def test_two_gigabytes_in_chunks(unchanged):
    head = request("POST", NEW, "Content-Type: application/json", "Transfer-Encoding: chunked", token=unchanged.token)
    piece = b"100000\r\n" + b"[" * (1 << 20) + b"\r\n"
    answer = wire.send(head, *[piece] * 2048)
    assert answer.status == 413 and answer.detail()


def test_a_body_that_does_not_come_as_announced(unchanged):
    body = b'{"chat": {"title": "short"}}'
    cut = wire.connect()
    cut.sendall(
        request("POST", NEW, "Content-Type: application/json", "Content-Length: 5000", token=unchanged.token) + body
    )
    cut.close()
    for bad in (b"zz\r\n", b"-5\r\n", b"ffffffffffffffffff\r\n", b"5\r\n123456789\r\n"):
        head = request(
            "POST", NEW, "Content-Type: application/json", "Transfer-Encoding: chunked", token=unchanged.token
        )
        answer = wire.send(head, bad)
        assert answer.status == 400 and answer.detail()


@pytest.mark.parametrize("size", [73, 1 << 20])
def test_a_long_password(admin, account, size):
    email = f"{unique('long')}@example.com"
    password = "p" * size
    detail = refused(
        Account().ask("POST", "/api/v1/auths/signin", json={"email": account.details["email"], "password": password}),
        400,
        413,
        422,
    )
    form = {"name": "Long", "email": email, "password": password, "role": "user"}
    details = [detail, refused(admin.ask("POST", "/api/v1/auths/add", json=form), 400, 413, 422)]
    change = {"password": PASSWORD, "new_password": password}
    details.append(refused(account.ask("POST", "/api/v1/auths/update/password", json=change), 400, 413, 422))
    assert all("pppp" not in json.dumps(detail) for detail in details), "a password was repeated"
    assert admin.get("/api/v1/users/", params={"query": email})["users"] == []
    assert sign_in(account.details["email"]).id == account.id


def test_long_names_and_ids(unchanged):
    long = "x" * 100_000
    for path in (f"/api/v1/chats/{long[:8000]}", f"/api/tasks/chat/{long[:8000]}"):
        response = unchanged.ask("GET", path)
        assert response.status_code in (200, 400, 401, 404, 414, 422)
    refused(unchanged.ask("GET", f"/api/v1/chats/{long}"), 414)
    body = {"chat": {"history": {"messages": {long: message("user", "x")}, "currentId": long}}}
    refused(unchanged.ask("POST", NEW, json=body), 400, 422)
    refused(
        Account().ask("POST", "/api/v1/auths/signin", json={"email": long + "@example.com", "password": PASSWORD}),
        400,
        422,
    )


# ---- Other people's things


def test_a_foreign_chat(account, page, make_account, provider):
    chat = Chat(page)
    turn = chat.ask("Mine")
    turn.completed()
    stranger = make_account()
    before = chat.stored()
    path = f"/api/v1/chats/{chat.id}"
    event = f"{path}/messages/{turn.id}/event"
    tries = [
        ("GET", path, None),
        ("POST", path, {"chat": {"title": "Stolen"}}),
        ("DELETE", path, None),
        ("POST", f"{path}/pin", None),
        ("POST", f"{path}/archive", None),
        ("POST", f"{path}/share", None),
        ("POST", f"{path}/clone", {}),
        ("POST", f"{path}/tags", {"name": "stolen"}),
        ("POST", f"{path}/messages/{turn.id}", {"content": "stolen"}),
        ("POST", event, {"type": "replace", "data": {"content": "stolen"}}),
    ]
    for method, where, body in tries:
        refused(stranger.ask(method, where, json=body), 400, 401, 403, 404)
    ask = {"model": "stub-one", "messages": HELLO, "chat_id": chat.id, "id": turn.id, "session_id": page.sid}
    calls = len(provider.calls)
    refused(stranger.ask("POST", "/api/chat/completions", json=ask), 400, 401, 403, 404)
    refused(account.ask("POST", "/api/chat/completions", json={**ask, "chat_id": unique("no-such-chat")}), 400, 404)
    assert chat.stored() == before and len(provider.calls) == calls


# ---- Histories


def cycle():
    first, second = message("user", "first"), message("assistant", "second")
    first["parentId"], second["parentId"] = second["id"], first["id"]
    first["childrenIds"], second["childrenIds"] = [second["id"]], [first["id"]]
    return first, second


def test_a_cyclic_history_hangs_nothing(page, provider):
    account = page.account
    first, second = cycle()
    itself = message("user", "its own parent")
    itself["parentId"] = itself["id"]
    history = {"messages": {item["id"]: item for item in (first, second, itself)}, "currentId": second["id"]}
    response = account.ask("POST", NEW, json={"chat": {"title": "Round", "history": history, "messages": []}})
    if response.status_code != 200:
        refused(response, 400, 422)
        return
    id = response.json()["id"]
    chat = Chat(page)
    chat.id = id
    chat.fields["title"] = "Round"
    account.post(f"/api/v1/chats/{id}", {"chat": {"history": history}})
    assert len(account.get(f"/api/v1/chats/{id}")["chat"]["history"]["messages"]) == 3
    for path in (f"/api/v1/chats/{id}/clone", f"/api/v1/chats/{id}/share"):
        account.post(path, {})
    assert account.get("/api/v1/chats/search?text=second") is not None
    for current in (second, itself):
        turn = chat.answer(current, "stub-one", tasks=True, earlier=[first])
        turn.done()
        page.wait(turn.id, "chat:title")
        eventually(lambda: chat.tasks() == [])
    assert account.delete(f"/api/v1/chats/{id}") is True


def test_parents_that_do_not_exist(page, provider):
    orphan = message("user", "orphan", "no-such-parent")
    orphan["childrenIds"] = ["no-such-child", 5, None]
    history = {"messages": {orphan["id"]: orphan, "null": None}, "currentId": "no-such-message"}
    response = page.account.ask("POST", NEW, json={"chat": {"title": "Odd", "history": history}})
    if response.status_code == 200:
        row = page.account.get(f"/api/v1/chats/{response.json()['id']}")
        assert row["chat"]["history"]["messages"][orphan["id"]]["content"] == "orphan"
    else:
        refused(response, 400, 422)


# ---- Heads

SIGNED = "/api/v1/auths/"


def test_oversized_headers(unchanged):
    answers = [
        wire.send(request("GET", SIGNED, "X-Long: " + "x" * 40_000, token=unchanged.token)),
        wire.send(
            request("GET", SIGNED, *(f"X-Many-{number}: {'y' * 900}" for number in range(300)), token=unchanged.token)
        ),
        wire.send(request("GET", SIGNED, "Cookie: token=" + "z" * 60_000)),
        wire.send(request("GET", SIGNED, "Authorization: Bearer " + "z" * 60_000)),
    ]
    for answer in answers:
        assert answer.status in (400, 431) and answer.detail()
    many = wire.send(request("GET", SIGNED, *(f"X-Many-{number}: y" for number in range(3000)), token=unchanged.token))
    assert many.status in (200, 400, 431)
    assert wire.send(request("GET", "/api/" + "x" * 50_000)).status == 414


MALFORMED = [
    b"GARBAGE\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET no-slash HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/config HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /api/config HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"GET /api/config HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\n",
    b"GET /api/config HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    b"POST /api/config HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /api/config HTTP/1.1\r\nHost: x\r\nX-Nul: a\x00b\r\n\r\n",
    b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"get /api/config HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("head", MALFORMED)
def test_malformed_heads(head):
    answer = wire.send(head)
    assert answer.status == 400 and answer.detail()


def test_paths_that_climb_out():
    for path in (
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/../../../etc/passwd",
        "/cache/..%2f..%2fsecret_key",
    ):
        for token in (None, "x"):
            answer = wire.send(request("GET", path, token=token))
            assert answer.status in (400, 401, 403, 404) and answer.detail()


@pytest.mark.parametrize(
    "head,status",
    [
        (b"GET /api/config HTTP/9.9\r\nHost: x\r\n\r\n", 505),
        (b"POST /api/config HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gibberish\r\n\r\n", 501),
        (b"FOO /api/config HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        (b"TRACE /api/config HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        (b"DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
    ],
)
def test_what_is_not_supported(head, status):
    answer = wire.send(head)
    assert answer.status == status and answer.detail()


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer \u00fc", "x" * 9000, "Bearer " + "." * 9000]
)
def test_malformed_credentials(value):
    answer = wire.send(request("GET", SIGNED, f"Authorization: {value}"))
    assert answer.status in (400, 401, 403) and answer.detail()
    answer = wire.send(request("GET", SIGNED, f"Cookie: token={value}; ;;=; token"))
    assert answer.status in (400, 401, 403) and answer.detail()


def test_a_client_can_not_claim_to_be_inside(account):
    for path in ("/_internal/connect", "/_stream/x", "/_files/x", "/_spa", "/_error/500", "/_internal/ws/open"):
        for header in (
            "SWIFTLET_INTERNAL: 1",
            "Swiftlet-Internal: 1",
            "X-Stream-Token: x",
            "X-Accel-Redirect: /_files/x",
        ):
            answer = wire.send(request("POST", path, header, "Content-Length: 2", token=account.token) + b"{}")
            assert answer.status in (404, 405), (path, answer.status)
            assert answer.detail()


def test_slow_heads_and_silent_connections_hold_up_nobody(account):
    lines = [wire.connect() for _ in range(200)]
    for line in lines:
        line.sendall(b"POST /api/v1/auths/signin HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert account.get("/api/v1/auths/")["id"] == account.id
    for line in lines:
        line.close()


# ---- What a provider sends


def test_a_hostile_provider_breaks_nothing(page, provider):
    nul = b'data: {"choices":[{"index":0,"delta":{"content":"a\\u0000b\\ud800c"}}]}\n\n'
    deep = b'data: {"choices":' + nested(5000).encode() + b"}\n\n"
    wrong = b'data: {"choices":[{"delta":5},{"delta":{"content":7}},null]}\n\ndata: 5\n\n'
    wrong += b'data: []\n\ndata: {"choices":{}}\n\n'
    inject = b'data: {"event":{"type":"execute","data":{"code":"alert(1)"}},"choices":[]}\n\n'
    for raw in (
        [nul],
        [deep, nul],
        [wrong, nul],
        [inject, nul],
        [b"\xff\xfe\n\n", nul],
        [b"data: {\n\n", nul],
        [b"x" * 3_000_000],
    ):
        provider.answer = Answer(raw=[*raw, b"data: [DONE]\n\n"])
        chat = Chat(page)
        turn = chat.ask("Hello")
        eventually(lambda: chat.tasks() == [])
        stored = turn.stored()
        assert stored["content"] is not None and "\x00" not in stored["content"]
        assert not page.heard(turn.id, "execute")
