"""Signing in with an OpenID provider that checks its clients and misbehaves.

The server at OIDC_BASE (it may be BASE) is started with a provider on OIDC_PORT (8109), which the cases themselves start:

    OPENID_PROVIDER_URL=http://127.0.0.1:8109/.well-known/openid-configuration OAUTH_PROVIDER_NAME=House
    OAUTH_CLIENT_ID=suite-client OAUTH_CLIENT_SECRET=suite-secret-0123456789abcdef0123456789
    ENABLE_OAUTH_SIGNUP=true OAUTH_MERGE_ACCOUNTS_BY_EMAIL=true ENABLE_OAUTH_ROLE_MANAGEMENT=true
"""

import base64
import hashlib
import hmac
import json
import os
from urllib.parse import parse_qs, urlparse

import pytest
import requests
from clients import PASSWORD, eventually, unique
from oidc_provider import CLIENT, Key, OpenIDProvider

OIDC = os.environ.get("OIDC_BASE", "").rstrip("/")
pytestmark = pytest.mark.skipif(not OIDC, reason="OIDC_BASE: a server that is set up as this file says")
BOSS = {"name": "Boss", "email": "oidc-boss@example.com", "password": PASSWORD}


@pytest.fixture(scope="module")
def running_provider():
    provider = OpenIDProvider(int(os.environ.get("OIDC_PORT", "8109")))
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider):
    running_provider.behave()
    running_provider.refusals.clear()
    running_provider.seen.clear()
    return running_provider


@pytest.fixture(scope="module")
def boss(request):
    """The admin of the server, who signs up first unless the other cases' admin is there already."""
    if OIDC == os.environ.get("BASE", "").rstrip("/"):
        return request.getfixturevalue("admin").token
    for path in ("signin", "signup"):
        answer = requests.post(f"{OIDC}/api/v1/auths/{path}", json=BOSS, timeout=60)
        if answer.status_code == 200:
            return answer.json()["token"]
    raise AssertionError(answer.text)


def person(provider, **claims):
    subject = unique("sub")
    claims = {"name": "Olive", "email": f"{subject}@example.com", **claims}
    provider.people[subject] = {name: value for name, value in claims.items() if value is not None}
    return subject


class Browser:
    """Keeps cookies, follows nothing by itself."""

    def __init__(self):
        self.http = requests.Session()

    def begin(self):
        answer = self.http.get(f"{OIDC}/oauth/oidc/login", allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def approve(self, subject):
        answer = requests.get(f"{self.begin()}&login_hint={subject}", allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def finish(self, url):
        self.answer = self.http.get(url, allow_redirects=False, timeout=60)
        assert self.answer.status_code == 307 and urlparse(self.answer.headers["location"]).path == "/auth"
        return self

    def sign_in(self, subject):
        return self.finish(self.approve(subject))

    @property
    def error(self):
        return parse_qs(urlparse(self.answer.headers["location"]).query).get("error", [None])[0]

    @property
    def account(self):
        assert self.error is None, self.error
        headers = {"Authorization": f"Bearer {self.http.cookies['token']}"}
        answer = requests.get(f"{OIDC}/api/v1/auths/", headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()


def refused(browser):
    assert browser.error and "token" not in browser.http.cookies
    return browser.error


def test_the_sign_in_page_offers_the_provider():
    assert "oidc" in requests.get(f"{OIDC}/api/config", timeout=60).json()["oauth"]["providers"]


def test_a_sign_in_passes_the_providers_own_checks(provider, boss):
    subject = person(provider)
    first = Browser().sign_in(subject).account
    assert first["email"] == f"{subject}@example.com" and first["name"] == "Olive"
    assert Browser().sign_in(subject).account["id"] == first["id"]
    assert provider.refusals == []


def test_a_stolen_code_is_worth_nothing_in_another_browser(provider, boss):
    """The thief has a sign-in of his own under way; the code was made for another challenge."""
    victim = urlparse(Browser().approve(person(provider)))
    thief = Browser()
    own = parse_qs(urlparse(thief.begin()).query)["state"][0]
    code = parse_qs(victim.query)["code"][0]
    refused(thief.finish(f"{OIDC}/oauth/oidc/callback?code={code}&state={own}"))
    assert provider.refusals == ["the code verifier does not fit"]


def segment(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).decode().rstrip("=")


def unsigned(claims):
    return f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(claims)}."


def signed_with_the_public_key(provider):
    """HS256 with the published key as the secret: works on whoever lets the token choose the algorithm."""

    def forge(claims):
        message = f"{segment({'alg': 'HS256', 'kid': provider.key.id})}.{segment(claims)}"
        secret = json.dumps(provider.key.public).encode()
        return f"{message}.{segment(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"

    return forge


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT[0], "another-client"]},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_for_something_else_is_refused(provider, boss, change):
    def bend(claims):
        for name, value in change.items():
            claims.pop(name)
            if value is not None:
                claims[name] = value

    provider.bend = bend
    assert "did not confirm" in refused(Browser().sign_in(person(provider)))


