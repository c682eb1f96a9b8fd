"""A slow, long line in front of a server: all that passes shares one rate, and takes its time on the way.

It stands below TLS and for every connection alike, so that handshakes, the worker and the browser itself pay as on air.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PIECE = 1400  # bytes, as a packet carries
BUFFER = 0.25  # seconds of traffic that wait at the mast; the server has to keep the rest


@dataclass(frozen=True)
class Profile:
    """`rate` in bits a second, each way; `trip` in seconds, there and back."""

    rate: float
    trip: float


SLOW_3G, TWO_G = Profile(400_000, 0.4), Profile(50_000, 0.5)
FAST = Profile(1e9, 0)


class Direction:
    """One way of the line."""

    def __init__(self) -> None:
        self.free = 0.0  # when it has carried all that was given to it

    def carry(self, size: int, profile: Profile) -> float:
        """When so many bytes have arrived."""
        self.free = max(time.monotonic(), self.free) + size * 8 / profile.rate
        return self.free + profile.trip / 2

    async def has_room(self) -> None:
        await asyncio.sleep(max(0.0, self.free - time.monotonic() - BUFFER))


class Slow:
    """Listens on a port of its own. `profile` may be changed at any time."""

    def __init__(self, host: str, far_port: int) -> None:
        self.host, self.far_port, self.port, self.profile = host, far_port, 0, FAST
        self.up, self.down = Direction(), Direction()
        self._stopped = asyncio.Event()

    async def serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._join, self.host, 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _join(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        # The phone believes to be connected at once: what it says waits for the trip of the handshake.
        connected = time.monotonic() + 1.5 * self.profile.trip
        server, to_server = await asyncio.open_connection(self.host, self.far_port)
        try:
            await asyncio.gather(
                self._pass(phone, to_server, self.up, connected), self._pass(server, to_phone, self.down, 0)
            )
        except (asyncio.CancelledError, ConnectionError):
            pass  # the end of the bench, or of a page that was closed
        finally:
            to_server.close()
            to_phone.close()

    async def _pass(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, way: Direction, earliest: float
    ) -> None:
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(_deliver(pieces, to))
        while piece := await source.read(PIECE):
            await way.has_room()
            pieces.put_nowait((max(way.carry(len(piece), self.profile), earliest), piece))
        pieces.put_nowait((0, b""))
        await arriving


async def _deliver(pieces: asyncio.Queue[tuple[float, bytes]], to: asyncio.StreamWriter) -> None:
    while (found := await pieces.get())[1]:
        await asyncio.sleep(max(0.0, found[0] - time.monotonic()))
        if not to.is_closing():
            to.write(found[1])
    to.close()


@contextmanager
def slow(host: str, far_port: int) -> Iterator[Slow]:
    """Passing on from a thread of its own, fast until it is told otherwise."""
    line, ready = Slow(host, far_port), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(line.serve(ready)))
    thread.start()
    ready.wait(timeout=10)
    try:
        yield line
    finally:
        line.stop()
        thread.join(timeout=10)
