"""Bytes as they are: requests that no HTTP library would send, and WebSockets whose frames are made by hand."""

import base64
import json
import os
import re
import socket
import struct
import urllib.parse

from clients import BASE, PATIENCE

HOST = urllib.parse.urlsplit(BASE)


class Answer:
    """What came back: the status, the header lines, and the body."""

    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0].startswith("HTTP/") else None
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}

    def detail(self):
        return json.loads(self.body)["detail"]


def connect():
    return socket.create_connection((HOST.hostname, HOST.port), timeout=PATIENCE)


def send(*parts):
    """Sends these bytes as long as the server takes them; returns what it answers."""
    with connect() as line:
        try:
            for part in parts:
                line.sendall(part)
        except OSError:
            pass
        return Answer(read_answer(line))


def read_answer(line):
    """One answer: as long as it says, else until the server closes. (nginx closes late when it was sent too much.)"""
    data = b""
    try:
        while part := line.recv(65536):
            data += part
            head, end, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
            if end and length and len(body) >= int(length[1]):
                break
    except ConnectionError:
        pass
    return data


def request(method, path, *headers, token=None):
    """The head of a request that closes the connection afterwards."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST.netloc}", "Connection: close", *headers]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n"


class WebSocket:
    """A WebSocket that sends whatever frames it is given."""

    def __init__(self, path, *headers):
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        self.line = connect()
        self.data = b""
        head = [f"GET {path} HTTP/1.1", f"Host: {HOST.netloc}", *lines, *headers]
        self.line.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        while b"\r\n\r\n" not in self.data:
            part = self.line.recv(65536)
            if not part:
                break
            self.data += part
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        self.answer = Answer(head + b"\r\n\r\n" + self.data)

    def send(self, payload, opcode=1, fin=True, mask=True, length=None, reserved=0):
        """One frame; `length` is what it claims to hold."""
        payload = payload.encode() if isinstance(payload, str) else payload
        length = len(payload) if length is None else length
        head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
        flag = 0x80 if mask else 0
        if length < 126:
            head += bytes([flag | length])
        elif length < 1 << 16:
            head += bytes([flag | 126]) + struct.pack(">H", length)
        else:
            head += bytes([flag | 127]) + struct.pack(">Q", length)
        if mask:
            key = b"\x01\x02\x03\x04"
            payload = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload)) if len(payload) < 5000 else payload
            head += key
        try:
            self.line.sendall(head + payload)
        except OSError:
            pass

    def frame(self):
        """The next frame as (opcode, payload); None when the connection is closed."""
        try:
            first, second = self._take(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack(">H", self._take(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", self._take(8))
            return first & 0x0F, self._take(length)
        except (EOFError, ConnectionError):
            return None

    def text(self):
        """The next text frame; None when the connection is closed."""
        while True:
            frame = self.frame()
            if frame is None or frame[0] == 8:
                return None
            if frame[0] == 1:
                return frame[1].decode()

    def ending(self):
        """The close code of the server; 0 when it closed without one."""
        while True:
            frame = self.frame()
            if frame is None:
                return 0
            if frame[0] == 8:
                return struct.unpack(">H", frame[1][:2])[0] if len(frame[1]) > 1 else 0

    def _take(self, count):
        while len(self.data) < count:
            part = self.line.recv(65536)
            if not part:
                raise EOFError
            self.data += part
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def close(self):
        self.line.close()


ENGINE = "/ws/socket.io/?EIO=4&transport=websocket"


def engine():
    """An Engine.IO session that has been greeted."""
    line = WebSocket(ENGINE)
    assert line.answer.status == 101, line.answer.status
    assert line.text().startswith("0{")
    return line


def nested(levels):
    """JSON of so many levels."""
    return "[" * levels + "]" * levels
