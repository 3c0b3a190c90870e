"""What all cases share: the first admin, accounts, pages, and the stub provider as the server's only connection.

The server is the one at BASE. `./dev test` starts a fresh one; any other that has no account yet will do.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import interruption
import processes
import pytest
from clients import PASSWORD, Account, Page, eventually, sign_in, unique
from provider import Provider

pytest_plugins = ["browsers"]

FIRST = [f"first{number}@example.com" for number in range(6)]


def sign_up_together(emails):
    """Signs up at the same moment; returns the responses."""
    gate = threading.Barrier(len(emails))

    def sign_up(email):
        body = {"name": "First", "email": email, "password": PASSWORD}
        gate.wait()
        return Account().ask("POST", "/api/v1/auths/signup", json=body)

    with ThreadPoolExecutor(len(emails)) as pool:
        return list(pool.map(sign_up, emails))


@pytest.fixture(scope="session")
def first_accounts():
    """What several visitors got who signed up at the same moment on an empty server; nothing when it was not empty."""
    return sign_up_together(FIRST) if Account().get("/api/config").get("onboarding") else []


@pytest.fixture(scope="session")
def admin(first_accounts):
    """The server's first account."""
    for response in first_accounts:
        if response.status_code == 200:
            return Account(response.json()["token"], response.json())
    for email in FIRST:
        response = Account().ask("POST", "/api/v1/auths/signin", json={"email": email, "password": PASSWORD})
        if response.status_code == 200:
            return Account(response.json()["token"], response.json())
    raise AssertionError("the server has accounts, and its admin is none of ours")


@pytest.fixture(scope="session")
def make_account(admin):
    """make_account(role="user") -> an account that has just signed in."""

    def make(role="user"):
        email = f"{unique(role)}@example.com"
        admin.post("/api/v1/auths/add", {"name": "Somebody", "email": email, "password": PASSWORD, "role": role})
        return sign_in(email)

    return make


@pytest.fixture(scope="session")
def stub(admin):
    """The provider, connected, with its models open to every account."""
    provider = Provider()
    connect(admin, provider)
    for name in provider.models:
        form = {
            "id": name,
            "name": name,
            "base_model_id": None,
            "meta": {},
            "params": {},
            "access_control": None,
            "is_active": True,
        }
        admin.ask("POST", "/api/v1/models/create", json=form)
    eventually(lambda: set(provider.models) <= {item["id"] for item in admin.get("/api/models")["data"]})
    return provider


def connect(admin, *providers):
    """Makes these the server's only connections."""
    form = {
        "ENABLE_OPENAI_API": True,
        "OPENAI_API_BASE_URLS": [item if isinstance(item, str) else item.url for item in providers],
        "OPENAI_API_KEYS": ["sk-stub-secret" for _ in providers],
        "OPENAI_API_CONFIGS": {str(number): {"enable": True} for number in range(len(providers))},
    }
    admin.post("/openai/config/update", form)
    admin.get("/api/models", params={"refresh": "true"})


@pytest.fixture
def provider(stub):
    """The provider with a clean record."""
    stub.reset()
    return stub


@pytest.fixture
def account(make_account):
    return make_account()


@pytest.fixture
def open_page():
    """open_page(account) -> a page; all are closed at the end."""
    pages = []

    def open(account):
        pages.append(Page(account))
        return pages[-1]

    yield open
    for page in pages:
        page.close()


@pytest.fixture
def page(open_page, account):
    return open_page(account)


@pytest.fixture(scope="module")
def no_process_ends():
    """No process may end while a file's cases run, and the server works afterwards."""

    def running():
        services = processes.all_pids()
        return services, {child for name in ("web", "slow") for child in processes.children(services[name])}

    before = running()
    yield
    assert running() == before, "a process was lost"
    for name, process in before[0].items():
        assert processes.is_alive(process), f"{name} has ended"
    assert Account().get("/health") == {"status": True}


# ---- Processes that are killed


@pytest.fixture
def everything_comes_back(account):
    """After the case all services run, and somebody can sign in."""
    yield
    for name in processes.all_pids():
        eventually(lambda: (process := processes.pid(name)) and processes.is_alive(process), processes.RETURN, 0.2)
    eventually(processes.is_healthy, processes.RETURN, 0.2)
    assert sign_in(account.details["email"]).get("/api/v1/auths/")["id"] == account.id


@pytest.fixture
def long_answer(provider):
    """The provider, in whose answers there is time for accidents."""
    provider.answer = interruption.long_answer()
    yield provider
    provider.answer.hurry()
