"""What each permission of the tree does on the server, whatever the client shows."""

import pytest
from clients import Chat, eventually, good, message, refused, unique

TREE = "/api/v1/users/default/permissions"
PIXEL = "data:image/png;base64,iVBORw0KGgo="

# Parts that are not built have no effect to look at; each is named in Sources/Accounts/README.md.
NOT_BUILT = {
    "workspace.knowledge",
    "workspace.tools",
    "sharing.public_knowledge",
    "sharing.public_tools",
    "chat.valves",
    "chat.stt",
    "chat.tts",
    "chat.call",
    "features.web_search",
    "features.image_generation",
}
TESTED = {
    "workspace.models",
    "workspace.prompts",
    "sharing.public_models",
    "sharing.public_prompts",
    "sharing.public_notes",
    "chat.controls",
    "chat.system_prompt",
    "chat.params",
    "chat.file_upload",
    "chat.delete",
    "chat.delete_message",
    "chat.continue_response",
    "chat.regenerate_response",
    "chat.rate_response",
    "chat.edit",
    "chat.share",
    "chat.export",
    "chat.multiple_models",
    "chat.temporary",
    "chat.temporary_enforced",
    "features.direct_tool_servers",
    "features.code_interpreter",
    "features.notes",
}


@pytest.fixture
def permissions(admin):
    """permissions(**{"chat.delete": False}) sets leaves of everybody's tree; all are as before at the end."""
    before = admin.get(TREE)

    def change(**leaves):
        tree = {area: dict(members) for area, members in before.items()}
        for name, value in leaves.items():
            area, leaf = name.split(".")
            tree[area][leaf] = value
        admin.post(TREE, tree)

    yield change
    admin.post(TREE, before)


def test_every_leaf_is_accounted_for(admin):
    leaves = {f"{area}.{leaf}" for area, members in admin.get(TREE).items() for leaf in members}
    assert leaves == TESTED | NOT_BUILT


def ask(account, prompt="Hello", **body):
    messages = body.pop("messages", [{"role": "user", "content": prompt}])
    form = {"model": "stub-one", "stream": False, "messages": messages, **body}
    return account.ask("POST", "/api/chat/completions", json=form)


# ---- What a request may bring


@pytest.mark.parametrize("leaf", ["chat.controls", "chat.params"])
def test_parameters_are_left_out(account, admin, provider, permissions, leaf):
    body = {"temperature": 0.3, "params": {"temperature": 0.3, "custom_params": {"x": "1"}}, "seed": 7}
    good(ask(account, **body))
    assert provider.chats[-1].body["temperature"] == 0.3 and provider.chats[-1].body["x"] == 1
    permissions(**{leaf: False})
    for path in ("/api/chat/completions", "/openai/chat/completions"):
        form = {"model": "stub-one", "messages": [{"role": "user", "content": "Hello"}], **body}
        good(account.ask("POST", path, json=form))
        assert not {"temperature", "seed", "x"} & set(provider.chats[-1].body)
    good(ask(admin, **body))
    assert provider.chats[-1].body["temperature"] == 0.3


@pytest.mark.parametrize("leaf", ["chat.controls", "chat.system_prompt"])
def test_a_system_prompt_is_left_out(account, page, provider, permissions, leaf):
    messages = [{"role": "system", "content": "Speak French."}, {"role": "user", "content": "Hello"}]
    good(ask(account, messages=messages))
    assert provider.chats[-1].body["messages"] == messages
    folder = account.post("/api/v1/folders/", {"name": unique("folder"), "data": {"system_prompt": "Speak Dutch."}})
    permissions(**{leaf: False})
    good(ask(account, messages=messages))
    assert provider.chats[-1].body["messages"] == messages[1:]
    chat = Chat(page)
    chat.ask("One").done()
    account.post(f"/api/v1/chats/{chat.id}/folder", {"folder_id": folder["id"]})
    chat.ask("Two").done()
    assert "Dutch" not in str(provider.call_with("Two").body)
    permissions()
    chat.ask("Three").done()
    assert "Dutch" in str(provider.call_with("Three").body)


