"""A push service of our own: Mozilla's autopush protocol towards Firefox, RFC 8030 towards whoever sends.

Only what Firefox needs: hello, register, unregister, notification, ack, ping; broadcasts are ignored. What a browser has
not acknowledged is kept, and sent again when it comes back.
"""

import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

MOST = 4096  # bytes of an encrypted message
PATIENCE = 20  # seconds


@dataclass
class Message:
    version: str
    body: bytes
    ttl: int
    topic: str

    def told(self, channel: str) -> dict[str, Any]:
        return {
            "messageType": "notification", "channelID": channel, "version": self.version, "ttl": self.ttl,
            "data": _base64(self.body), "headers": {"encoding": "aes128gcm"},
        }  # fmt: skip


@dataclass
class Channel:
    """One subscription: of which browser, made with which key, and what it has not acknowledged yet."""

    uaid: str
    id: str
    key: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    waiting: list[Message] = field(default_factory=list)


@dataclass
class Autopush:
    """`posts`: the headers of all that was sent here; `acknowledged`: how many messages browsers have decrypted."""

    channels: dict[str, Channel] = field(default_factory=dict)  # by the token of their endpoint
    online: dict[str, ServerConnection] = field(default_factory=dict)
    posts: list[dict[str, str]] = field(default_factory=list)
    acknowledged: int = 0
    forgets: bool = False  # the next hello gets another uaid: the browser loses its subscriptions
    lock: threading.RLock = field(default_factory=threading.RLock)
    changed: threading.Condition = field(default_factory=threading.Condition)
    ws: str = ""
    http: str = ""

    def drop(self) -> None:
        """Forget all channels: who sends to them gets 410."""
        with self.lock:
            self.channels.clear()

    def rotate(self) -> None:
        """Close on all browsers, and know none of them when they come back."""
        self.forgets = True
        self.drop()
        for connection in list(self.online.values()):
            connection.close()

    def wait_until(self, happened: Any, seconds: float = PATIENCE) -> bool:
        """Whether `happened()` comes true in time."""
        with self.changed:
            return bool(self.changed.wait_for(happened, seconds))

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    # Towards the browser.

    def talk(self, connection: ServerConnection) -> None:
        uaid = ""
        try:
            for text in connection:
                said = json.loads(text)
                kind = said.get("messageType", "ping")
                if kind == "hello":
                    uaid = self._hello(connection, said)
                elif answer := self._answer(uaid, kind, said):
                    connection.send(json.dumps(answer))
        except ConnectionClosed:
            pass
        finally:
            if self.online.get(uaid) is connection:
                del self.online[uaid]

    def _hello(self, connection: ServerConnection, said: dict[str, Any]) -> str:
        with self.lock:
            uaid = "" if self.forgets else said.get("uaid") or ""
            uaid, self.forgets = uaid or secrets.token_hex(16), False
            self.online[uaid] = connection
            known = {"messageType": "hello", "uaid": uaid, "status": 200, "use_webpush": True, "broadcasts": {}}
            connection.send(json.dumps(known))
            for channel in self.channels.values():
                if channel.uaid == uaid:
                    for message in channel.waiting:
                        connection.send(json.dumps(message.told(channel.id)))
        self._tell()
        return uaid

    def _answer(self, uaid: str, kind: str, said: dict[str, Any]) -> dict[str, Any] | None:
        if kind == "ping":
            return {}
        if kind == "register":
            channel = Channel(uaid, said["channelID"], said.get("key", ""))
            self.channels[channel.token] = channel
            self._tell()
            return {**_echo(said), "status": 200, "pushEndpoint": f"{self.http}/wpush/{channel.token}"}
        if kind == "unregister":
            self.channels = {token: one for token, one in self.channels.items() if one.id != said["channelID"]}
            return {**_echo(said), "status": 200}
        if kind == "ack":
            self._acknowledge([update["version"] for update in said["updates"]])
        return None

    def _acknowledge(self, versions: list[str]) -> None:
        with self.lock:
            self.acknowledged += len(versions)
            for channel in self.channels.values():
                channel.waiting = [one for one in channel.waiting if one.version not in versions]
        self._tell()

    # Towards the sender.

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """The status for one message; it is on its way to its browser, or waits for it."""
        self.posts.append({"path": path, **headers})
        self._tell()
        with self.lock:
            channel = self.channels.get(path.rpartition("/")[2])
            if channel is None:
                return 410
            if not headers.get("ttl", "").isdecimal() or headers.get("content-encoding") != "aes128gcm":
                return 400
            if channel.key and f"k={channel.key.rstrip('=')}" not in headers.get("authorization", ""):
                return 403
            if len(body) > MOST:
                return 413
            self._pass_on(channel, Message(secrets.token_hex(8), body, int(headers["ttl"]), headers.get("topic", "")))
        return 201

    def _pass_on(self, channel: Channel, message: Message) -> None:
        if message.topic:
            channel.waiting = [one for one in channel.waiting if one.topic != message.topic]
        channel.waiting.append(message)
        if connection := self.online.get(channel.uaid):
            connection.send(json.dumps(message.told(channel.id)))
        elif message.ttl == 0:
            channel.waiting.remove(message)


def _echo(said: dict[str, Any]) -> dict[str, Any]:
    return {"messageType": said["messageType"], "channelID": said["channelID"]}


def _base64(body: bytes) -> str:
    return urlsafe_b64encode(body).decode().rstrip("=")


@contextmanager
def autopush() -> Iterator[Autopush]:
    """A push service on two free ports of this machine, until the block ends."""
    service = Autopush()
    web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    socket = serve(service.talk, "127.0.0.1", 0)
    service.http = f"http://127.0.0.1:{web.server_address[1]}"
    service.ws = f"ws://127.0.0.1:{socket.socket.getsockname()[1]}/"
    threads = [threading.Thread(target=one.serve_forever, daemon=True) for one in (web, socket)]
    for thread in threads:
        thread.start()
    try:
        yield service
    finally:
        for connection in list(service.online.values()):
            connection.close()
        web.shutdown()
        web.server_close()
        socket.shutdown()


def _handler(service: Autopush) -> type[BaseHTTPRequestHandler]:
    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(service.take(urlsplit(self.path).path, headers, body))
            self.send_header("Location", f"{service.http}/m/{secrets.token_hex(8)}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Endpoint