def test_a_forged_token_is_refused(provider, boss):
    same_name = Key()
    same_name.id = provider.key.id
    for forge in (unsigned, signed_with_the_public_key(provider), Key().sign, same_name.sign, lambda claims: "no token"):
        provider.forge = forge
        assert "did not confirm" in refused(Browser().sign_in(person(provider)))


def test_elliptic_keys_are_good_and_new_keys_are_found(provider, boss):
    assert Browser().sign_in(person(provider)).error is None
    old, new = provider.key, Key("ES256")
    provider.key, provider.published = new, [old, new]

    # A server asks for new keys at most once a second.
    def works():
        return Browser().sign_in(person(provider)).error is None

    eventually(works)
    provider.key, provider.published = Key(), [new]
    provider.published.append(provider.key)
    eventually(works)


def test_only_a_verified_address_joins_an_account(provider, boss):
    headers = {"Authorization": f"Bearer {boss}"}
    email = f"{unique('local')}@example.com"
    form = {"name": "Local", "email": email, "password": PASSWORD, "role": "user"}
    local = requests.post(f"{OIDC}/api/v1/auths/add", json=form, headers=headers, timeout=60).json()
    unverified = person(provider, email=email, email_verified=False)
    assert "already registered" in refused(Browser().sign_in(unverified))
    verified = person(provider, email=email, email_verified=True, roles=["user"])
    assert Browser().sign_in(verified).account["id"] == local["id"]
    assert "already registered" in refused(Browser().sign_in(person(provider, email=email, email_verified=True)))


def test_the_only_admin_stays_one(provider, boss):
    """Signs in as the admin whom a password made, with roles that make nobody an admin."""
    headers = {"Authorization": f"Bearer {boss}"}
    me = requests.get(f"{OIDC}/api/v1/auths/", headers=headers, timeout=60).json()
    query = {"order_by": "role", "direction": "asc"}
    listed = requests.get(f"{OIDC}/api/v1/users/", params=query, headers=headers, timeout=60).json()["users"]
    admins = [(user["id"], user["oauth_sub"]) for user in listed if user["role"] == "admin"]
    if admins != [(me["id"], None)]:
        pytest.skip("the server was used before: it has other admins, or its admin has a provider")
    subject = person(provider, email=me["email"], email_verified=True, roles=["nobody"])
    account = Browser().sign_in(subject).account
    assert account["id"] == me["id"] and account["role"] == "admin"


def test_signing_out_leads_to_the_provider(provider, boss):
    browser = Browser().sign_in(person(provider, roles=["user"]))
    token = browser.http.cookies["token"]
    url = urlparse(browser.http.get(f"{OIDC}/api/v1/auths/signout", timeout=60).json()["redirect_url"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == provider.url + "/leave"
    assert "id_token_hint" in parse_qs(url.query)
    again = requests.get(f"{OIDC}/api/v1/auths/", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert again.status_code == 401


def test_a_provider_that_is_down_is_named_and_holds_nobody_up(provider, boss):
    browser = Browser()
    back = browser.approve(person(provider))
    provider.stop()
    try:
        assert "can not be reached" in refused(browser.finish(back))
    finally:
        provider.start()
    assert Browser().sign_in(person(provider)).error is None
