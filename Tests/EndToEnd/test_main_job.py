"""The main job: pick a model, chat, and find it kept."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients import Chat, eventually, message, refused, unique
from conftest import connect
from provider import DONE, Answer, chunk, words


def models(account):
    return {item["id"]: item for item in account.get("/api/models")["data"]}


# ---- Models


def test_the_model_list_holds_the_provider_s_models(account, stub):
    found = models(account)
    for name in stub.models:
        assert found[name]["owned_by"] == "openai" and found[name]["name"] == name


def test_a_model_without_a_row_is_for_admins(admin, account, stub):
    stub.models.append("stub-closed")
    try:
        connect(admin, stub)
        assert "stub-closed" in models(admin) and "stub-closed" not in models(account)
        body = {"model": "stub-closed", "messages": [{"role": "user", "content": "Hello"}]}
        assert refused(account.ask("POST", "/api/chat/completions", json=body), 400) == "Model not found"
    finally:
        stub.models.remove("stub-closed")
        connect(admin, stub)


def test_a_dead_provider_hides_nothing_of_the_others(admin, account, stub):
    try:
        connect(admin, "http://127.0.0.1:9/v1", stub)
        assert set(stub.models) <= set(models(account))
    finally:
        connect(admin, stub)


def test_without_a_provider_there_is_a_demonstration_model(admin, account, stub, page):
    try:
        connect(admin)
        eventually(lambda: not set(stub.models) & set(models(account)))
        (name,) = [id for id, item in models(account).items() if "emonstration" in item["name"]]
        chat = Chat(page)
        turn = chat.ask("Is anybody there?", name, tasks=True)
        assert "demonstration" in turn.done()["content"] and "Is anybody there?" in turn.shows()
        page.wait(turn.id, "chat:title")
        stored = chat.stored()
        assert stored["title"] not in ("", "New Chat")
        assert stored["chat"]["history"]["messages"][turn.id]["content"] == turn.shows()
    finally:
        connect(admin, stub)


# ---- A turn


def test_a_turn_streams_and_is_kept(page, provider):
    provider.answer = Answer(words(200), pause=0.005)
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    done = turn.done()
    assert done["content"] == words(200) == turn.shows()
    # The text is there before its end is told.
    stored = turn.stored()
    assert stored["content"] == words(200) and stored["model"] == "stub-one" and stored["role"] == "assistant"
    events = [event["data"] for event in page.heard(turn.id, "chat:completion")]
    assert sum(bool(event.get("choices")) for event in events) > 20
    # A text that is no longer short goes out as deltas; the whole of it is told a few times, not once a word.
    assert sum(len(event.get("content") or "") > 1000 for event in events) < 10
    turn.completed()
    row = chat.stored()
    assert row["title"] == "New Chat" and row["chat"]["history"]["currentId"] == turn.id
    assert [item["content"] for item in row["chat"]["messages"]] == ["Tell me words", words(200)]
    assert row["id"] in [item["id"] for item in page.account.get("/api/v1/chats/?page=1")]
    eventually(lambda: chat.tasks() == [])


def test_the_provider_gets_the_conversation_and_nothing_internal(page, provider):
    chat = Chat(page)
    chat.ask("First", params={"temperature": 0.5, "max_tokens": 99}, features={"memory": False}, variables={}).done()
    chat.branch(chat.current)[-1]["content"] = "Hello from the stub."
    chat.ask("Second", tool_ids=[], filter_ids=[], files=[], model_item={"id": "stub-one"}).done()
    first, second = provider.chats
    assert first.body["temperature"] == 0.5 and first.body["max_tokens"] == 99 and first.body["stream"] is True
    assert [item["content"] for item in second.body["messages"]] == ["First", "Hello from the stub.", "Second"]
    assert first.headers["Authorization"] == "Bearer sk-stub-secret"
    known = {"model", "messages", "stream", "stream_options", "temperature", "max_tokens"}
    assert set(first.body) | set(second.body) <= known


def test_title_tags_and_follow_ups_come_after_the_answer(page, provider):
    provider.title, provider.tags, provider.follow_ups = (
        "Words and more",
        ["words", "science"],
        ["Which words?", "Why?"],
    )
    chat = Chat(page)
    turn = chat.ask("Tell me words", tasks=True)
    turn.completed()
    assert page.wait(turn.id, "chat:message:follow_ups") == {"follow_ups": provider.follow_ups}
    assert page.wait(turn.id, "chat:title") == "Words and more"
    assert page.wait(turn.id, "chat:tags") == ["words", "science"]
    assert provider.tasks == ["follow_ups", "title", "tags"]
    # The client saves its own copy once more, which knows nothing of all this.
    chat.save()
    row = chat.stored()
    assert row["title"] == "Words and more"
    assert row["chat"]["history"]["messages"][turn.id]["followUps"] == provider.follow_ups
    assert {tag["name"] for tag in page.account.get(f"/api/v1/chats/{chat.id}/tags")} == {"words", "science"}
    assert {"words", "science"} <= {tag["name"] for tag in page.account.get("/api/v1/chats/all/tags")}


def test_reasoning_becomes_a_details_block(page, provider):
    provider.answer = Answer("The answer is 4.", reasoning="Two and two make four")
    content = Chat(page).ask("What is 2 + 2?").done()["content"]
    assert content.startswith('<details type="reasoning" done="true" duration="')
    assert "> Two and two make four" in content and content.endswith("The answer is 4.")


def test_thinking_tags_become_a_details_block(page, provider):
    provider.answer = Answer(deltas=["<thi", "nk>Let me", " see.</th", "ink>", "It is", " 4."])
    turn = Chat(page).ask("What is 2 + 2?")
    content = turn.done()["content"]
    assert "<think>" not in content and "> Let me see." in content and content.endswith("It is 4.")
    assert turn.shows() == content == turn.stored()["content"]


def test_several_models_answer_in_one_turn(page, provider):
    provider.answers = {name: Answer(f"{name} says {words(60)}", pause=0.004) for name in provider.models}
    chat = Chat(page)
    turns = chat.ask("Who are you?", *provider.models)
    for turn, name in zip(turns, provider.models):
        assert turn.done()["content"] == f"{name} says {words(60)}"
    stored = chat.stored()["chat"]["history"]["messages"]
    for turn, name in zip(turns, provider.models):
        assert stored[turn.id]["content"] == f"{name} says {words(60)}" and stored[turn.id]["model"] == name
        assert turn.shows() == stored[turn.id]["content"]


def test_an_answer_is_continued(page, provider):
    chat = Chat(page)
    provider.answer = Answer("One, two, three,")
    first = chat.ask("Count")
    mine = first.completed()
    provider.answer = Answer(" four, five.")
    mine["done"] = False
    again = chat.answer(mine, "stub-one", earlier=chat.branch(first.id))
    page.wait(again.id, "chat:completion", lambda data: data.get("done") and "five" in data["content"])
    assert again.stored()["content"] == "One, two, three, four, five." or (
        again.stored()["content"].replace("\n", " ").split() == "One, two, three, four, five.".split()
    )
    asked = provider.chats[-1].body["messages"]
    assert [item["role"] for item in asked] == ["user", "assistant"] and asked[-1]["content"] == "One, two, three,"


def test_stop_keeps_the_partial_text(page, provider):
    provider.answer = Answer(words(500), pause=0.02)
    chat = Chat(page)
    turn = chat.ask("Tell me words", tasks=True)
    eventually(lambda: len(turn.shows().split()) > 10)
    assert chat.tasks() == [turn.task] and turn.task in page.account.get("/api/tasks")["tasks"]
    page.account.post(f"/api/tasks/stop/{turn.task}")
    page.wait(turn.id, "chat:tasks:cancel")
    eventually(lambda: provider.chats[-1].aborted)
    eventually(lambda: chat.tasks() == [])
    text = turn.stored()["content"]
    assert words(500).startswith(text) and 10 < len(text.split()) < 500
    assert text == turn.shows().strip()
    assert not page.heard(turn.id, "chat:title") and provider.tasks == []


def test_a_stranger_neither_sees_nor_stops_a_task(page, provider, make_account):
    provider.answer = Answer(words(30), gate=threading.Event())
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    stranger = make_account()
    assert turn.task not in stranger.get("/api/tasks")["tasks"]
    assert stranger.ask("GET", f"/api/tasks/chat/{chat.id}").json().get("task_ids", []) == []
    assert stranger.ask("POST", f"/api/tasks/stop/{turn.task}").json().get("status") is not True
    provider.answer.gate.set()
    assert turn.done()["content"] == words(30)


REFUSALS = [
    (Answer(status=500, body={"error": {"message": "the stub is tired"}}), "the stub is tired"),
    (Answer(status=429, body={"detail": "slow down, please"}), "slow down, please"),
    (Answer(status=503, body="<html>out of order</html>"), "out of order"),
    (Answer(status=200, body="this is no JSON"), ""),
]


@pytest.mark.parametrize("answer,reason", REFUSALS, ids=["error", "detail", "text", "nonsense"])
def test_a_provider_s_refusal_is_shown_and_saved(page, provider, answer, reason):
    provider.answer = answer
    chat = Chat(page)
    turn = chat.ask("Hello")
    shown = page.wait(turn.id, "chat:message:error")
    assert reason in str(shown["error"]["content"]) and shown["error"]["content"]
    assert eventually(lambda: turn.stored().get("error"))["content"] == shown["error"]["content"]
    eventually(lambda: chat.tasks() == [])
    # The chat is none the worse for it.
    provider.answer = Answer()
    assert chat.ask("Again").done()["content"] == "Hello from the stub."


def test_an_unreachable_provider_is_an_error(admin, account, page, stub):
    form = {"enable": True, "model_ids": ["dead-model"]}
    config = {
        "ENABLE_OPENAI_API": True,
        "OPENAI_API_BASE_URLS": [stub.url, "http://127.0.0.1:9/v1"],
        "OPENAI_API_KEYS": ["sk-stub-secret", ""],
        "OPENAI_API_CONFIGS": {"0": {"enable": True}, "1": form},
    }
    row = {"id": "dead-model", "name": "dead", "base_model_id": None, "meta": {}, "params": {}, "is_active": True}
    try:
        admin.post("/openai/config/update", config)
        admin.ask("POST", "/api/v1/models/create", json={**row, "access_control": None})
        eventually(lambda: "dead-model" in models(account))
        turn = Chat(page).ask("Hello", "dead-model")
        assert page.wait(turn.id, "chat:message:error")["error"]["content"]
        assert turn.stored()["error"]["content"]
    finally:
        admin.ask("DELETE", "/api/v1/models/model/delete", params={"id": "dead-model"})
        connect(admin, stub)


def test_a_cut_stream_keeps_what_was_shown(page, provider):
    provider.answer = Answer(words(50), pause=0.002, cut=True)
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    eventually(lambda: chat.tasks() == [] and turn.stored()["content"])
    stored = turn.stored()
    assert stored["content"] == words(50) == turn.shows()
    ended = page.heard(turn.id, "chat:message:error") or page.heard(turn.id, "chat:tasks:cancel")
    assert ended or any(event["data"].get("done") for event in page.heard(turn.id, "chat:completion"))


def test_an_error_inside_a_stream_is_shown_and_what_came_before_is_kept(page, provider):
    error = b'data: {"error": {"message": "context too long"}}\n\n'
    provider.answer = Answer(raw=[chunk({"content": "So far"}), error, DONE])
    turn = Chat(page).ask("Hello")
    eventually(lambda: "context too long" in str(page.heard(turn.id)))
    eventually(lambda: turn.chat.tasks() == [])
    assert turn.stored()["content"] == "So far"


def test_odd_streams_are_read(page, provider):
    big = "x" * 300_000
    raw = chunk({"content": "Grüße 🎉 "}) + chunk({"content": big})
    crlf = chunk({"content": " end"}).replace(b"\n\n", b"\r\n\r\n")
    # Cut into pieces in the middle of characters, of lines and of line ends.
    parts = [b": a comment\n\n", *(raw[at : at + 7] for at in range(0, 140, 7)), raw[140:], crlf[:-1], crlf[-1:], DONE]
    provider.answer = Answer(raw=parts)
    turn = Chat(page).ask("Hello")
    assert turn.done()["content"] == f"Grüße 🎉 {big} end" == turn.shows() == turn.stored()["content"]


def test_a_whole_answer_to_a_streaming_client(page, provider):
    provider.answer = Answer("All at once.")
    turn = Chat(page).ask("Hello", stream=False)
    assert turn.done()["content"] == "All at once." == turn.shows()
    assert eventually(lambda: turn.stored()["content"]) == "All at once."
    assert provider.chats[-1].body["stream"] is False


def test_a_temporary_chat_is_told_and_not_stored(page, provider):
    before = page.account.get("/api/v1/chats/")
    turn = Chat(page, temporary=True).ask("Between us", tasks=True)
    assert turn.done()["content"] == "Hello from the stub." == turn.shows()
    assert page.account.get("/api/v1/chats/") == before
    page.wait(turn.id, "chat:message:follow_ups")
    assert not page.heard(turn.id, "chat:title")


def test_the_alias_of_the_route_does_the_same(page, provider):
    turn = Chat(page).ask("Hello", path="/api/v1/chat/completions")
    assert turn.done()["content"] == "Hello from the stub." == turn.stored()["content"]


# ---- Presets


@pytest.fixture
def preset(admin, stub):
    """preset(**fields) -> the id of a workspace model on top of `stub-one`, open to everybody."""
    made = []

    def make(**fields):
        form = {"id": unique("preset"), "name": "A preset", "base_model_id": "stub-one", "meta": {}, "params": {}}
        made.append({**form, "access_control": None, "is_active": True, **fields})
        admin.post("/api/v1/models/create", made[-1])
        return made[-1]["id"]

    yield make
    for form in made:
        admin.delete("/api/v1/models/model/delete", params={"id": form["id"]})


def test_a_preset_puts_its_parameters_over_the_chat_s(page, provider, preset):
    params = {
        "system": "You are {{USER_NAME}}'s parrot.",
        "temperature": "0.25",
        "max_tokens": 77,
        "stop": ["\\n\\n", "END"],
        "logit_bias": "10:5, 11:-400",
        "custom_params": {"top_a": "0.5", "note": "plain"},
    }
    name = preset(params=params)
    Chat(page).ask("Hello", name, params={"temperature": 1, "seed": 7}).done()
    asked = provider.chats[-1].body
    assert asked["model"] == "stub-one" and asked["temperature"] == 0.25 and asked["max_tokens"] == 77
    assert asked["seed"] == 7 and asked["stop"] == ["\n\n", "END"] and asked["logit_bias"] == {"10": 5, "11": -100}
    assert asked["top_a"] == 0.5 and asked["note"] == "plain"
    system = [item["content"] for item in asked["messages"] if item["role"] == "system"]
    assert system == [f"You are {page.account.details['name']}'s parrot."]


def test_a_preset_stands_on_a_model_that_is_open_to_its_user(admin, page, provider, preset):
    private = preset(
        access_control={"read": {"user_ids": [], "group_ids": []}, "write": {"user_ids": [], "group_ids": []}}
    )
    assert private not in models(page.account) and private in models(admin)
    body = {"model": private, "messages": [{"role": "user", "content": "Hello"}]}
    refused(page.account.ask("POST", "/api/chat/completions", json=body), 400)


# ---- Several clients


def test_a_second_tab_in_the_middle_of_an_answer_sees_all_of_it(page, open_page, provider):
    provider.answer = Answer(words(400), gate=threading.Event(), gate_at=200)
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    eventually(lambda: turn.shows().strip() == words(200))
    second = open_page(page.account)
    assert second.open(chat.id) == [turn.task]
    # Before another word comes, it is told what it lacks.
    eventually(lambda: second.shows(turn.id).strip() == words(200))
    provider.answer.gate.set()
    assert second.wait_done(turn.id)["content"] == words(400)
    live = [event for event in second.heard(turn.id, "chat:completion") if event["data"].get("choices")]
    assert live, "the second tab heard no deltas"
    assert second.shows(turn.id) == words(400) == turn.shows() == turn.stored()["content"]


def test_tabs_that_come_at_any_moment_never_show_a_gap_or_a_repeat(page, open_page, provider):
    provider.answer = Answer(words(600), pause=0.005)
    chat = Chat(page)
    turn = chat.ask("Tell me words")
    tabs = []
    for _ in range(5):
        tabs.append(open_page(page.account))
        assert tabs[-1].open(chat.id) == [turn.task]
    # Once a tab has been told the whole text, it stays on it.
    for tab in tabs:
        tab.wait(turn.id, "chat:completion", lambda data: data.get("content"))
        assert words(600).startswith(tab.shows(turn.id).strip())
    for tab in [page, *tabs]:
        tab.wait_done(turn.id)
        assert tab.shows(turn.id) == words(600)


def test_a_closed_tab_stops_nothing(page, open_page, provider):
    provider.answer = Answer(words(100), gate=threading.Event())
    tab = open_page(page.account)
    chat = Chat(tab)
    turn = chat.ask("Tell me words")
    eventually(lambda: turn.shows())
    tab.close()
    provider.answer.gate.set()
    eventually(lambda: chat.tasks() == [])
    assert turn.stored()["content"] == words(100) and page.wait_done(turn.id)


def with_question(chat, stored, text):
    """A page's copy of a chat with one more question and its answer."""
    copy = Chat(chat.page)
    copy.id, copy.messages, copy.current = chat.id, stored["messages"], stored["currentId"]
    question = copy.add(message("user", text, copy.current, models=["stub-one"]))
    copy.add(message("assistant", f"About {text}", question["id"], model="stub-one", done=True))
    return copy


