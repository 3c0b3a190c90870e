"""A person's own settings: what is changed there is kept, used, and left behind at sign-out."""

from clients import Account, eventually


def interface(account):
    """What the account has set of the web client's own."""
    return (account.get("/api/v1/users/user/settings") or {}).get("ui") or {}


def open_settings(browser, tab):
    browser.click("button", "User menu")
    browser.click("[role=menuitem]", "Settings")
    browser.click("[role=tab]", tab)


def test_a_system_prompt_is_saved_and_used(person, account, provider):
    open_settings(person, "General")
    person.type('[placeholder="Enter system prompt here"]', "Answer in one word.")
    person.click("[role=dialog] button, button", "Save")
    person.see("li", "Settings saved successfully!")
    person.shoot("settings-general")
    eventually(lambda: interface(account).get("system") == "Answer in one word.")
    person.go("/")
    person.say("Hello")
    person.answered("Hello from the stub.")
    assert provider.chats[-1].body["messages"][0] == {"role": "system", "content": "Answer in one word."}


def test_an_appearance_is_kept(person, account):
    open_settings(person, "Interface")
    person.click("#chat-bubble-ui-label ~ button, [aria-labelledby='chat-bubble-ui-label']")
    eventually(lambda: interface(account).get("chatBubble") is False)
    person.driver.refresh()
    open_settings(person, "Interface")
    person.see("[aria-labelledby='chat-bubble-ui-label'][aria-checked=false]")


def test_a_memory_is_kept(person, account):
    open_settings(person, "Personalization")
    person.click("button", "Manage")
    person.click("button", "Add Memory")
    person.type("textarea[placeholder^='Enter a detail']", "User watches pelicans")
    person.click("button[type=submit]", "Add")
    person.see("[role=dialog]", "User watches pelicans")
    person.shoot("settings-memory")
    assert [item["content"] for item in account.get("/api/v1/memories/")] == ["User watches pelicans"]


def test_a_name_and_a_password_are_changed(person, account):
    open_settings(person, "Account")
    person.type("[role=dialog] input[placeholder='Enter your name'], input[type=text][required]", "A New Name")
    person.click("button", "Save")
    person.see("li", "Settings saved successfully!")
    eventually(lambda: account.get("/api/v1/auths/")["name"] == "A New Name")


def test_who_signs_out_is_out(browser, account):
    browser.sign_in(account.details["email"])
    token = browser.driver.get_cookie("token")["value"]
    browser.click("button", "User menu")
    browser.click("[role=menuitem]", "Sign Out")
    browser.see("#email")
    browser.shoot("settings-signed-out")
    assert browser.path.startswith("/auth")
    assert Account(token).ask("GET", "/api/v1/auths/").status_code == 401
    browser.go("/")
    browser.see("#email")
