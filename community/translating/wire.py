"""One question to a translator on the network: where it may go, how long it may take, how much may come back.

The address is the operator's own. All the same it is held to the rules of push addresses: https to a public address
that is resolved now and pinned, or, where TRANSLATOR_LOOPBACK says so, http on this very machine. Nothing is followed.
"""

import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from community.subscriptions.endpoint import LOOPBACK, Origin, Refused, Unresolved, address_of
from community.translating.engines import NotAtAll, NotNow

MOST = 256 * 1024  # bytes of an answer
EACH, WHOLE = 10.0, 20.0  # seconds for one step on the network, and for all of them
LATER = (408, 425, 429)


class Line:
    """To one translator. Raises NotAtAll where its address is none that may be asked."""

    def __init__(self, url: str, *, loopback: bool = False, each: float = EACH, whole: float = WHOLE) -> None:
        self.parts, self.each, self.whole = urlsplit(url.rstrip("/")), each, whole
        self.origin = _origin(self.parts, loopback)

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None, {})

    def post(self, path: str, asked: dict[str, Any], **headers: str) -> Any:
        """The answer to this JSON, itself read as JSON."""
        body = json.dumps(asked, ensure_ascii=False).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/json", **headers})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        until = time.monotonic() + self.whole
        connection = self._connection()
        patience = threading.Timer(self.whole, _hang_up, [connection])
        patience.start()
        try:
            connection.request(method, (self.parts.path + path) or "/", body, {"Accept": "application/json", **headers})
            with connection.getresponse() as answer:  # else its socket stays open where the other side closes
                return _read(answer, _whole(answer, until))
        except (OSError, HTTPException) as error:
            raise NotNow(type(error).__name__) from None
        finally:
            patience.cancel()
            connection.close()

    def _connection(self) -> HTTPConnection:
        try:
            address = address_of(self.origin)
        except Unresolved as error:
            raise NotNow(str(error)) from None
        except Refused as error:
            raise NotAtAll(str(error)) from None
        kind = _Pinned if self.origin.scheme == "https" else HTTPConnection
        connection = kind(self.origin.host, self.origin.port, timeout=self.each)
        connection._create_connection = (  # type: ignore[attr-defined]
            lambda _asked, *more: socket.create_connection((address, self.origin.port), *more)
        )
        return connection


def _hang_up(connection: HTTPConnection) -> None:
    """Whoever still waits for the answer's head waits in vain."""
    with suppress(OSError):
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)


class _Pinned(HTTPSConnection):
    """Checks the certificate against the name, whatever the address."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout, context=ssl.create_default_context())


def _origin(parts: SplitResult, loopback: bool) -> Origin:
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotAtAll("not an address") from None
    here = loopback and parts.scheme == "http" and host == LOOPBACK
    if not here and (parts.scheme != "https" or not host or host == LOOPBACK or "@" in parts.netloc):
        raise NotAtAll("only https to a public address may be asked")
    return Origin(parts.scheme, host, port)


def _whole(answer: HTTPResponse, until: float) -> bytes:
    """All of the answer, unless it is too long or drips."""
    found, piece = b"", b" "
    while piece:
        piece = answer.read1(65536)
        found += piece
        if len(found) > MOST:
            raise NotAtAll("the answer is too long")
        if time.monotonic() > until:
            raise NotNow("the answer drips, or was hung up on")
    return found


def _read(answer: HTTPResponse, body: bytes) -> Any:
    if answer.status >= 500 or answer.status in LATER:
        raise NotNow(f"it answers {answer.status}")
    if answer.status != 200:
        raise NotAtAll(f"it answers {answer.status}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotAtAll("its answer is no JSON") from None
