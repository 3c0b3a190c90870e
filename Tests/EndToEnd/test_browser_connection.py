"""A page that loses its connection in the middle of an answer, or leaves it: what it shows later without being loaded anew."""

import threading

import processes
import pytest
from clients import eventually
from provider import Answer, words

IDLE = 'button[aria-label="Voice mode"]'


@pytest.fixture
def half_an_answer(person, provider):
    """A page that shows the first 20 of 60 words."""
    provider.answer = Answer(words(60), gate=threading.Event(), gate_at=20)
    person.say("Tell me words")
    person.answered("word0019")
    return person


def shows_all(page):
    """Waits until the whole answer is there, and nothing is waited for."""
    page.see(IDLE)
    assert page.answer().split()[-60:] == words(60).split()


def test_an_answer_that_ends_while_the_page_is_cut_off_is_shown_when_it_is_back(half_an_answer, provider):
    old = processes.kill("streamd")
    provider.answer.gate.set()
    shows_all(half_an_answer)
    processes.await_return("streamd", old)


def test_an_answer_goes_on_when_the_page_is_back(half_an_answer, provider):
    old = processes.kill("streamd")
    processes.await_return("streamd", old)
    # The rest comes when the page is connected again, or while it is not: both end well.
    provider.answer.gate.set()
    shows_all(half_an_answer)
    half_an_answer.shoot("connection-back")
    # The next prompt goes over the new connection.
    half_an_answer.say("Once more")
    eventually(lambda: len(half_an_answer.elements(".chat-assistant")) == 2)
    shows_all(half_an_answer)


def test_an_answer_goes_on_when_the_chat_is_left_and_tells_its_end(half_an_answer, provider):
    page = half_an_answer
    chat = page.path
    provider.title = "Left alone"
    page.click("#sidebar-new-chat-button")
    eventually(lambda: page.path == "/")
    provider.answer.gate.set()
    page.see("li", "word0059")
    page.shoot("connection-told")
    page.click("#sidebar a", "Left alone")
    eventually(lambda: page.path == chat)
    page.answered("word0059")
    shows_all(page)