def test_two_clients_that_save_one_chat_at_once_lose_nothing(page, provider):
    chat = Chat(page)
    chat.ask("Hello").completed()
    for round in range(5):
        copies = [
            with_question(chat, chat.stored()["chat"]["history"], f"tab {tab} of round {round}") for tab in (1, 2, 3)
        ]
        gate = threading.Barrier(3)

        def save(copy):
            gate.wait()
            return copy.save()

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(save, copies))
        stored = chat.stored()["chat"]["history"]
        for copy in copies:
            for id, item in copy.messages.items():
                assert stored["messages"][id]["content"] == item["content"]
                assert stored["messages"][id]["parentId"] == item["parentId"]
        assert stored["currentId"] in [copy.current for copy in copies]
    assert len(stored["messages"]) == 2 + 5 * 3 * 2


def test_statuses_reported_at_the_same_moment_are_all_kept(page, provider):
    chat = Chat(page)
    turn = chat.ask("Hello")
    turn.done()
    path = f"/api/v1/chats/{chat.id}/messages/{turn.id}/event"

    def report(number):
        body = {"type": "status", "data": {"description": f"step {number}", "done": True}}
        return page.account.ask("POST", path, json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(report, range(24))) == {200}
    kept = turn.stored()["statusHistory"]
    assert sorted(item["description"] for item in kept) == sorted(f"step {number}" for number in range(24))


