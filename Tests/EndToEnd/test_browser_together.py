"""Two people in two browsers: a channel, and a note that both write at once."""

import pytest
from clients import eventually, unique
from pages import ActionChains, Keys
from provider import Answer

MESSAGE = "#messages-container [id^=message-].group"
THREAD = "[data-pane]:last-of-type"
# The buttons that appear over a message.
REACT, REPLY, OPEN_THREAD = range(3)


@pytest.fixture
def channel(admin):
    """The id of a channel that is open to everybody."""
    path = "/api/v1/auths/admin/config"
    before = admin.get(path)
    admin.post(path, {**before, "ENABLE_CHANNELS": True})
    form = {"name": unique("birds"), "description": "", "access_control": None}
    id = admin.post("/api/v1/channels/create", form)["id"]
    yield id
    admin.delete(f"/api/v1/channels/{id}/delete")
    admin.post(path, before)


@pytest.fixture
def two_people(browser, other_browser, channel, make_account, provider):
    """Two windows that show the channel."""
    for window in (browser, other_browser):
        window.enter(make_account(), f"/channels/{channel}")
        window.see("#chat-input")
    return browser, other_browser


def use(browser, text, tool):
    """Presses one of the buttons over a message."""

    def press(message):
        ActionChains(browser.driver).move_to_element(message).perform()
        selector = ".absolute > div > button, .absolute > div > div > button"
        message.find_elements("css selector", selector)[tool].click()

    browser.act(MESSAGE, text, press)


def test_a_channel_shows_what_others_write_and_that_they_write(two_people):
    one, two = two_people
    one.write("Has anybody seen a pelican?")
    two.see(MESSAGE, "Has anybody seen a pelican?")
    two.see("#chat-input").send_keys("Ye")
    one.see("body", "is typing...")
    one.shoot("channel-typing")
    two.write("s, two of them")
    one.see(MESSAGE, "Yes, two of them")
    one.gone("body", "is typing...")
    two.driver.refresh()
    two.see(MESSAGE, "Has anybody seen a pelican?")
    two.see(MESSAGE, "Yes, two of them")
    for window in two_people:
        assert window.complaints() == [] and window.refusals() == []


def test_a_thread_and_a_reaction_reach_the_other_person(two_people):
    one, two = two_people
    one.write("Has anybody seen a pelican?")
    two.see(MESSAGE, "Has anybody seen a pelican?")
    use(two, "Has anybody", REACT)
    two.type('[placeholder="Search all emojis"]', "+1")
    two.click("[role=menu] img[alt='1F44D']")
    eventually(lambda: one.elements(f"{MESSAGE} img[alt='+1']"))
    use(two, "Has anybody", OPEN_THREAD)
    two.see(THREAD, "Thread")
    two.write("In the harbour", place=1)
    two.see(THREAD, "In the harbour")
    one.click(f"{MESSAGE} button", "1 Replies")
    one.see(THREAD, "In the harbour")
    one.shoot("channel-thread")
    one.write("Thank you", place=1)
    two.see(THREAD, "Thank you")
    two.see(f"{MESSAGE} button", "2 Replies")
    two.shoot("channel-reaction")


def test_a_model_that_is_mentioned_answers_in_the_thread(two_people, provider):
    one, two = two_people
    provider.answer = Answer("A pelican speaks.")
    one.see("#chat-input").send_keys("@stub-two")
    one.see("[role=tooltip] button", "stub-two")
    one.press(Keys.ENTER)
    one.see("#chat-input", "@stub-two")
    one.write("what do you eat?")
    two.see(MESSAGE, "what do you eat?")
    two.click(f"{MESSAGE} button", "1 Replies")
    two.see(THREAD, "A pelican speaks.")
    two.shoot("channel-model")
    assert "what do you eat?" in provider.chats[-1].body["messages"][-1]["content"]


@pytest.fixture
def note(account, make_account):
    """A note, and the two accounts that may write it."""
    other = make_account()
    rights = {"user_ids": [other.id], "group_ids": []}
    form = {
        "title": "Birds",
        "data": {"content": {"json": None, "html": "", "md": ""}},
        "meta": None,
        "access_control": {"read": rights, "write": rights},
    }
    return account.post("/api/v1/notes/create", form)["id"], account, other


def test_a_note_that_two_people_write_is_the_same_for_both_and_is_kept(browser, other_browser, note):
    id, first, second = note
    field = f"#note-{id}"
    for window, account in ((browser, first), (other_browser, second)):
        window.enter(account, f"/notes/{id}")
        window.see(field)
    browser.see(field).send_keys("Pelicans")
    other_browser.see(field, "Pelicans")
    # Both write at once, at different places, key by key.
    browser.see(field).send_keys(Keys.HOME)
    other_browser.see(field).send_keys(Keys.END)
    for left, right in zip("one two ", " no gull"):
        browser.press(left)
        other_browser.press(right)
    whole = "one two Pelicans no gull"
    for window in (browser, other_browser):
        shows(window, whole)
    browser.shoot("note-one")
    other_browser.shoot("note-two")
    eventually(lambda: whole in first.get(f"/api/v1/notes/{id}")["data"]["content"]["md"])
    for window in (browser, other_browser):
        window.driver.refresh()
        shows(window, whole)
    assert browser.complaints() == [] and browser.refusals() == []


def shows(browser, text):
    """Waits until a note's text is this one. The names of those who write it stand at their carets and are left out."""
    script = """
        const note = document.querySelector('[id^=note-][contenteditable]')?.cloneNode(true);
        note?.querySelectorAll('[class*=cursor], [class*=caret]').forEach(item => item.remove());
        return note ? note.textContent.replaceAll('\\u2060', '') : null;
    """
    try:
        eventually(lambda: browser.driver.execute_script(script) == text)
    except AssertionError as error:
        raise AssertionError(f"the note is {browser.driver.execute_script(script)!r}") from error


def test_a_note_is_begun_found_and_deleted(browser, account):
    browser.enter(account, "/notes")
    browser.see('[placeholder="Search Notes"]')
    browser.click("button.rounded-full")
    browser.type('[placeholder="Title"]', "A list of birds")
    field = "[id^=note-][contenteditable]"
    browser.see(field).send_keys("Pelican, gull")
    eventually(lambda: [item["title"] for item in account.get("/api/v1/notes/")] == ["A list of birds"])
    browser.go("/notes")
    browser.type('[placeholder="Search Notes"]', "birds")
    browser.see("a[href^='/notes/']", "Pelican, gull")
    browser.shoot("notes")
