"""People who type in one channel, each on a socket of their own.

Run as a program it reads {"base", "tokens", "channel", "rate", "seconds"} and prints {"sent", "expected", "received"}.
The rate is that of the keystrokes of each; with 0 they are there and silent. Every keystroke is told to everybody, the
sender included.
"""

import asyncio
import json
import pathlib
import sys

import aiohttp

import processes


def run(base, tokens, channel, rate, seconds):
    """Types in a process of its own."""
    given = {"base": base, "tokens": tokens, "channel": channel, "rate": rate, "seconds": seconds}
    return json.loads(processes.run(sys.executable, str(pathlib.Path(__file__)), input=json.dumps(given)))


class Person:
    """A socket that types and counts what it is told."""

    def __init__(self, line):
        self.line = line
        self.received = 0

    async def sign_in(self, token):
        await self.line.receive_str()
        await self.line.send_str("40" + json.dumps({"token": token}))
        await self.line.receive_str()
        # The answer to this comes when the socket is in the rooms of its channels.
        await self.line.send_str("421" + json.dumps(["user-join", {"auth": {"token": token}}]))
        while not (await self.line.receive_str()).startswith("431"):
            pass

    async def listen(self):
        async for message in self.line:
            if message.data == "2":
                await self.line.send_str("3")
            elif '"typing"' in message.data:
                self.received += 1

    async def type(self, channel, rate, count):
        data = {"channel_id": channel, "message_id": None, "data": {"type": "typing", "data": {"typing": True}}}
        text = "42" + json.dumps(["channel-events", data])
        for _ in range(count):
            await self.line.send_str(text)
            await asyncio.sleep(1 / rate)


async def type_together(base, tokens, channel, rate, seconds):
    address = base.replace("http", "ws", 1) + "/ws/socket.io/?EIO=4&transport=websocket"
    count = int(rate * seconds)
    async with aiohttp.ClientSession() as client:
        people = []
        for token in tokens:
            person = Person(await client.ws_connect(address))
            await person.sign_in(token)
            people.append(person)
        listening = [asyncio.create_task(person.listen()) for person in people]
        await asyncio.gather(asyncio.sleep(seconds), *(person.type(channel, rate, count) for person in people))
        sent = len(people) * count
        expected = sent * len(people)
        for _ in range(100):
            if sum(person.received for person in people) >= expected:
                break
            await asyncio.sleep(0.1)
        for task in listening:
            task.cancel()
        for person in people:
            await person.line.close()
    return {"sent": sent, "expected": expected, "received": sum(person.received for person in people)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(type_together(**json.load(sys.stdin)))))