def test_a_stale_tab_that_saves_during_an_answer_removes_nothing(page, provider):
    chat = Chat(page)
    chat.ask("Earlier").completed()
    stale = Chat(page)
    stored = chat.stored()["chat"]["history"]
    stale.id, stale.messages, stale.current = chat.id, stored["messages"], stored["currentId"]
    provider.answer = Answer(words(60), gate=threading.Event())
    turn = chat.ask("Now")
    eventually(lambda: turn.shows())
    stale.save()
    provider.answer.gate.set()
    turn.done()
    kept = chat.stored()["chat"]["history"]["messages"]
    assert kept[turn.id]["content"] == words(60) and kept[kept[turn.id]["parentId"]]["content"] == "Now"


# ---- Lists


def test_chats_are_listed_pinned_archived_and_deleted(page, provider):
    account = page.account
    chats = []
    for number in range(3):
        chats.append(Chat(page, title=f"Chat {number}"))
        chats[-1].ask(f"Question {number}").completed()
    listed = account.get("/api/v1/chats/?page=1")
    assert {"Chat 0", "Chat 1", "Chat 2"} == {item["title"] for item in listed}
    assert account.get("/api/v1/chats/?page=2") == []
    account.post(f"/api/v1/chats/{chats[0].id}/pin")
    assert [item["id"] for item in account.get("/api/v1/chats/pinned")] == [chats[0].id]
    account.post(f"/api/v1/chats/{chats[1].id}/archive")
    assert chats[1].id not in [item["id"] for item in account.get("/api/v1/chats/?page=1")]
    assert account.delete(f"/api/v1/chats/{chats[2].id}") is True
    assert account.ask("GET", f"/api/v1/chats/{chats[2].id}").status_code in (401, 404)
    account.post(f"/api/v1/chats/{chats[0].id}", {"chat": {"title": "Renamed"}})
    row = chats[0].stored()
    assert row["title"] == "Renamed" and len(row["chat"]["history"]["messages"]) == 2


def test_a_message_that_a_client_deletes_is_gone(page, provider):
    chat = Chat(page)
    first = chat.ask("Keep this")
    first.completed()
    chat.ask("Not this").completed()
    kept = chat.branch(first.id)
    chat.messages = {item["id"]: item for item in kept}
    chat.messages[first.id]["childrenIds"], chat.current = [], first.id
    chat.save()
    assert set(chat.stored()["chat"]["history"]["messages"]) == set(chat.messages)