def test_pictures_are_refused(account, provider, permissions):
    parts = [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    messages = [{"role": "user", "content": parts}]
    good(ask(account, messages=messages))
    permissions(**{"chat.file_upload": False})
    refused(ask(account, messages=messages), 403)
    good(ask(account, messages=[{"role": "user", "content": parts[:1]}]))
    assert len(provider.chats) == 2


def test_a_model_is_not_offered_to_run_code(page, provider, permissions):
    features = {"features": {"code_interpreter": True}}
    Chat(page).ask("With it", **features).done()
    assert "code_interpreter" in str(provider.chats[-1].body["messages"])
    permissions(**{"features.code_interpreter": False})
    Chat(page).ask("Without it", **features).done()
    assert "code_interpreter" not in str(provider.chats[-1].body["messages"])


def test_tool_servers_of_ones_own_are_not_kept(account, permissions):
    servers = {"ui": {"toolServers": [{"url": "http://tools.example"}], "theme": "dark"}}
    permissions(**{"features.direct_tool_servers": True})
    assert account.post("/api/v1/users/user/settings/update", servers)["ui"]["toolServers"]
    permissions(**{"features.direct_tool_servers": False})
    kept = account.post("/api/v1/users/user/settings/update", servers)["ui"]
    assert "toolServers" not in kept and kept["theme"] == "dark"


# ---- Which answers may be asked for


def test_an_answer_is_not_continued(account, provider, permissions):
    messages = [{"role": "user", "content": "Count"}, {"role": "assistant", "content": "One, two,"}]
    good(ask(account, messages=messages))
    permissions(**{"chat.continue_response": False})
    refused(ask(account, messages=messages), 403)
    good(ask(account))


def again(chat, turn, index=0):
    """Asks for another answer to the question of a turn; returns the response."""
    question = chat.messages[turn.id]["parentId"]
    reply = chat.add(message("assistant", "", question, model="stub-one", modelIdx=index))
    chat.save()
    form = {
        "model": "stub-one",
        "stream": True,
        "messages": [{"role": "user", "content": "Hello"}],
        "session_id": chat.page.sid,
        "chat_id": chat.id,
        "id": reply["id"],
    }
    return chat.account.ask("POST", "/api/chat/completions", json=form)


def test_an_answer_is_not_made_anew(page, provider, permissions):
    chat = Chat(page)
    turn = chat.ask("Hello")
    turn.done()
    permissions(**{"chat.regenerate_response": False})
    refused(again(chat, turn), 403)
    # Another model beside it is another permission.
    assert again(chat, turn, index=1).json()["status"] is True
    permissions()
    assert again(chat, turn).json()["status"] is True


def test_several_models_are_not_asked_at_once(page, provider, permissions):
    chat = Chat(page)
    turn = chat.ask("Hello")
    turn.done()
    permissions(**{"chat.multiple_models": False})
    assert again(chat, turn).json()["status"] is True
    refused(again(chat, turn, index=1), 403)


def test_temporary_chats(account, open_page, provider, permissions):
    form = {"model": "stub-one", "messages": [{"role": "user", "content": "Hi"}], "chat_id": "local", "id": "m"}
    form["session_id"] = open_page(account).sid
    assert account.ask("POST", "/api/chat/completions", json=form).json()["status"] is True
    permissions(**{"chat.temporary": False})
    refused(account.ask("POST", "/api/chat/completions", json=form), 403)
    permissions(**{"chat.temporary": False, "chat.temporary_enforced": True})
    assert account.ask("POST", "/api/chat/completions", json=form).json()["status"] is True


def test_nothing_but_temporary_chats(account, admin, page, provider, permissions):
    chat = Chat(page)
    chat.ask("Kept").done()
    permissions(**{"chat.temporary_enforced": True})
    body = {"chat": {"title": "New", "history": {"messages": {}, "currentId": None}}}
    for path in ("new", "import", f"{chat.id}/clone"):
        refused(account.ask("POST", f"/api/v1/chats/{path}", json=body), 401)
    assert len(account.get("/api/v1/chats/")) == 1
    assert admin.post("/api/v1/chats/new", body)["title"] == "New"


# ---- What may be done with chats


def test_messages_are_not_deleted(page, provider, permissions):
    chat = Chat(page)
    turn = chat.ask("Hello")
    turn.done()
    whole = chat.stored()["chat"]["history"]["messages"]
    permissions(**{"chat.delete_message": False})
    question = chat.messages[turn.id]["parentId"]
    chat.messages[question]["childrenIds"] = []
    del chat.messages[turn.id]
    chat.current = question
    chat.save()
    assert set(chat.stored()["chat"]["history"]["messages"]) == set(whole)
    permissions()
    chat.save()
    assert set(chat.stored()["chat"]["history"]["messages"]) == {question}


def test_messages_are_not_edited(account, page, provider, permissions):
    chat = Chat(page)
    turn = chat.ask("Hello")
    turn.completed()
    question = chat.messages[turn.id]["parentId"]
    permissions(**{"chat.edit": False})
    chat.messages[turn.id] |= {"content": "Put in its mouth", "annotation": {"rating": 1}}
    chat.messages[question]["content"] = "Never asked"
    chat.save()
    stored = chat.stored()["chat"]["history"]["messages"]
    assert stored[turn.id]["content"] == "Hello from the stub." and stored[turn.id]["annotation"] == {"rating": 1}
    assert stored[question]["content"] == "Hello"
    path = f"/api/v1/chats/{chat.id}/messages/{turn.id}"
    refused(account.ask("POST", path, json={"content": "Put in its mouth"}), 401)
    # What is new is not an edit.
    chat.ask("More").completed()
    assert len(chat.stored()["chat"]["history"]["messages"]) == 4
    permissions()
    chat.save()
    assert chat.stored()["chat"]["history"]["messages"][turn.id]["content"] == "Put in its mouth"


REFUSED = {
    "chat.delete": ("DELETE", "/api/v1/chats/"),
    "chat.share": ("POST", "/api/v1/chats/{chat}/share"),
    "chat.export": ("GET", "/api/v1/chats/all"),
    "chat.rate_response": ("POST", "/api/v1/evaluations/feedback"),
    "features.notes": ("POST", "/api/v1/notes/create"),
}


@pytest.mark.parametrize("leaf", REFUSED)
def test_routes_that_need_a_permission(account, admin, permissions, leaf):
    method, path = REFUSED[leaf]
    body = {"chat": {"title": "New", "history": {"messages": {}, "currentId": None}}}
    forms = {"chat.rate_response": {"type": "rating", "data": {"rating": 1}}, "features.notes": {"title": "Note"}}

    def call(who):
        chat = good(who.ask("POST", "/api/v1/chats/new", json=body))["id"]
        return who.ask(method, path.format(chat=chat), json=forms.get(leaf))

    good(call(account))
    permissions(**{leaf: False})
    refused(call(account), 401)
    good(call(admin))
    if leaf == "chat.export":
        refused(account.ask("GET", "/api/v1/chats/all/archived"), 401)
        refused(account.ask("GET", "/api/v1/chats/folder/x"), 401)


# ---- The workspace


def model(access, base="stub-one"):
    form = {"id": unique("model"), "name": "Mine", "base_model_id": base, "meta": {}, "access_control": access}
    return {**form, "params": {"system": "A secret prompt"}}


def prompt(access):
    return {"command": "/" + unique("prompt"), "title": "Mine", "content": "…", "access_control": access}


@pytest.mark.parametrize("kind,make", [("models", model), ("prompts", prompt)])
def test_making_and_publishing(account, stub, permissions, kind, make):
    path = f"/api/v1/{kind}/create"
    refused(account.ask("POST", path, json=make({})), 401)
    permissions(**{f"workspace.{kind}": True})
    private = account.post(path, make(None))
    assert private["access_control"] == {}
    permissions(**{f"workspace.{kind}": True, f"sharing.public_{kind}": True})
    public = account.post(path, make(None))
    assert public["access_control"] is None
    permissions(**{f"workspace.{kind}": True})

    def change(row, access):
        name = row.get("id") or row["command"]
        place = f"models/model/update?id={name}" if kind == "models" else f"prompts/command{name}/update"
        return account.post(f"/api/v1/{place}", {**row, "access_control": access})["access_control"]

    # What is public already may stay so; nothing else becomes it.
    assert change(public, None) is None
    assert change(public, {}) == {} and change(public, None) == {}
    assert change(private, {"read": {"user_ids": ["x"]}}) == {"read": {"user_ids": ["x"]}}


def test_notes_are_not_made_public(account, permissions):
    permissions(**{"sharing.public_notes": True})
    assert account.post("/api/v1/notes/create", {"title": "Open"})["access_control"] is None
    permissions(**{"sharing.public_notes": False})
    assert account.post("/api/v1/notes/create", {"title": "Open"})["access_control"] == {}


def test_a_providers_own_model_is_the_admins(admin, account, make_account, stub, permissions):
    permissions(**{"workspace.models": True, "sharing.public_models": True})
    refused(account.ask("POST", "/api/v1/models/create", json=model(None, base=None)), 400)
    mine = account.post("/api/v1/models/create", model(None))
    refused(
        account.ask("POST", f"/api/v1/models/model/update?id={mine['id']}", json={**mine, "base_model_id": None}), 400
    )
    # Somebody it is shared with for writing writes, but does not put it on another base.
    writer = make_account()
    shared = model({"read": {"user_ids": [writer.id]}, "write": {"user_ids": [writer.id]}})
    admin.post("/api/v1/models/create", shared)
    path = f"/api/v1/models/model/update?id={shared['id']}"
    assert writer.post(path, {**shared, "name": "Better"})["name"] == "Better"
    refused(writer.ask("POST", path, json={**shared, "base_model_id": "stub-two"}), 400)


def test_readers_of_a_model_do_not_see_its_prompt(admin, account, make_account, stub):
    reader = make_account()
    shared = model({"read": {"user_ids": [reader.id]}, "write": {"user_ids": []}})
    admin.post("/api/v1/models/create", shared)
    path = "/api/v1/models/model"
    seen = eventually(lambda: reader.get(path, params={"id": shared["id"]}))
    assert seen["name"] == "Mine" and "system" not in seen["params"]
    listed = {item["id"]: item for item in reader.get("/api/models")["data"]}
    assert "A secret prompt" not in str(listed[shared["id"]])
    assert admin.get(path, params={"id": shared["id"]})["params"]["system"] == "A secret prompt"
    assert account.get(path, params={"id": shared["id"]}) is None


# ---- The tree


def test_groups_add_to_what_everybody_may(admin, account, permissions):
    permissions(**{"chat.export": False})
    refused(account.ask("GET", "/api/v1/chats/all"), 401)
    group = admin.post(
        "/api/v1/groups/create",
        {"name": unique("group"), "description": "", "permissions": {"chat": {"export": True, "delete": False}}},
    )
    admin.post(f"/api/v1/groups/id/{group['id']}/users/add", {"user_ids": [account.id]})
    account.get("/api/v1/chats/all")
    tree = account.get("/api/v1/users/permissions")
    # A group takes nothing away.
    assert tree["chat"]["export"] is True and tree["chat"]["delete"] is True
    admin.post(f"/api/v1/groups/id/{group['id']}/users/remove", {"user_ids": [account.id]})
    refused(account.ask("GET", "/api/v1/chats/all"), 401)
    admin.delete(f"/api/v1/groups/id/{group['id']}/delete")


def test_leaves_that_a_saved_tree_does_not_have_are_as_on_a_new_server(admin, account, permissions):
    config = admin.get("/api/v1/configs/export")
    config["user"] = {"permissions": {"chat": {"delete": False}}}
    admin.post("/api/v1/configs/import", {"config": config})
    account.get("/api/v1/chats/all")
    refused(account.ask("DELETE", "/api/v1/chats/"), 401)
    refused(account.ask("POST", "/api/v1/prompts/create", json=prompt({})), 401)
