"""What an administrator does in the web client: connections, models, prompts, people, groups."""

import pytest
from clients import PASSWORD, eventually, sign_in, unique
from conftest import connect
from pages import Keys
from provider import Provider


@pytest.fixture
def boss(make_admin, provider):
    return make_admin()


def test_a_connection_is_added_and_its_models_answer(browser, admin, boss, stub):
    extra = Provider([unique("extra")])
    try:
        browser.enter(boss, "/admin/settings/connections")
        browser.see('input[placeholder="API Base URL"]')
        # The button that adds has no name.
        browser.driver.execute_script(
            "[...document.querySelectorAll('div')]"
            ".filter(item => item.textContent.trim() == 'Manage OpenAI API Connections').at(-1)"
            ".parentElement.querySelector('button').click()"
        )
        browser.type("#url-input", extra.url)
        browser.type("#password-input", "sk-typed")
        browser.click('button[aria-label="Verify Connection"]')
        browser.see("li", "Server connection verified")
        assert extra.calls[-1].headers["Authorization"] == "Bearer sk-typed"
        browser.shoot("admin-connection")
        browser.click("[role=dialog] button[type=submit]", "Save")
        eventually(lambda: admin.get("/openai/config")["OPENAI_API_BASE_URLS"] == [stub.url, extra.url])
        assert admin.get("/openai/config")["OPENAI_API_KEYS"][1] == "sk-typed"
        browser.go("/")
        browser.choose(extra.models[0])
        browser.say("Hello, new one")
        browser.answered("Hello from the stub.")
        assert extra.call_with("Hello, new one").headers["Authorization"] == "Bearer sk-typed"
    finally:
        connect(admin, stub)


def test_a_workspace_model_is_made_and_answers_with_its_instructions(browser, boss, provider):
    name = unique("Pirate")
    browser.enter(boss, "/workspace/models")
    browser.click("a[href='/workspace/models/create']")
    browser.type('[placeholder="Model Name"]', name)
    browser.click('select[placeholder^="Select a base model"]')
    browser.click("option", "stub-one")
    browser.type("textarea[placeholder^='Write your model system prompt']", "Speak as a pirate.")
    browser.click("button[type=submit]", "Save & Create")
    browser.see("a[href^='/?models=']", name)
    browser.shoot("workspace-models")
    try:
        browser.click("a[href^='/?models=']", name)
        browser.see("#model-selector-0-button", name)
        browser.say("Who are you?")
        browser.answered("Hello from the stub.")
        asked = provider.chats[-1].body
        assert asked["model"] == "stub-one"
        assert asked["messages"][0] == {"role": "system", "content": "Speak as a pirate."}
    finally:
        boss.ask("DELETE", "/api/v1/models/model/delete", params={"id": name.lower()})


def test_a_prompt_is_made_and_used_by_its_command(browser, boss, provider):
    title = unique("Greet")
    browser.enter(boss, "/workspace/prompts")
    browser.click("a[href='/workspace/prompts/create']")
    browser.type('[placeholder="Title"]', title)
    browser.type("textarea", "Greet everybody warmly.")
    browser.click("button[type=submit]", "Save & Create")
    browser.see("a[href^='/workspace/prompts/edit']", f"/{title.lower()}")
    browser.shoot("workspace-prompts")
    try:
        browser.go("/")
        browser.choose("stub-one")
        browser.see("#chat-input").send_keys(f"/{title.lower()}")
        browser.see("[role=tooltip] button, #suggestions-container button", title.lower())
        browser.shoot("workspace-prompt-command")
        browser.press(Keys.ENTER)
        browser.see("#chat-input", "Greet everybody warmly.")
        browser.see("#chat-input").send_keys(Keys.ENTER)
        browser.answered("Hello from the stub.")
        assert provider.chats[-1].body["messages"][-1]["content"] == "Greet everybody warmly."
    finally:
        boss.ask("DELETE", f"/api/v1/prompts/command/{title.lower()}/delete")


def test_somebody_signs_up_waits_and_is_let_in(browser, other_browser, admin, boss):
    path = "/api/v1/auths/admin/config"
    before = admin.get(path)
    email, name = f"{unique('browser')}@example.com", unique("Visitor")
    try:
        admin.post(path, {**before, "ENABLE_SIGNUP": True, "DEFAULT_USER_ROLE": "pending"})
        browser.go("/auth")
        browser.click("button", "Sign up")
        browser.type("#name", name)
        browser.type("#email", email)
        browser.type("#password", PASSWORD)
        browser.click("button[type=submit]")
        browser.see("body", "Account Activation Pending")
        browser.shoot("admin-pending")
    finally:
        admin.post(path, before)
    other_browser.enter(boss, "/admin/users/overview")
    other_browser.see("tr button", "ADMIN")
    other_browser.type('[placeholder="Search"]', name)
    other_browser.gone("tr button", "ADMIN")
    other_browser.see("tr", name)
    other_browser.click("tr button", "PENDING")
    other_browser.click("[role=dialog] select")
    other_browser.click("option", "User")
    other_browser.shoot("admin-approves")
    other_browser.click("[role=dialog] button[type=submit]")
    other_browser.see("button", "USER")
    browser.click("button", "Check Again")
    browser.see("#chat-input")
    assert sign_in(email).details["role"] == "user"


def test_a_group_is_made_with_a_member(browser, admin, boss):
    name, member = unique("Birdwatchers"), unique("Member")
    form = {"name": member, "email": f"{member}@example.com", "password": PASSWORD, "role": "user"}
    id = admin.post("/api/v1/auths/add", form)["id"]
    browser.enter(boss, "/admin/users/groups")
    browser.click('[aria-label="Create Group"], button.p-2.rounded-xl')
    browser.type('[placeholder="Group Name"]', name)
    browser.click("[role=dialog] button[type=submit]")
    # The client offers people only once the group is there.
    browser.click("button", name)
    browser.click("[role=dialog] button", "Users (0)")
    browser.type("[role=dialog] [placeholder='Search']", member)
    browser.see("[role=dialog]", member)
    browser.click("[role=dialog] button.outline")
    browser.see("[role=dialog] button", "Users (1)")
    browser.shoot("admin-group")
    browser.click("[role=dialog] button[type=submit]")
    browser.gone("[role=dialog]")
    (group,) = [item for item in boss.get("/api/v1/groups/") if item["name"] == name]
    assert group["user_ids"] == [id]
    browser.driver.refresh()
    browser.see("body", name)
    browser.shoot("admin-groups")
    boss.delete(f"/api/v1/groups/id/{group['id']}/delete")
