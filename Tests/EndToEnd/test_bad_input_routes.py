"""Every route there is, asked for nonsense: each says clearly what is wrong, and none breaks."""

import os
import pathlib
import re

import pytest
import wire
from clients import Account
from wire import nested, request

pytestmark = pytest.mark.usefixtures("no_process_ends", "stub")

TABLE = pathlib.Path(__file__).resolve().parents[1] / "APITests" / "access.txt"
ROWS = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
# The internal ones can not be reached, signing out would end what follows, and SCIM that is off says so in plain text.
SCIM = os.environ.get("SCIM_TOKEN")
LEFT_OUT = ("/api/v1/auths/signout",)
ROUTES = [
    (method, pattern)
    for method, pattern, who in ROWS
    if who != "daemon" and pattern not in LEFT_OUT and (SCIM or "/scim/" not in pattern)
]
WITH_BODY = ("POST", "PUT", "PATCH")


@pytest.fixture(scope="module")
def somebody(make_account):
    return make_account()


@pytest.fixture(scope="module")
def directory():
    """The identity provider that uses SCIM."""
    if not SCIM:
        pytest.skip("SCIM_TOKEN: the token of the server's SCIM")
    return Account(SCIM)


def fill(pattern, value):
    return re.sub(r"\{[^}]*\}", lambda _: value, pattern)


def complaint(response):
    """What is wrong with an answer to nonsense; None when it is as it should be."""
    if response.status_code < 400:
        return None
    if response.status_code >= 500 and response.status_code != 501:
        return f"{response.status_code} {response.text[:200]}"
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} without a detail: {response.text[:200]}"
    return None if detail else f"{response.status_code} with an empty detail"


def of_scim(routes):
    return [(method, path) for method, path in routes if "/scim/" in path]


def sweep(account, routes, **options):
    """Asks all of them, and says which did not answer well."""
    bad = []
    for method, path in routes:
        response = account.ask(method, path, allow_redirects=False, **options)
        wrong = complaint(response)
        if wrong:
            bad.append(f"{method} {path[:200]}: {wrong}")
    assert not bad, "\n".join(bad)


# ---- Bodies

NAMES = (
    "id name email password new_password role token user user_id user_ids chat chat_id chat_ids messages message model"
    " models model_id model_ids content data meta params title description type url urls key keys config access_control"
    " permissions value enabled is_active tags tag folder_id parent_id reply_to_id channel_id note_id file_id file_ids"
    " files collection_name collection_names query queries k text input prompt command code valves banners suggestions"
    " rating reason timestamp created_at updated_at expires_in stream stream_options tools tool_ids features background_tasks"
    " session_id filter_ids metadata history currentId is_expanded profile_image_url ui settings system body events"
    " order_by direction page limit skip emails groups members Operations schemas userName displayName active"
).split()


def all_names(value):
    return "{" + ",".join(f'"{name}":{value}' for name in NAMES) + "}"


NO_OBJECTS = {
    "nothing": "",
    "broken": '{"name": ',
    "number": "5",
    "text": '"text"',
    "list": '[5,null,{},[],"x"]',
    "not-UTF-8": b"\xff\xfe\x80",
    "deep": nested(5000),
    "NUL": b"\x00",
}
VALUES = ["null", "5", "-1", "true", '""', '"a\\u0000b\\ud800"', "[]", "[5]", "[[]]", "{}", '{"a":5}', "1e400", "9" * 400]
OBJECTS = {"empty": "{}", "deep-object": '{"a":' * 5000 + "1" + "}" * 5000, **{value[:12]: all_names(value) for value in VALUES}}


def posted(values=("no-such-thing",)):
    return [(method, fill(pattern, value)) for method, pattern in ROUTES if method in WITH_BODY for value in values]


