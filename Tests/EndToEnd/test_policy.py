"""The content security policy of the client's pages: the client works under it, and what gets into a page as HTML does not run."""

import re

import pytest
from clients import Account, eventually
from provider import Answer, words

PAGES = [
    "/",
    "/workspace/models",
    "/workspace/prompts",
    "/playground",
    "/admin/users/overview",
    "/admin/settings/general",
    "/admin/settings/connections",
]
# Runs as text given to eval, as an inline script, and as an inline event handler; a page that allows one of them has a hole.
HOLES = """
    window.holes = [];
    // Later, because the driver's own code is free of the policy.
    setTimeout(() => { (0, eval)('window.holes.push("eval")'); });
    setTimeout(() => { new Function('window.holes.push("function")')(); });
    const script = document.createElement('script');
    script.textContent = 'window.holes.push("inline")';
    document.body.append(script);
    const image = document.createElement('div');
    image.innerHTML = '<img src="data:image/none," onerror="window.holes.push(\\'handler\\')">';
    document.body.append(image);
    const frame = document.createElement('iframe');
    frame.srcdoc = '<script>parent.holes.push("frame")</' + 'script>';
    document.body.append(frame);
"""


def violations(browser):
    return [line for line in browser.complaints() if re.search("Content Security Policy|violates", line)]


def test_a_chat_breaks_no_rule(person, provider):
    provider.answer = Answer(f"# Title\n\n{words(5)}\n\n```python\nprint(1)\n```\n\n$$x^2$$\n\n![p](/static/favicon.png) the end")
    person.choose("stub-one")
    person.say("Show me all")
    person.answered("the end")
    person.driver.refresh()
    person.answered("the end")
    assert violations(person) == []


def test_code_runs_in_its_worker(person, provider):
    provider.answer = Answer("```python\nprint(6 * 7)\n```\n\nthe end")
    person.choose("stub-one")
    person.say("Compute")
    person.answered("the end")
    person.click("button", "Run")
    eventually(lambda: "42" in person.answer(), 120)
    assert violations(person) == []


def test_the_pages_break_no_rule(browser, admin):
    browser.sign_in(admin.details["email"])
    for page in PAGES:
        browser.go(page)
        eventually(lambda: browser.driver.execute_script("return document.readyState") == "complete")
        browser.see("body")
    assert violations(browser) == []


def test_what_gets_into_a_page_does_not_run(person):
    person.driver.execute_script(HOLES)
    # Each refusal is told.
    told = []
    eventually(lambda: len(told.extend(violations(person)) or told) >= 5)
    assert person.driver.execute_script("return window.holes") == []


@pytest.mark.parametrize("path", ["/", "/auth", "/c/nothing", "/error"])
def test_every_page_has_the_policy(path):
    policy = Account().ask("GET", path).headers["Content-Security-Policy"]
    (scripts,) = [rule for rule in policy.split("; ") if rule.startswith("script-src ")]
    assert "'unsafe-inline'" not in scripts and "'unsafe-eval'" not in scripts
    assert scripts.count("'sha256-") == 3
