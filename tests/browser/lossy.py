"""A connection between a browser and the server that loses requests and answers: here, and not somewhere on the air."""

import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PATIENCE = 30  # seconds
LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
KEEPING = re.compile(rb"^connection:.*\r\n", re.IGNORECASE | re.MULTILINE)


class Lossy:
    """Passes on one request a connection. `loses` is the share of requests, and then of answers, that never arrive."""

    def __init__(self, url: str, seed: int = 7) -> None:
        there = urlsplit(url)
        self.there = (there.hostname or "", there.port or 80)
        self.loses, self.status = 0.0, 0  # a status: this is answered to every POST, and nothing passed on
        self.loses_answers = False  # every answer to a POST, and nothing else
        self.cuts: tuple[float, ...] = (0, 0.5)  # how much of a lost answer still arrives
        self.waits = 0.0  # seconds before a POST is passed on
        self.posts, self.lost_requests, self.lost_answers = 0, 0, 0
        self.chance = random.Random(seed)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                phone, _address = self.door.accept()
                threading.Thread(target=self._pass_on, args=(phone,), daemon=True).start()

    def _pass_on(self, phone: socket.socket) -> None:
        phone.settimeout(PATIENCE)
        with phone, suppress(OSError):
            if not (asked := _request(phone)):
                return
            is_post = asked.startswith(b"POST ")
            self.posts += is_post
            if self._is_lost():
                self.lost_requests += is_post
                return
            if is_post and self.status:
                phone.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % self.status)
                return
            time.sleep(self.waits * is_post)
            answer = self._answer(asked)
            if self._is_lost() or (is_post and self.loses_answers):
                self.lost_answers += is_post
                answer = answer[: int(self.chance.choice(self.cuts) * len(answer))]
            phone.sendall(answer)

    def _is_lost(self) -> bool:
        return self.chance.random() < self.loses

    def _answer(self, asked: bytes) -> bytes:
        with socket.create_connection(self.there, PATIENCE) as app:
            app.sendall(asked)
            return b"".join(iter(lambda: app.recv(65536), b""))


def _request(phone: socket.socket) -> bytes:
    """The whole request, which then asks the server to close after it."""
    said = b""
    while b"\r\n\r\n" not in said:
        if not (more := phone.recv(65536)):
            return b""
        said += more
    head, _, body = said.partition(b"\r\n\r\n")
    length = int(found[1]) if (found := LENGTH.search(head)) else 0
    while len(body) < length:
        if not (more := phone.recv(65536)):
            return b""
        body += more
    return KEEPING.sub(b"", head + b"\r\n") + b"Connection: close\r\n\r\n" + body


@contextmanager
def lossy(url: str, seed: int = 7) -> Iterator[Lossy]:
    """Such a connection to the server at this address; at first it loses nothing."""
    line = Lossy(url, seed)
    threading.Thread(target=line.serve, daemon=True).start()
    try:
        yield line
    finally:
        line.door.close()
