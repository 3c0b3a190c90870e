"""Fixtures of the cases that look at the web client: browsers, and accounts that are signed in there."""

import pytest
from clients import Account
from pages import Browser, chromium


@pytest.fixture(scope="session")
def first_chromium():
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="session")
def second_chromium():
    with chromium() as driver:
        yield driver


@pytest.fixture
def browser(first_chromium):
    """A window in which nobody is signed in."""
    yield from window(first_chromium)


@pytest.fixture
def other_browser(second_chromium):
    """A window of another person's browser."""
    yield from window(second_chromium)


def window(driver):
    browser = Browser(driver)
    browser.leave()
    browser.complaints()
    browser.refusals()
    yield browser
    browser.leave()


@pytest.fixture
def person(browser, account, provider):
    """A browser in which an account is signed in; the provider answers."""
    browser.enter(account)
    browser.see("#chat-input")
    return browser


@pytest.fixture
def make_admin(make_account):
    """make_admin() -> an account that has seen the list of changes, which hides the page from an admin who has not."""

    def make():
        account = make_account("admin")
        version = Account().get("/api/version")["version"]
        account.post("/api/v1/users/user/settings/update", {"ui": {"version": version}})
        return account

    return make
