"""The list of chats beside the page: folders, search, tags, the archive, and links for others."""

from types import SimpleNamespace

from clients import Chat, eventually, message
from pages import Keys


def kept_chat(account, title, prompt="Hello", reply="Hello."):
    """A chat that the account had earlier; returns its id."""
    chat = Chat(SimpleNamespace(account=account), title=title, models=["stub-one"])
    question = chat.add(message("user", prompt, models=["stub-one"]))
    chat.add(message("assistant", reply, question["id"], model="stub-one", modelName="stub-one", done=True))
    chat.save()
    return chat.id


def open_menu(browser, title):
    """Opens the menu of a chat in the list."""
    browser.hover("#sidebar-chat-group", title)
    (entry,) = browser.elements("#sidebar-chat-group", title)
    entry.find_element("css selector", '[aria-label="Chat Menu"]').click()
    browser.see("[role=menuitem]", "Archive")


def test_a_chat_is_dragged_into_a_folder_and_a_folder_into_another(browser, account, provider):
    chat = kept_chat(account, "Pelicans")
    inner = account.post("/api/v1/folders/", {"name": "Birds"})["id"]
    outer = account.post("/api/v1/folders/", {"name": "Animals"})["id"]
    browser.enter(account)
    browser.drag(browser.see("#sidebar-chat-group", "Pelicans"), browser.see(f"#folder-{inner}-button"))
    eventually(lambda: account.get(f"/api/v1/chats/{chat}")["folder_id"] == inner)
    browser.drag(browser.see(f"#folder-{inner}-button"), browser.see(f"#folder-{outer}-button"))
    eventually(lambda: account.get(f"/api/v1/folders/{inner}")["parent_id"] == outer)
    browser.driver.refresh()
    for folder in (outer, inner):
        browser.click(f"#folder-{folder}-button button")
    browser.see("#sidebar-chat-group", "Pelicans")
    browser.shoot("sidebar-folders")
    assert browser.complaints() == [] and browser.refusals() == []


def test_a_folder_is_made_and_chats_begin_in_it(person, account, provider):
    person.hover("#sidebar-folder-button", "Folders")
    header = person.see("#sidebar-folder-button", "Folders")
    header.find_elements("css selector", "button")[1].click()
    person.type("#folder-name", "Zoo")
    person.click("[role=dialog] button[type=submit], .modal button[type=submit]")
    person.see("#sidebar button", "Zoo")
    person.gone("#folder-name")
    (folder,) = account.get("/api/v1/folders/")
    person.click("#sidebar button", "Zoo")
    person.see("#chat-container", "Zoo")
    person.say("In a folder")
    person.answered("Hello from the stub.")
    eventually(lambda: len(account.get(f"/api/v1/chats/folder/{folder['id']}")) == 1)
    assert account.get("/api/v1/chats/") == []


def test_a_chat_is_found_by_its_words_and_by_its_tag(browser, account, provider):
    birds = kept_chat(account, "Birds", "Where do pelicans sleep?", "On one leg.")
    kept_chat(account, "Fish")
    browser.enter(account, f"/c/{birds}")
    browser.answered("On one leg.")
    browser.click("#chat-context-menu-button")
    browser.click('[aria-label="Add Tag"]')
    browser.type('[aria-label="Add a tag"]', "animals", Keys.ENTER)
    eventually(lambda: [tag["name"] for tag in account.get(f"/api/v1/chats/{birds}/tags")] == ["animals"])
    browser.shoot("sidebar-tagged")
    for query in ("pelicans", "tag:animals"):
        browser.go("/")
        browser.click("#sidebar-search-button")
        browser.see("[role=dialog] a", "Fish")
        browser.type("#search-input", query)
        browser.gone("[role=dialog] a", "Fish")
        browser.see("[role=dialog] a", "Birds")
        browser.shoot(f"sidebar-search-{query.replace(':', '-')}")
    browser.click("[role=dialog] a", "Birds")
    browser.answered("On one leg.")


def test_a_chat_goes_into_the_archive_and_back(browser, account, provider):
    chat = kept_chat(account, "Birds", reply="On one leg.")
    kept_chat(account, "Fish")
    browser.enter(account)
    browser.see("#sidebar-chat-group", "Fish")
    open_menu(browser, "Birds")
    browser.click("[role=menuitem]", "Archive")
    browser.gone("#sidebar-chat-group", "Birds")
    assert account.get(f"/api/v1/chats/{chat}")["archived"] is True
    browser.click("button", "User menu")
    browser.click("[role=menuitem]", "Archived Chats")
    browser.see("[role=dialog] a", "Birds")
    browser.shoot("sidebar-archive")
    browser.click("[role=dialog] button", "Unarchive All Archived Chats")
    browser.see("[role=dialog], body", "Are you sure")
    browser.press(Keys.ENTER)
    browser.see("#sidebar-chat-group", "Birds")
    assert account.get(f"/api/v1/chats/{chat}")["archived"] is False


def test_a_chat_is_pinned_renamed_and_deleted(browser, account, provider):
    chat = kept_chat(account, "Birds")
    browser.enter(account)
    open_menu(browser, "Birds")
    browser.click("[role=menuitem]", "Pin")
    browser.see("#sidebar", "Pinned")
    assert account.get(f"/api/v1/chats/{chat}")["pinned"] is True
    open_menu(browser, "Birds")
    browser.click("[role=menuitem]", "Rename")
    browser.type(f"#chat-title-input-{chat}", "Pelicans", Keys.ENTER)
    browser.see("#sidebar-chat-group", "Pelicans")
    eventually(lambda: account.get(f"/api/v1/chats/{chat}")["title"] == "Pelicans")
    browser.shoot("sidebar-pinned")
    open_menu(browser, "Pelicans")
    browser.click("[role=menuitem]", "Delete")
    browser.click("button", "Confirm")
    browser.gone("#sidebar-chat-group", "Pelicans")
    assert account.ask("GET", f"/api/v1/chats/{chat}").status_code == 401


def test_a_shared_chat_is_read_and_cloned_by_another_account(browser, other_browser, account, make_account, provider):
    chat = kept_chat(account, "Birds", "Where do pelicans sleep?", "On one leg.")
    browser.enter(account, f"/c/{chat}")
    browser.answered("On one leg.")
    browser.click("#chat-context-menu-button")
    browser.click("[role=menuitem]", "Share")
    browser.click("#copy-and-share-chat-button")
    browser.see("li", "Copied shared chat URL to clipboard!")
    link = account.get(f"/api/v1/chats/{chat}")["share_id"]
    reader = make_account()
    other_browser.enter(reader, f"/s/{link}")
    other_browser.answered("On one leg.")
    other_browser.see("body", "Birds")
    other_browser.shoot("sidebar-shared")
    other_browser.click("button", "Clone Chat")
    other_browser.see("#chat-input")
    eventually(lambda: [item["title"] for item in reader.get("/api/v1/chats/")] == ["Clone of Birds"])
    other_browser.answered("On one leg.")
    assert other_browser.complaints() == [] and other_browser.refusals() == []
