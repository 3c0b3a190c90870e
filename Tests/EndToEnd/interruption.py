"""What the cases share that interrupt an answer: one that goes on for as long as they like, and what must be left of it."""

import threading

import openai
import requests
from clients import BASE, PATIENCE, Account, eventually
from provider import Answer, words

# An answer whose process died is taken over when the lease on it has run out.
TAKEOVER = 120
WORDS = 3000
# What a killed process may lose, in seconds: one, and one more on a machine that does much else.
LOSS = 2.0
HELLO = [{"role": "user", "content": "Tell me words"}]


def long_answer():
    """Fifty words a second; it does not end before it is told to hurry."""
    return Answer(words(WORDS), pause=0.02, gate=threading.Event(), gate_at=WORDS - 100)


def in_the_middle(chat, count=100):
    """Asks, and waits until so many words of the answer are shown."""
    turn = chat.ask("Tell me words")
    eventually(lambda: len(turn.shows().split()) > count)
    return turn


def ended(turn):
    """The stored message, once no task is left and it says how it ended."""

    def look():
        try:
            stored = turn.stored()
            return not turn.chat.tasks() and (stored.get("done") or stored.get("error")) and stored
        except (AssertionError, requests.RequestException):
            return None

    return eventually(look, TAKEOVER, 0.2)


def holds(stored, call, killed):
    """Whether a text is what the provider had said, but for the last second before the kill."""
    text = stored["content"]
    assert words(WORDS).startswith(text.rstrip()), f"the text is damaged: {text[-200:]!r}"
    said = call.text(until=killed - LOSS).rstrip()
    assert len(text) >= len(said), f"{len(said)} characters were sent a second before, {len(text)} are kept"


def is_whole(chat, turn):
    """No row is half-written: the chat is what its client made, and both messages have all that makes a message."""
    row = chat.stored()
    history = row["chat"]["history"]
    question = chat.messages[chat.messages[turn.id]["parentId"]]
    assert set(history["messages"]) == set(chat.messages) and history["currentId"] == turn.id
    answer = history["messages"][turn.id]
    assert answer["role"] == "assistant" and answer["parentId"] == question["id"] and answer["model"] == "stub-one"
    assert history["messages"][question["id"]]["content"] == question["content"]
    assert history["messages"][question["id"]]["childrenIds"] == [turn.id]


def goes_on(turn):
    """Whether the answer is made to its end, shown and stored, as if nothing had been."""
    assert turn.done(TAKEOVER)["content"] == words(WORDS) == turn.shows() == turn.stored()["content"]
    assert not turn.stored().get("error")
    is_whole(turn.chat, turn)


def join_again(page):
    """Waits until the page's socket, which was lost, is back and knows whose it is."""
    eventually(lambda: page.connections > 1 and page.io.connected)
    token = page.account.token
    assert page.io.call("user-join", {"auth": {"token": token}}, timeout=PATIENCE)["id"] == page.account.id


class Stream:
    """An answer for a program, and its text so far."""

    def __init__(self, account, count=100):
        client = openai.OpenAI(base_url=BASE + "/api", api_key=account.token, max_retries=0, timeout=TAKEOVER)
        self.events = iter(client.chat.completions.create(model="stub-one", messages=HELLO, stream=True))
        self.text = ""
        while len(self.text.split()) <= count:
            self._take(next(self.events))

    def _take(self, event):
        self.text += "".join(choice.delta.content or "" for choice in event.choices)

    def rest(self):
        for event in self.events:
            self._take(event)
        return self.text


class Load:
    """Clients that ask for their chats, one request after the other, as long as the block lasts."""

    def __init__(self, account, clients=8):
        self.token = account.token
        self.answered, self.failed = [0] * clients, [0] * clients
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.go_on()
        return self

    def __exit__(self, *error):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def go_on(self, count=20):
        """Until each client has got so many answers more."""
        wanted = [before + count for before in self.answered]
        eventually(lambda: all(now >= goal for now, goal in zip(self.answered, wanted)))

    def _run(self, number):
        account = Account(self.token)
        while not self._stop.is_set():
            try:
                good = account.ask("GET", "/api/v1/chats/").status_code == 200
            except OSError:
                good = False
            counts = self.answered if good else self.failed
            counts[number] += 1
