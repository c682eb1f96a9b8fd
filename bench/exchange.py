"""One request and its answer, as they passed on a wire."""

import re
from collections.abc import Callable
from dataclasses import dataclass

REQUEST_LINE = re.compile(rb"^(?:GET|HEAD|POST) (\S+) HTTP/1\.1\r\n")
CODING = re.compile(rb"^Content-Encoding: (\S+)\r$", re.M | re.I)


@dataclass
class Exchange:
    """One request, and the bytes of its answer as they came: status line, headers, coded body.

    `coding` is known of HTTP/1.1 alone.
    """

    path: str
    size: int = 0
    coding: str = ""


class Lines:
    """HTTP/1.1, one connection, both ways. `begun` is told of each exchange when its request comes."""

    def __init__(self, begun: Callable[[Exchange], None]) -> None:
        self.begun, self.current = begun, Exchange("")

    def up(self, data: bytes) -> None:
        """Without pipelining, which no browser does, a request line at a read's start begins an exchange."""
        if found := REQUEST_LINE.match(data):
            self.current = Exchange(found[1].decode())
            self.begun(self.current)

    def down(self, data: bytes) -> None:
        if found := CODING.search(data) if not self.current.size else None:
            self.current.coding = found[1].decode()
        self.current.size += len(data)
