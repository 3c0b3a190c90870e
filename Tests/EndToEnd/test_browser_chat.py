"""The main job as a person sees it: a prompt, its answer as it comes, and what is kept of both."""

import threading

from clients import Account, eventually
from provider import Answer, words


def test_a_prompt_streams_is_kept_and_gets_a_title(person, account, provider):
    provider.title = "A title of the stub's"
    provider.answer = Answer(f"Here are {words(60)} and **no more**.", gate=threading.Event(), gate_at=20)
    person.choose("stub-one")
    person.say("Tell me words")
    person.answered("word0015")
    assert "no more" not in person.answer()
    person.shoot("chat-streams")
    provider.answer.gate.set()
    person.answered("no more")
    assert person.see(".chat-assistant strong").text == "no more"
    person.see("#sidebar a", "A title of the stub's")
    person.see("[id^=message-]", "What else?")
    person.shoot("chat-answered")
    assert person.path.startswith("/c/")
    person.driver.refresh()
    person.answered("no more")
    person.see(".chat-user", "Tell me words")
    person.see("#sidebar a", "A title of the stub's")
    row = person.stored(account)
    assert row["title"] == "A title of the stub's"
    assert [item["role"] for item in row["chat"]["messages"]] == ["user", "assistant"]
    assert row["chat"]["messages"][1]["content"].endswith("and **no more**.")
    assert person.complaints() == [] and person.refusals() == []


def test_a_second_prompt_carries_the_history(person, provider):
    person.say("First")
    person.answered("Hello from the stub.")
    person.see("[id^=message-]", "What else?")
    provider.answer = Answer("Again, differently.")
    person.say("Second")
    person.answered("Again, differently.")
    asked = [(item["role"], item["content"]) for item in provider.chats[-1].body["messages"]]
    assert asked == [("user", "First"), ("assistant", "Hello from the stub."), ("user", "Second")]


def test_a_second_tab_goes_on_in_the_middle_of_an_answer(person, provider):
    provider.answer = Answer(words(300), gate=threading.Event(), gate_at=150)
    person.say("Tell me words")
    person.answered("word0149")
    with person.second_tab(person.path):
        person.answered("word0149")
        assert "word0150" not in person.answer()
        person.shoot("chat-second-tab")
        provider.answer.gate.set()
        person.answered("word0299")
        assert said(person) == words(300).split()
        person.shoot("chat-second-tab-done")
    person.answered("word0299")
    assert said(person) == words(300).split()


def said(browser):
    """The words of the provider's in the answer, in the order in which they are shown."""
    return [word for word in browser.answer().split() if word.startswith("word0")]


def test_the_stop_button_keeps_the_text(person, account, provider):
    provider.answer = Answer(words(300), gate=threading.Event(), gate_at=40)
    person.say("Tell me words")
    person.answered("word0039")
    # The button has no name: it takes the place of the one that sends, beside the field.
    person.click("form button.rounded-full")
    eventually(lambda: provider.chats[-1].aborted)
    person.see('button[aria-label="Voice mode"]')
    person.shoot("chat-stopped")
    person.driver.refresh()
    person.answered("word0039")
    assert "word0040" not in person.answer()
    answer = person.stored(account)["chat"]["messages"][-1]
    assert answer["content"].split() == words(40).split() and answer["done"] is True


def test_a_refusal_of_the_provider_is_shown_and_kept(person, provider):
    provider.answer = Answer(status=500, body={"error": {"message": "the stub is tired"}})
    person.say("Hello")
    person.see("[id^=message-]", "the stub is tired")
    person.shoot("chat-refused")
    person.driver.refresh()
    person.see("[id^=message-]", "the stub is tired")


def test_a_temporary_chat_is_not_stored(person, account, provider):
    person.click("#temporary-chat-button")
    eventually(lambda: "temporary-chat=true" in person.path)
    person.say("Forget this")
    person.answered("Hello from the stub.")
    person.shoot("chat-temporary")
    provider.answer = Answer("I do remember.")
    person.say("Do you remember?")
    person.answered("I do remember.")
    assert [item["content"] for item in provider.chats[-1].body["messages"]][0] == "Forget this"
    assert "/c/" not in person.path
    assert account.get("/api/v1/chats/") == []


def test_a_wrong_password_is_told_and_the_right_one_opens(browser, account):
    browser.go("/auth")
    browser.type("#email", account.details["email"])
    browser.type("#password", "not-this-one")
    browser.click("button[type=submit]")
    browser.see("li", "The email or password provided is incorrect")
    browser.sign_in(account.details["email"])
    cookie = browser.driver.get_cookie("token")
    assert Account(cookie["value"]).get("/api/v1/auths/")["id"] == account.id
