"""Many messages at once over few connections that are kept: curl, HTTP/2. The one file that knows it."""

import select
import time
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

import certifi
import pycurl

ANSWER = 64 * 1024  # bytes of an answer's body, after which it is cut off
EACH = 4  # connections to one push service; each carries about a hundred messages at once
BREATH = 0.002  # seconds in which answers gather, when nothing more can be put on its way


def _ignored(_some: bytes) -> None:
    """What a push service says beyond its status is read and dropped."""


OPTIONS = (
    (pycurl.POST, 1),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),  # http only where PUSH_LOOPBACK admits it
    (pycurl.PROXY, ""),
    (pycurl.NOPROXY, "*"),
    (pycurl.NETRC, 0),
    (pycurl.NOSIGNAL, 1),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
    (pycurl.PIPEWAIT, 1),
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    (pycurl.WRITEFUNCTION, _ignored),
    (pycurl.MAXFILESIZE, ANSWER),
    (pycurl.USERAGENT, "Aangan"),
    (pycurl.PATH_AS_IS, 1),
)


class Answer(NamedTuple):
    """What came back for what was put. `status` 0 where no answer came whole; `retry_after` in seconds, 0 for none."""

    of: Any
    status: int
    retry_after: float


class Connections:
    """One thread's to one push service. `connect` and `whole` are the seconds that a connection and a message may take.

    Not shared by two services: what waits for a free connection stands in one line, and would wait behind a service
    that hangs.
    """

    def __init__(self, *, ca: str, connect: float, whole: float) -> None:
        self.ca, self.connect, self.whole = ca or certifi.where(), connect, whole
        self.idle: list[pycurl.Curl] = []
        self.multi = _multi()
        self.under_way = 0
        self.went_silent = False

    def put(self, of: Any, url: str, address: str, headers: list[str], body: bytes) -> None:
        """POST to this very IP address. `of` comes back with the answer. The same list costs less than an equal one."""
        easy = self.idle.pop() if self.idle else self._easy()
        if easy.headers is not headers:
            easy.setopt(pycurl.HTTPHEADER, headers)
        if easy.address != address:
            # The name is not asked for again, and no connection that went to another address is used.
            easy.setopt(pycurl.CONNECT_TO, [f"::[{address}]:" if ":" in address else f"::{address}:"])
        easy.setopt(pycurl.URL, url)
        easy.setopt(pycurl.POSTFIELDS, body)
        easy.headers, easy.address, easy.of = headers, address, of
        self.multi.add_handle(easy)
        self.under_way += 1

    def answers(self) -> list[Answer]:
        """See to the network, without waiting, and take what has been answered or has failed."""
        self.multi.perform()
        found, left = [], 1
        while left:
            left, answered, failed = self.multi.info_read(64)
            found += [self._answer(easy, easy.getinfo(pycurl.RESPONSE_CODE)) for easy in answered]
            found += [self._broken(easy, error) for easy, error, _words in failed]
        return found

    def tidy(self) -> None:
        """At the end: a connection that went silent, or was left half-way, would take the next messages with it."""
        if self.went_silent or self.under_way:
            self.multi.close()
            self.multi, self.went_silent, self.under_way = _multi(), False, 0

    def _answer(self, easy: pycurl.Curl, status: int) -> Answer:
        self.multi.remove_handle(easy)
        self.under_way -= 1
        self.idle.append(easy)
        waits = float(easy.getinfo(pycurl.RETRY_AFTER)) if status >= 400 else 0.0
        return Answer(easy.of, status, waits)

    def _broken(self, easy: pycurl.Curl, error: int) -> Answer:
        """It was accepted if the answer said so before it broke; of anything else we want to hear the end."""
        status = easy.getinfo(pycurl.RESPONSE_CODE)
        self.went_silent |= error == pycurl.E_OPERATION_TIMEDOUT
        return self._answer(easy, status if 200 <= status < 300 else 0)

    def _easy(self) -> pycurl.Curl:
        """One request, used again and again. It follows nothing, heeds no proxy and keeps no answer."""
        easy = pycurl.Curl()
        times = ((pycurl.CONNECTTIMEOUT_MS, int(self.connect * 1000)), (pycurl.TIMEOUT_MS, int(self.whole * 1000)))
        for option, value in (*OPTIONS, *times, (pycurl.CAINFO, self.ca)):
            easy.setopt(option, value)
        easy.headers, easy.address = None, ""
        return easy


def breathe(everyone: Iterable[Connections]) -> None:
    """Wait for the network, a twentieth of a second at most, then a little: ten answers cost hardly more than one."""
    ears = [each.multi.fdset() for each in everyone]
    readable, writable, odd = (list(chain.from_iterable(kind)) for kind in zip(*ears, strict=True))
    select.select(readable, writable, odd, 0.05)
    time.sleep(BREATH)


def _multi() -> pycurl.CurlMulti:
    """Keeps connections, and the CA bundle that the first of them has read."""
    multi = pycurl.CurlMulti()
    multi.setopt(pycurl.M_PIPELINING, 2)  # HTTP/2: many messages on one connection
    multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, EACH)
    multi.setopt(pycurl.M_MAXCONNECTS, 8 * EACH)
    return multi
