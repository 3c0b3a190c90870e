"""Packets and frames of a careless or hostile client: each ends its own connection at most."""

import pytest
import requests
from clients import BASE, Chat
from provider import Answer
from wire import ENGINE, WebSocket, engine, nested

pytestmark = pytest.mark.usefixtures("no_process_ends")

BROKEN_PACKETS = [
    "",
    "9",
    "x",
    "4",
    "49",
    "4x",
    "40{not json",
    "40[1]",
    "42",
    "42[",
    "42{}",
    "42[]",
    "42[5]",
    "42" + "9" * 400 + '["usage"]',
    "43[1]",
    "431{}",
    "44{}",
    "451",
    '45-["x"]',
    '4599999999-["x"]',
    "42" + nested(200),
    '42["' + nested(100_000) + "",
    '42["user-join",' + nested(200) + "]",
    "0{}",
    "40/" + "n" * 5000 + ",",
]


@pytest.mark.parametrize("packet", BROKEN_PACKETS, ids=[repr(packet[:24]) for packet in BROKEN_PACKETS])
def test_malformed_packets_end_their_connection_alone(page, packet):
    line = engine()
    line.send(f'40{{"token":"{page.account.token}"}}')
    assert line.text().startswith("40{")
    line.send(packet)
    assert line.ending() in (1002, 1003, 1007, 1008)
    assert page.io.call("user-join", {"auth": {"token": page.account.token}}, timeout=60)["id"] == page.account.id


def test_attachments_that_are_not_due(page):
    for packets in (
        [(b"\x01\x02", 2)],
        [('451-["x",{"_placeholder":true,"num":0}]', 1), ("2", 1), ('42["x"]', 1)],
        [('451-["x",{"_placeholder":true,"num":7}]', 1), (b"\x01", 2)],
        [('451-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]', 1), (b"\x01", 2)],
    ):
        line = engine()
        line.send(f'40{{"token":"{page.account.token}"}}')
        assert line.text().startswith("40{")
        for payload, opcode in packets:
            line.send(payload, opcode)
        assert line.ending() in (1002, 1003, 1008)


@pytest.mark.parametrize(
    "event",
    ["user-join", "join-channels", "join-note", "usage", "channel-events", "ydoc:document:join", "no-such-event"],
)
@pytest.mark.parametrize(
    "argument", ["5", "null", "[]", '"text"', '{"auth":5}', '{"auth":{"token":5}}', '{"note_id":{}}']
)
def test_events_with_wrong_arguments_are_ignored(account, event, argument):
    line = engine()
    line.send(f'40{{"token":"{account.token}"}}')
    assert line.text().startswith("40{")
    line.send(f'421["{event}",{argument}]')
    line.send('422["user-join",{"auth":{"token":"' + account.token + '"}}]')
    while not (heard := line.text() or "closed").startswith(("432", "closed")):
        pass
    assert account.id in heard
    line.close()


def test_addresses_that_are_no_engine():
    for query in (
        "",
        "?EIO=4",
        "?EIO=4&transport=polling",
        "?EIO=4&transport=carrier-pigeon",
        "?EIO=4&transport=websocket",
        "?EIO=3&transport=polling",
    ):
        response = requests.get(f"{BASE}/ws/socket.io/{query}", timeout=60)
        assert response.status_code == 400 and response.text
    for query in ("?EIO=3&transport=websocket", "?EIO=4&transport=websocket&sid=no-such-session"):
        assert WebSocket(f"/ws/socket.io/{query}").answer.status in (400, 403)
    assert requests.post(f"{BASE}/ws/socket.io/?EIO=4&transport=polling&sid=x", data="4", timeout=60).status_code == 400
    assert WebSocket("/ws/no-such-thing").answer.status in (400, 403, 404)


def test_attachments_that_are_too_much(page):
    for announced, size in ((1000, 1), (10, 900_000)):
        line = engine()
        line.send(f'40{{"token":"{page.account.token}"}}')
        assert line.text().startswith("40{")
        line.send(f'45{announced}-["x"]')
        for _ in range(announced):
            line.send(b"\x01" * size, 2)
        assert line.ending() in (0, 1002, 1008, 1009)
    assert page.io.call("user-join", {"auth": {"token": page.account.token}}, timeout=60)["id"] == page.account.id


