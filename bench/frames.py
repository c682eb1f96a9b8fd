"""HTTP/2 as it passes on a wire: which bytes of the answers belong to which request."""

from collections.abc import Callable

from hpack import Decoder

from bench.exchange import Exchange

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD = 9  # bytes before each frame's content
HEADERS, PADDED, PRIORITY = 1, 0x8, 0x20
TALK = "(the connection itself)"


class Frames:
    """One connection, both ways. `begun` is told of each exchange when its request comes."""

    def __init__(self, begun: Callable[[Exchange], None]) -> None:
        self.begun, self.decoder = begun, Decoder()
        self.asked, self.answered = b"", b""
        self.streams: dict[int, Exchange] = {}

    def up(self, data: bytes) -> None:
        self.asked += data
        if self.asked.startswith(PREFACE):
            self.asked = self.asked[len(PREFACE) :]
        while (frame := _first(self.asked)) is not None:
            self._ask(frame)
            self.asked = self.asked[len(frame) :]

    def down(self, data: bytes) -> None:
        self.answered += data
        while (frame := _first(self.answered)) is not None:
            self._exchange(_stream(frame)).size += len(frame)
            self.answered = self.answered[len(frame) :]

    def _ask(self, frame: bytes) -> None:
        if frame[3] != HEADERS:
            return
        flags, block = frame[4], frame[HEAD:]
        if flags & PADDED:
            block = block[1 : len(block) - block[0]]
        fields = dict(self.decoder.decode(block[5:] if flags & PRIORITY else block))
        self._exchange(_stream(frame)).path = str(fields[":path"])

    def _exchange(self, stream: int) -> Exchange:
        if stream not in self.streams:
            self.streams[stream] = Exchange(TALK)
            self.begun(self.streams[stream])
        return self.streams[stream]


def _first(data: bytes) -> bytes | None:
    """The first frame, once it is there as a whole."""
    length = HEAD + int.from_bytes(data[:3], "big")
    return data[:length] if len(data) >= max(length, HEAD) else None


def _stream(frame: bytes) -> int:
    return int.from_bytes(frame[5:HEAD], "big") & 0x7FFFFFFF