@pytest.mark.parametrize("body", [*NO_OBJECTS.values(), *OBJECTS.values()], ids=[*NO_OBJECTS, *OBJECTS])
def test_bodies_of_a_user(somebody, body):
    sweep(somebody, posted(), data=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("body", [*NO_OBJECTS.values(), *OBJECTS.values()], ids=[*NO_OBJECTS, *OBJECTS])
def test_bodies_of_a_directory(directory, body):
    sweep(directory, of_scim(posted()), data=body, headers={"Content-Type": "application/scim+json"})


@pytest.mark.parametrize("body", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_bodies_of_an_admin_change_nothing(admin, body):
    before = admin.get("/api/v1/configs/export")
    sweep(admin, posted(), data=body, headers={"Content-Type": "application/json"})
    assert admin.get("/api/v1/configs/export") == before


LINE = "multipart/form-data; boundary=line"
FORMS = {
    "no-boundary": ("multipart/form-data", b"--line\r\n"),
    "long-boundary": (f"multipart/form-data; boundary={'b' * 5000}", b"--b\r\n"),
    "nothing": (LINE, b""),
    "no-end": (LINE, b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'),
    "no-name": (LINE, b"--line\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--line--\r\n"),
    "no-head": (LINE, b"--line\r\n\r\nabc\r\n--line--\r\n"),
    "endless-head": (LINE, b"--line\r\nX-Long: " + b"x" * 100_000),
    "many-parts": (LINE, b'--line\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 5000 + b"--line--\r\n"),
    "odd-name": (LINE, b'--line\r\nContent-Disposition: form-data; name="\xff\x00"\r\n\r\n\xff\r\n--line--\r\n'),
    "nested": (LINE, b"--line\r\nContent-Type: multipart/mixed; boundary=line\r\n\r\n--line--\r\n"),
    "urlencoded": ("application/x-www-form-urlencoded", b"name=%zz&%00=%ff&=&&name=5"),
    "compressed": ("application/json", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
    "odd-type": ('application/json; charset="', b"{}"),
}


@pytest.mark.parametrize("kind,body", FORMS.values(), ids=FORMS)
def test_forms(somebody, kind, body):
    sweep(somebody, posted(), data=body, headers={"Content-Type": kind})


# ---- Addresses

ODD = {
    "unknown": "no-such-thing",
    "NUL": "%00",
    "not-UTF-8": "%ff%fe",
    "climbing": "..%2f..%2fetc%2fpasswd",
    "quote": "'%20or%201=1;--",
    "percent": "%25s%n",
    "long": "x" * 3000,
    "number": "99999999999999999999999",
    "space": "%20",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_names_in_paths(somebody, admin, value):
    routes = [(method, fill(pattern, value)) for method, pattern in ROUTES if "{" in pattern and method not in WITH_BODY]
    sweep(somebody, routes)
    sweep(admin, routes)
    named = [(method, fill(pattern, value)) for method, pattern in ROUTES if "{" in pattern and method in WITH_BODY]
    sweep(somebody, named, json={})


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_names_in_paths_of_a_directory(directory, value):
    sweep(directory, of_scim((method, fill(pattern, value)) for method, pattern in ROUTES), json={})


QUERY_NAMES = (
    "page limit skip offset count startIndex order_by direction query text filter id name email url tag tags folder_id"
    " model model_id user_id start end from to since until updated_at refresh download type content state code v"
).split()


@pytest.mark.parametrize(
    "value", ["abc", "-1", "0", "1e999", "9" * 30, "%00", "%ff", "%zz", "", "null", "a" * 3000, "%27%3B--", "1.5", "%2B1"]
)
def test_queries(somebody, admin, value):
    value = value if len(value) < 100 else value[:100]
    query = "&".join(f"{name}={value}" for name in QUERY_NAMES)
    if SCIM:
        sweep(Account(SCIM), of_scim((method, f"{fill(pattern, 'x')}?{query}") for method, pattern in ROUTES), json={})
    routes = [(method, f"{fill(pattern, 'no-such-thing')}?{query}") for method, pattern in ROUTES if method == "GET"]
    sweep(somebody, routes)
    sweep(admin, routes)


def test_many_parameters(somebody):
    for path in ("/api/v1/chats/", "/api/v1/users/", "/api/v1/chats/search"):
        for query in ("&" * 5000, "page=1&" * 3000, "=" * 5000, "?" * 5000, "a[]=" * 3000):
            assert complaint(somebody.ask("GET", f"{path}?{query}")) is None


# ---- Methods and strangers


def test_methods_that_a_route_has_not(somebody):
    known = {}
    for method, pattern in ROUTES:
        known.setdefault(pattern, set()).add(method)
    bad = []
    for pattern, methods in known.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            response = somebody.ask(method, fill(pattern, "no-such-thing"), json={}, allow_redirects=False)
            # Another route may have the method for this very path.
            if response.status_code >= 500 and response.status_code != 501 or complaint(response):
                bad.append(f"{method} {pattern}: {response.status_code} {response.text[:100]}")
    assert not bad, "\n".join(bad)


def test_strangers_learn_nothing_by_nonsense():
    stranger = Account()
    for value in ("no-such-thing", "%00"):
        sweep(stranger, [(method, fill(pattern, value)) for method, pattern in ROUTES], data=b"{")


@pytest.mark.parametrize("kind", ["X" * 20_000, "application/json\x00", "\u00fc", "text/plain", "", ";", "a/b; c"])
def test_odd_content_types(somebody, kind):
    body = b'{"chat": {"title": "Odd"}}'
    length = f"Content-Length: {len(body)}"
    head = request("POST", "/api/v1/chats/new", f"Content-Type: {kind}", length, token=somebody.token)
    answer = wire.send(head + body)
    assert answer.status in (200, 400, 415, 422, 431)
    assert answer.status == 200 or answer.detail()