EVENTS = [
    "user-join",
    "join-channels",
    "join-note",
    "usage",
    "channel-events",
    "chat-events",
    "ydoc:document:join",
    "ydoc:document:state",
    "ydoc:document:update",
    "ydoc:document:leave",
    "ydoc:awareness:update",
    "connect",
    "disconnect",
    "",
    "no-such-event",
]


@pytest.mark.parametrize("auth", ["", "{}", '{"token":"nonsense"}', '{"token":5}', "null"])
def test_events_of_a_stranger_do_nothing(page, provider, auth):
    """A socket without a token is taken, as the web client needs it before signing in; but it hears and does nothing."""
    line = engine()
    line.send(f"40{auth}")
    assert line.text().startswith("40{")
    for event in EVENTS:
        for argument in ("{}", f'{{"note_id":"x","document_id":"note:x","user_id":"{page.account.id}","update":[1]}}'):
            line.send(f'42["{event}",{argument}]')
    # What the account is told reaches its own page alone.
    assert Chat(page).ask("Hello").done()["content"]
    line.send('427["user-join",{"auth":{"token":"' + page.account.token + '"}}]')
    heard = [line.text()]
    while heard[-1] and not heard[-1].startswith("437"):
        heard.append(line.text())
    assert page.account.id in heard[-1]
    assert not [packet for packet in heard[:-1] if "chat-events" in packet or page.account.id in packet]
    line.close()


@pytest.mark.parametrize("path", [ENGINE, "/api/ws/chat"])
def test_frames_over_the_limit(path):
    for frame in (
        {"payload": b"4" * 1_100_000},
        {"payload": b"", "length": 1 << 40},
        {"payload": b"", "length": (1 << 63) + 5},
        {"payload": b"4" * 600_000, "fin": False},
    ):
        line = WebSocket(path)
        line.send(**frame)
        if frame.get("fin") is False:
            line.send(b"4" * 600_000, opcode=0)
        assert line.ending() in (0, 1002, 1009)
        line.close()


@pytest.mark.parametrize("path", [ENGINE, "/api/ws/chat"])
def test_frames_that_break_the_protocol(account, path):
    for frames in (
        [{"payload": "4", "mask": False}],
        [{"payload": "4", "reserved": 4}],
        [{"payload": "4", "opcode": 3}],
        [{"payload": "4", "opcode": 11}],
        [{"payload": "4", "opcode": 0}],
        [{"payload": b"\xff\xfe4", "opcode": 1}],
        [{"payload": b"x" * 200, "opcode": 9}],
        [{"payload": "4", "opcode": 9, "fin": False}],
        [{"payload": "4", "fin": False}, {"payload": "4"}],
    ):
        line = WebSocket(path, f"Authorization: Bearer {account.token}")
        assert line.answer.status == 101
        for frame in frames:
            line.send(**frame)
        assert line.ending() in (0, 1002, 1003, 1007), frames
        line.close()


def test_a_socket_that_does_not_read_is_dropped_and_holds_up_nobody(page, provider):
    line = engine()
    line.send(f'40{{"token":"{page.account.token}"}}')
    assert line.text().startswith("40{")
    line.send('421["user-join",{"auth":{"token":"' + page.account.token + '"}}]')
    assert line.text().startswith("431[")
    provider.answer = Answer(deltas=["x" * 100_000] * 10)
    # Far more than fits between the two.
    for _ in range(10):
        turn = Chat(page).ask("Hello")
        assert len(turn.done()["content"]) == 1_000_000
    while line.frame():
        pass
    assert page.io.connected and page.connections == 1


def test_a_flood_of_fragments_and_pings(page):
    line = engine()
    line.send("4", fin=False)
    for _ in range(20_000):
        line.send("", opcode=0, fin=False)
    assert line.ending() in (0, 1002, 1008, 1009)
    line = engine()
    for _ in range(20_000):
        line.send("ping", opcode=9)
    line.close()
    assert page.io.call("user-join", {"auth": {"token": page.account.token}}, timeout=60)["id"] == page.account.id


def test_a_socket_that_sends_too_much_is_dropped(page):
    line = engine()
    line.send(f'40{{"token":"{page.account.token}"}}')
    assert line.text().startswith("40{")
    for _ in range(5000):
        line.send('42["usage",{"model":"stub-one"}]')
    assert line.ending() is not None
    assert page.io.call("user-join", {"auth": {"token": page.account.token}}, timeout=60)["id"] == page.account.id
