"""Signing up, in and out, and what each role may do."""

import jwt
import pytest
from clients import BASE, PASSWORD, Account, eventually, good, refused, sign_in, unique
from conftest import sign_up_together


@pytest.fixture
def signup_open(admin):
    """The door for visitors, open for one case; yields a function that sets the role of who enters."""
    path = "/api/v1/auths/admin/config"
    before = admin.get(path)

    def enter_as(role):
        admin.post(path, {**before, "ENABLE_SIGNUP": True, "DEFAULT_USER_ROLE": role})

    enter_as("pending")
    yield enter_as
    admin.post(path, before)


def visitor(email):
    return {"name": "A visitor", "email": email, "password": PASSWORD}


def test_of_many_first_visitors_one_becomes_the_admin_and_the_door_closes(first_accounts, admin):
    if not first_accounts:
        pytest.skip("the server had accounts before")
    assert sorted(response.status_code for response in first_accounts) == [200] + [403] * (len(first_accounts) - 1)
    assert admin.details["role"] == "admin"
    assert admin.get("/api/config")["features"]["enable_signup"] is False
    assert "onboarding" not in Account().get("/api/config")


def test_a_visitor_signs_up_waits_for_approval_and_is_let_in(admin, signup_open):
    email = f"{unique('visitor')}@example.com"
    details = Account().post("/api/v1/auths/signup", visitor(email.upper()))
    assert details["role"] == "pending" and details["email"] == email and details["token_type"] == "Bearer"
    person = Account(details["token"], details)
    assert person.get("/api/v1/auths/")["role"] == "pending"
    refused(person.ask("GET", "/api/v1/chats/"), 401)
    refused(person.ask("GET", "/api/models"), 401)
    form = {"role": "user", "name": "A visitor", "email": email, "profile_image_url": "/user.png"}
    admin.post(f"/api/v1/users/{person.id}/update", form)
    # A new role ends the sessions of the old one.
    assert sign_in(email).get("/api/v1/chats/") == []


def test_an_address_gets_one_account_however_often_it_is_sent(signup_open):
    email = f"{unique('twice')}@example.com"
    responses = sign_up_together([email] * 5)
    assert sorted(response.status_code for response in responses) == [200, 400, 400, 400, 400]
    assert sign_in(email).details["email"] == email


def test_nobody_signs_up_while_the_door_is_closed(admin):
    email = f"{unique('late')}@example.com"
    refused(Account().ask("POST", "/api/v1/auths/signup", json=visitor(email)), 403)
    assert admin.get("/api/v1/users/", params={"query": email})["users"] == []


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(account):
    wrong = {"email": account.details["email"], "password": "not-this-one"}
    unknown = {"email": f"{unique('nobody')}@example.com", "password": PASSWORD}
    answers = [refused(Account().ask("POST", "/api/v1/auths/signin", json=body), 400) for body in (wrong, unknown)]
    assert answers[0] == answers[1]


def test_a_session_is_a_token_in_a_header_or_a_cookie(account):
    claims = jwt.decode(account.token, options={"verify_signature": False})
    assert claims["id"] == account.id
    assert jwt.get_unverified_header(account.token)["alg"] == "HS256"
    assert Account().get("/api/v1/auths/", cookies={"token": account.token})["id"] == account.id
    response = Account().ask("GET", "/api/v1/auths/", headers={"Authorization": f"bEaReR {account.token}"})
    assert good(response)["email"] == account.details["email"]
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("token=") and "HttpOnly" in cookie and "lax" in cookie.lower()


def test_forged_tokens_are_refused(account):
    head, body, signature = account.token.split(".")
    unsigned = jwt.encode({"id": account.id}, None, algorithm="none")
    foreign = jwt.encode({"id": account.id}, "some-other-key-that-is-long-enough-for-hs256", algorithm="HS256")
    changed = f"{head}.{body}.{signature[:-4]}AAAA"
    for token in (unsigned, foreign, changed, "x", "a.b.c", f"{head}.{body}.", "." * 5000):
        refused(Account(token).ask("GET", "/api/v1/auths/"), 401)


def test_signing_out_ends_the_session_everywhere(account, open_page):
    other = sign_in(account.details["email"])
    page = open_page(account)
    response = account.ask("GET", "/api/v1/auths/signout")
    assert good(response)["status"] is True
    assert 'token=""' in response.headers["Set-Cookie"] or "token=;" in response.headers["Set-Cookie"]
    refused(account.ask("GET", "/api/v1/auths/"), 401)
    refused(Account().ask("GET", "/api/v1/auths/", cookies={"token": account.token}), 401)
    # Its socket hears nothing more: an event of the account reaches the other session alone.
    eventually(lambda: not page.io.connected or page.io.call("user-join", {"auth": {"token": account.token}}) is None)
    assert other.get("/api/v1/auths/")["id"] == account.id
    assert good(other.ask("POST", "/api/v1/auths/signout"))["status"] is True
    refused(other.ask("GET", "/api/v1/auths/"), 401)


