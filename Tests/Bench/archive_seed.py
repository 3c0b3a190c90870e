"""Accounts with 100 and 15,000 chats, put into the database in bulk: through the API they would take an hour.

The text is made of 20,000 words that are as unevenly common as words are (Zipf's law), always the same ones.
"""

import collections
import itertools
import json
import random
import re
import uuid
from pydoc_data import topics

ARCHIVE = 15_000
MESSAGES = 20
LENGTH = 40
NEWEST = 1_700_000_000


def vocabulary(count):
    """English words, commonest first, as Python's own manual uses them; then rare ones, put together of two."""
    found = collections.Counter(re.findall("[a-z]{2,}", " ".join(topics.topics.values()).lower()))
    words = dict.fromkeys(word for word, _ in sorted(found.items(), key=lambda item: (-item[1], item[0])))
    parts, chance = list(words), random.Random(1)
    while len(words) < count:
        words["".join(chance.choices(parts, k=2))] = None
    return list(words)


WORDS = vocabulary(20_000)
WEIGHTS = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(WORDS))))


def chats(count, messages):
    """(number, id, title, texts) of each chat, the newest first; the same ones whenever it is asked."""
    chance = random.Random(2)
    for number in range(count):
        words = chance.choices(WORDS, cum_weights=WEIGHTS, k=messages * LENGTH)
        texts = [" ".join(words[start : start + LENGTH]) for start in range(0, len(words), LENGTH)]
        yield number, str(uuid.UUID(int=chance.getrandbits(128), version=4)), f"About {words[-1]} {words[-2]}", texts


def seed(bench):
    """Makes both accounts on our server; returns their tokens, that of the one with 15,000 chats first."""
    (long, long_token), (short, short_token) = (bench.ours.person(name) for name in ("archive", "beginner"))
    for number in range(100):
        made, _ = bench.ours.chat(f"Chat {number}", 2)
        bench.database.sql(f"update chat set account_id = '{short}' where id = '{made}'")
    with bench.database.without_text_indexes("chat_message"):
        columns = "id, account_id, title, body, current_id, flat, created_at, updated_at"
        bench.database.copy("chat", columns, (chat_row(long, *chat) for chat in chats(ARCHIVE, MESSAGES)))
        columns = "chat_id, id, parent_id, role, content, body"
        rows = (row for chat in chats(ARCHIVE, MESSAGES) for row in message_rows(*chat))
        bench.database.copy("chat_message", columns, rows)
    # What PostgreSQL does by itself within a minute.
    bench.database.sql("vacuum (analyze) chat", "vacuum (analyze) chat_message")
    return long_token, short_token


def chat_row(account, number, chat, title, texts):
    body = json.dumps({"title": title, "models": ["bench-00"], "params": {}, "tags": []})
    time = NEWEST - 60 * number
    return f"{chat}\t{account}\t{title}\t{body}\t{message_id(chat, len(texts) - 1)}\tbranch\t{time}\t{time}\n"


def message_rows(number, chat, title, texts):
    for place, text in enumerate(texts):
        parent = message_id(chat, place - 1) if place else r"\N"
        body = json.dumps({"timestamp": NEWEST, "models": ["bench-00"]})
        role = "assistant" if place % 2 else "user"
        yield f"{chat}\t{message_id(chat, place)}\t{parent}\t{role}\t{text}\t{body}\n"


def message_id(chat, place):
    return f"{chat[:-4]}{place:04x}"


def seed_reference(bench):
    """The same 15,000 chats in the reference's own form; returns its account's token."""
    account, token = bench.reference.server.person("archive")
    columns = "id, user_id, title, chat, created_at, updated_at, archived, pinned, meta"
    rows = (document_row(account, *chat) for chat in chats(ARCHIVE, MESSAGES))
    bench.reference.database.copy("chat", columns, rows)
    bench.reference.database.sql("vacuum (analyze) chat")
    return token


def document_row(account, number, chat, title, texts):
    """A row as the reference keeps it: the history and, once more, its branch in one document."""
    messages = []
    for place, text in enumerate(texts):
        links = {"parentId": message_id(chat, place - 1) if place else None}
        links["childrenIds"] = [message_id(chat, place + 1)] if place + 1 < len(texts) else []
        told = {"role": "assistant" if place % 2 else "user", "content": text, "timestamp": NEWEST}
        messages.append({"id": message_id(chat, place), **links, **told, "models": ["bench-00"]})
    history = {"messages": {item["id"]: item for item in messages}, "currentId": messages[-1]["id"]}
    document = {"title": title, "models": ["bench-00"], "params": {}, "tags": [], "history": history}
    text = json.dumps(document | {"messages": messages})
    time = NEWEST - 60 * number
    return f"{chat}\t{account}\t{title}\t{text}\t{time}\t{time}\tf\tf\t{{}}\n"
