"""A page's socket: Socket.IO over a WebSocket, as the web client uses it."""

import json

import websocket


class Socket:
    """A signed-in connection. `sid` is its name, `size` the bytes of what came so far."""

    def __init__(self, base, token):
        address = base.replace("http", "ws", 1) + "/ws/socket.io/?EIO=4&transport=websocket"
        self.line = websocket.create_connection(address, timeout=60)
        self.size = 0
        self.acknowledged = 0
        self.line.recv()
        self.line.send("40" + json.dumps({"token": token}))
        self.sid = json.loads(self._text()[2:])["sid"]

    def emit(self, event, data):
        self.line.send("42" + json.dumps([event, data]))

    def call(self, event, data):
        """Sends an event and waits until the server is done with it, and so with all before it."""
        self.acknowledged += 1
        self.line.send(f"42{self.acknowledged}" + json.dumps([event, data]))
        wanted = f"43{self.acknowledged}["
        while not self._text().startswith(wanted):
            pass

    def wait(self, event):
        """The first argument of the next such event, and the bytes that came with it."""
        while True:
            text = self._text()
            if not text.startswith(("42", "45")):
                continue
            kind, attachments = text[1], 0
            text = text[2:]
            if kind == "5":
                count, _, text = text.partition("-")
                attachments = int(count)
            blobs = [self._frame() for _ in range(attachments)]
            name, *arguments = json.loads(text)
            if name == event:
                return (arguments[0] if arguments else None), blobs

    def close(self):
        self.line.close()

    def _frame(self):
        data = self.line.recv()
        self.size += len(data) if isinstance(data, bytes) else len(data.encode())
        return data

    def _text(self):
        while True:
            text = self._frame()
            if text == "2":
                self.line.send("3")
            elif isinstance(text, str):
                return text
