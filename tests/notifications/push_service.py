"""A push service on this machine that keeps what it is sent, and is as bad as a test wants: HTTP/1.1, HTTP/2 by TLS."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.notifications.authority import Papers


@dataclass(frozen=True)
class Message:
    """What came: header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    protocol: str


@dataclass(frozen=True)
class Answer:
    """`how`: whole · silent (never) · cut (in the body; over HTTP/1.1 also in the head) · endless (the body)."""

    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    how: str = "whole"


SILENCE = Answer(how="silent")


class PushService:
    """Serves in a thread as long as the block lasts. `says` decides on each message."""

    def __init__(self, papers: Papers | None = None, says: Answer | Callable[[Message], Answer] = Answer()) -> None:
        self.papers = papers
        self.says = says
        self.messages: list[Message] = []
        self.connections = 0
        self.transports: set[asyncio.Transport] = set()
        self.loop = asyncio.new_event_loop()
        self.port = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.papers else 'http'}://127.0.0.1:{self.port}"

    def answer(self, message: Message) -> Answer:
        self.messages.append(message)
        return self.says(message) if callable(self.says) else self.says

    def __enter__(self) -> "PushService":
        ready = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(20)
        return self

    def __exit__(self, *_error: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            self.loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, ssl=self._tls())
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        server.close()
        for transport in list(self.transports):
            transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0.01))
        self.loop.close()

    def _tls(self) -> ssl.SSLContext | None:
        if self.papers is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.papers.certificate, self.papers.key)
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context


class _Connection(asyncio.Protocol):
    def __init__(self, service: PushService) -> None:
        self.service = service

    def connection_made(self, transport: Any) -> None:
        self.service.connections += 1
        self.service.transports.add(transport)
        tls = transport.get_extra_info("ssl_object")
        speaks = _Two if tls and tls.selected_alpn_protocol() == "h2" else _One
        self.speech = speaks(self.service, transport)

    def data_received(self, data: bytes) -> None:
        self.speech.hear(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.service.transports.discard(self.speech.transport)


class _One:
    """HTTP/1.1"""

    def __init__(self, service: PushService, transport: asyncio.Transport) -> None:
        self.service, self.transport, self.buffer = service, transport, b""

    def hear(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, rest = self.buffer.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            self.say(self.service.answer(Message(first.split(" ")[1], headers, rest[:length], "1.1")))

    def say(self, answer: Answer) -> None:
        if answer.how == "silent":
            return
        length = {"cut": len(answer.body) + 100, "endless": 10**9}.get(answer.how, len(answer.body))
        lines = [f"HTTP/1.1 {answer.status} So", *(f"{name}: {value}" for name, value in answer.headers.items())]
        head = "\r\n".join([*lines, f"Content-Length: {length}" if answer.how != "endless" else "Connection: close"])
        if answer.how == "cut in the head":
            self.transport.write(head.encode()[:11])
        else:
            self.transport.write(head.encode() + b"\r\n\r\n" + answer.body)
        if answer.how == "endless":
            self.pour()
        elif answer.how.startswith("cut"):
            self.transport.close()

    def pour(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"x" * 65536)
            self.service.loop.call_later(0.001, self.pour)


class _Two:
    """HTTP/2"""

    def __init__(self, service: PushService, transport: asyncio.Transport) -> None:
        self.service, self.transport = service, transport
        self.heard: dict[int, tuple[dict[str, str], bytearray]] = {}
        self.speech = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.speech.initiate_connection()
        self.transport.write(self.speech.data_to_send())

    def hear(self, data: bytes) -> None:
        for event in self.speech.receive_data(data):
            if isinstance(event, RequestReceived):
                self.heard[event.stream_id] = (dict(event.headers), bytearray())
            elif isinstance(event, DataReceived):
                self.heard[event.stream_id][1].extend(event.data)
                self.speech.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, StreamEnded):
                headers, body = self.heard.pop(event.stream_id)
                message = Message(headers.pop(":path"), headers, bytes(body), "2")
                self.say(event.stream_id, self.service.answer(message))
        self.transport.write(self.speech.data_to_send())

    def say(self, stream: int, answer: Answer) -> None:
        if answer.how == "silent":
            return
        head = [(":status", str(answer.status)), *((name.lower(), value) for name, value in answer.headers.items())]
        if answer.how == "cut":
            self.speech.send_headers(stream, [*head, ("content-length", "100")])
            self.speech.reset_stream(stream)
            return
        assert answer.how == "whole", "only over HTTP/1.1"
        self.speech.send_headers(stream, head, end_stream=not answer.body)
        if answer.body:
            self.speech.send_data(stream, answer.body, end_stream=True)
