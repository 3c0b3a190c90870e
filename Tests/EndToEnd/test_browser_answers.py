"""What a person does with answers: others beside them, thoughts before them, corrections, and praise."""

from clients import eventually
from provider import Answer


def test_an_answer_is_made_again_and_both_are_kept(person, account, provider):
    person.say("Again, please")
    person.answered("Hello from the stub.")
    person.see("[id^=message-]", "What else?")
    provider.answer = Answer("A second attempt.")
    person.click('[aria-label="Regenerate"]')
    person.click("[role=menuitem]", "Try Again")
    person.answered("A second attempt.")
    person.see("[id^=message-]", "2/2")
    person.shoot("answers-regenerated")

    def both_are_kept():
        first, *answers = person.stored(account)["chat"]["history"]["messages"].values()
        texts = sorted(item["content"] for item in answers)
        return len(first["childrenIds"]) == 2 and texts == ["A second attempt.", "Hello from the stub."]

    eventually(both_are_kept)
    person.driver.refresh()
    person.answered("A second attempt.")
    person.click('[aria-label="Previous message"]')
    person.answered("Hello from the stub.")


def test_a_prompt_is_edited_and_asked_again(person, account, provider):
    person.say("What is a pelikan?")
    person.answered("Hello from the stub.")
    person.see("[id^=message-]", "What else?")
    provider.answer = Answer("A bird.")
    person.hover(".user-message")
    person.click(".edit-user-message-button")
    person.type("textarea[id^=message-edit-]", "What is a pelican?")
    person.click("#confirm-edit-message-button")
    person.answered("A bird.")
    person.see(".chat-user", "What is a pelican?")
    person.see("[id^=message-]", "2/2")
    person.shoot("answers-edited")
    assert [item["content"] for item in provider.chats[-1].body["messages"]] == ["What is a pelican?"]
    person.driver.refresh()
    person.answered("A bird.")
    assert len(person.stored(account)["chat"]["history"]["messages"]) == 4


def test_an_answer_is_corrected_by_hand(person, account, provider):
    person.say("Hello")
    person.answered("Hello from the stub.")
    person.see("[id^=message-]", "What else?")
    person.click('[aria-label="Edit"]')
    person.type("textarea[id^=message-edit-]", "Hello from *me*.")
    person.click("#confirm-edit-message-button")
    person.answered("Hello from me.")
    person.driver.refresh()
    person.answered("Hello from me.")
    assert person.stored(account)["chat"]["messages"][-1]["content"] == "Hello from *me*."


def test_a_thought_is_folded_away_before_the_answer(person, account, provider):
    provider.answer = Answer("A pelican.", reasoning="It has a large beak ")
    person.say("Which bird?")
    person.answered("A pelican.")
    person.see(".chat-assistant", "Thought for")
    assert "large beak" not in person.answer()
    person.click(".chat-assistant div.cursor-pointer", "Thought for")
    person.answered("It has a large beak")
    person.shoot("answers-thought")
    person.driver.refresh()
    person.see(".chat-assistant", "Thought for")
    person.answered("A pelican.")
    kept = person.stored(account)["chat"]["messages"][-1]["content"]
    assert kept.startswith('<details type="reasoning" done="true"') and kept.endswith("A pelican.")


def test_two_models_answer_side_by_side(person, account, provider):
    provider.answers = {"stub-one": Answer("One says yes."), "stub-two": Answer("Two says no.")}
    person.choose("stub-one")
    person.click('[aria-label="Add Model"]')
    person.choose("stub-two", place=1)
    person.say("Shall we?")
    person.see(".chat-assistant", "One says yes.")
    person.see(".chat-assistant", "Two says no.")
    person.shoot("answers-side-by-side")
    person.driver.refresh()
    person.see(".chat-assistant", "One says yes.")
    person.see(".chat-assistant", "Two says no.")
    question, *answers = person.stored(account)["chat"]["history"]["messages"].values()
    assert question["models"] == ["stub-one", "stub-two"]
    assert sorted((item["model"], item["content"]) for item in answers) == [
        ("stub-one", "One says yes."),
        ("stub-two", "Two says no."),
    ]


def test_praise_is_kept(person, account, admin, provider):
    person.say("Hello")
    person.answered("Hello from the stub.")
    person.see("[id^=message-]", "What else?")
    person.click('[aria-label="Good Response"]')
    person.click("button", "Accurate information")
    person.type("[id^=message-feedback] textarea", "Just right")
    person.click("[id^=message-feedback] button", "Save")
    person.see("li", "Thanks for your feedback!")
    person.shoot("answers-praised")
    chat = person.stored(account)
    (kept,) = [item for item in admin.get("/api/v1/evaluations/feedbacks/all") if item["user_id"] == account.id]
    assert kept["data"]["rating"] == 1 and kept["data"]["comment"] == "Just right"
    assert kept["meta"]["chat_id"] == chat["id"]
    assert chat["chat"]["messages"][-1]["annotation"]["rating"] == 1