def test_a_new_password_ends_the_other_sessions(account):
    email = account.details["email"]
    other = sign_in(email)
    form = {"password": "not-this-one", "new_password": "Another-password-2"}
    refused(account.ask("POST", "/api/v1/auths/update/password", json=form), 400)
    assert account.post("/api/v1/auths/update/password", {**form, "password": PASSWORD}) is True
    refused(other.ask("GET", "/api/v1/auths/"), 401)
    refused(Account().ask("POST", "/api/v1/auths/signin", json={"email": email, "password": PASSWORD}), 400)
    assert sign_in(email, "Another-password-2").id == account.id


ADMIN_ONLY = [
    ("GET", "/api/v1/auths/admin/config"),
    ("GET", "/api/v1/users/"),
    ("GET", "/openai/config"),
    ("POST", "/openai/config/update"),
    ("POST", "/openai/verify"),
    ("GET", "/api/v1/configs/export"),
]
VERIFIED = [
    ("GET", "/api/models"),
    ("GET", "/api/v1/chats/"),
    ("GET", "/api/v1/chats/pinned"),
    ("GET", "/api/v1/folders/"),
    ("GET", "/api/v1/users/user/settings"),
    ("POST", "/api/chat/completions"),
    ("POST", "/openai/chat/completions"),
    ("GET", "/api/tasks"),
]


@pytest.mark.parametrize("method,path", ADMIN_ONLY + VERIFIED)
def test_every_route_asks_for_its_role(account, method, path):
    refused(Account().ask(method, path, json={} if method == "POST" else None), 401, 403)
    if (method, path) in ADMIN_ONLY:
        refused(account.ask(method, path, json={} if method == "POST" else None), 401, 403)
    else:
        # A request without a model is refused, but not for its sender.
        response = account.ask(method, path, json={} if method == "POST" else None)
        assert response.status_code == 200 or "model" in response.json()["detail"].lower()


def test_a_provider_key_is_shown_to_admins_alone(admin, account, stub):
    assert "sk-stub-secret" in str(admin.get("/openai/config"))
    for path in (
        "/api/models",
        "/api/v1/models/",
        "/api/config",
        "/openai/models",
        "/openai/config",
        "/api/v1/configs/export",
    ):
        assert "sk-stub-secret" not in account.ask("GET", path).text


def test_the_client_gets_all_that_it_asks_at_its_start(account, stub):
    config = Account().get("/api/config", cookies={"token": account.token})
    assert config["status"] is True and config["version"] and config["name"]
    assert config["features"]["auth"] is True and config["features"]["enable_websocket"] is True
    assert isinstance(config["default_prompt_suggestions"], list) and isinstance(config["permissions"], dict)
    assert account.get("/api/version")["version"] == config["version"]
    assert account.ask("GET", "/api/changelog").json()
    assert Account().get("/manifest.json")["name"]
    assert "OpenSearchDescription" in Account().ask("GET", "/opensearch.xml").text
    lists = (
        "/api/v1/configs/banners /api/v1/tools/ /api/v1/functions/ /api/v1/folders/ /api/v1/chats/all/tags"
        " /api/v1/chats/pinned /api/v1/chats/?page=1 /api/v1/channels/ /api/v1/prompts/"
    )
    for path in lists.split():
        assert isinstance(account.get(path), list), path


def test_the_frontend_is_sent_compressed():
    for coding in ("gzip", "br"):
        page = Account().ask("GET", "/", headers={"Accept-Encoding": coding}, stream=True)
        assert page.status_code == 200 and page.headers["Content-Encoding"] == coding
        assert page.headers["Content-Type"].startswith("text/html")
    page = Account().ask("GET", "/c/some-chat-of-mine")
    assert page.status_code == 200 and "<!doctype html" in page.text.lower()
    script = next(part for part in page.text.split('"') if part.startswith("/_app/immutable/") and part.endswith(".js"))
    response = Account().ask("GET", script)
    assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]
    assert Account().ask("GET", "/static/favicon.png").status_code == 200
    assert Account().ask("GET", "/no/such/script.js").status_code == 404
    assert BASE in page.url
