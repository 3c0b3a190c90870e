"""Every page that a person can open: what is built answers, what is not says so, and no page breaks."""

import pytest
from clients import eventually

USERS = ["/", "/notes"]
ADMINS = [
    *USERS,
    "/home",
    *(f"/workspace/{name}" for name in ("models", "models/create", "knowledge", "knowledge/create")),
    *(f"/workspace/{name}" for name in ("prompts", "prompts/create", "tools", "tools/create")),
    *("/playground", "/playground/completions"),
    *("/admin/users/overview", "/admin/users/groups"),
    *("/admin/evaluations/leaderboard", "/admin/evaluations/feedbacks"),
    *("/admin/functions", "/admin/functions/create"),
    *(f"/admin/settings/{name}" for name in ("general", "connections", "models", "evaluations", "tools")),
    *(f"/admin/settings/{name}" for name in ("code-execution", "interface", "db")),
]
# Pages of what is not built, and what they ask for in vain.
NOT_BUILT = {
    "/admin/settings/documents": "/api/v1/retrieval/config",
    "/admin/settings/web": "/api/v1/retrieval/config",
    "/admin/settings/audio": "/api/v1/audio/config",
    "/admin/settings/images": "/api/v1/images/config",
    "/admin/settings/pipelines": "/api/v1/pipelines/list",
}


def visit(browser, path):
    """Opens a page and waits until it has asked for all it wants; returns what went wrong."""
    # A page that is left before it knows who is there signs out.
    browser.see("#sidebar")
    browser.is_quiet()
    browser.complaints()
    browser.refusals()
    browser.go(path)
    browser.see("#sidebar")
    browser.is_quiet()
    browser.shoot("page-" + (path.strip("/").replace("/", "-") or "home"))
    assert browser.path == path
    return browser.refusals() + browser.complaints()


def test_no_page_of_a_user_asks_for_anything_in_vain(browser, account, provider):
    browser.enter(account)
    assert {path: found for path in USERS if (found := visit(browser, path))} == {}


def test_no_page_of_an_admin_asks_for_anything_in_vain(browser, make_admin, provider):
    browser.enter(make_admin())
    assert {path: found for path in ADMINS if (found := visit(browser, path))} == {}


@pytest.mark.parametrize("path", NOT_BUILT)
def test_a_page_of_what_is_not_built_is_told_so(browser, make_admin, provider, path):
    browser.enter(make_admin())
    found = [line for line in visit(browser, path) if line.startswith(("4", "5"))]
    assert found == [f"501 GET {NOT_BUILT[path]}"]


def test_every_tab_of_the_settings_opens(browser, account, provider):
    browser.enter(account)
    browser.click("button", "User menu")
    browser.click("[role=menuitem]", "Settings")
    tabs = eventually(lambda: (found := [tab.text for tab in browser.elements("[role=tab]")])[6:] and all(found) and found)
    browser.refusals()
    for tab in tabs:
        browser.click("[role=tab]", tab)
        browser.is_quiet()
        browser.shoot(f"settings-tab-{tab.lower().replace(' ', '-')}")
    # An account without a key is told so by 404.
    assert set(browser.refusals()) <= {"404 GET /api/v1/auths/api_key"}
