"""A wire between the browser and the server, which counts what passes.

It sees what no page can tell of: the service worker's script and fetches, the manifest, icons, redirects. Over TLS it
opens what comes and seals it again, and counts what is inside: no handshake is paid.
"""

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.exchange import Exchange, Lines
from bench.frames import Frames

__all__ = ["Exchange", "Sealed", "Wire", "wire"]


@dataclass(frozen=True)
class Sealed:
    """TLS with one protocol on both sides: what the phone is shown, and what the server behind is asked with."""

    phone: ssl.SSLContext
    server: ssl.SSLContext
    is_http2: bool


class Wire:
    """Listens on a port of its own, passes everything on, and keeps the list of exchanges."""

    def __init__(self, host: str, port: int, name: str = "", sealed: Sealed | None = None) -> None:
        self.host, self.far_port, self.port = host, port, 0
        self.name, self.sealed = name or host, sealed
        self.exchanges: list[Exchange] = []
        self.last = time.monotonic()
        self._stopped = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http{'s' * bool(self.sealed)}://{self.name}:{self.port}"

    def take(self) -> list[Exchange]:
        """What passed since the last call."""
        taken, self.exchanges = self.exchanges, []
        self.last = time.monotonic()
        return taken

    def quiet_for(self) -> float:
        """Seconds since anything passed."""
        return time.monotonic() - self.last

    async def serve(self, ready: threading.Event) -> None:
        """Pass on until `stop`; `ready` is set once the port is known."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._join, self.host, 0, ssl=self.sealed and self.sealed.phone)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """End `serve`; to be called from another thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _join(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        try:
            app, to_app = await self._far()
        except ConnectionError:
            to_phone.close()  # one release has gone, and the next is not there yet
            return
        book = (Frames if self.sealed and self.sealed.is_http2 else Lines)(lambda one: self.exchanges.append(one))
        try:
            await asyncio.gather(self._pass(phone, to_app, book.up), self._pass(app, to_phone, book.down))
        except asyncio.CancelledError:
            pass  # the end of the bench, with a browser's connection still open
        finally:
            to_app.close()
            to_phone.close()

    async def _far(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not self.sealed:
            return await asyncio.open_connection(self.host, self.far_port)
        return await asyncio.open_connection(
            self.host, self.far_port, ssl=self.sealed.server, server_hostname="localhost"
        )

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, see: Callable[[bytes], None]) -> None:
        while data := await _read(source):
            see(data)
            self.last = time.monotonic()
            if not to.is_closing():
                to.write(data)
                await to.drain()
        to.close()


async def _read(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.read(65536)
    except (ConnectionError, ssl.SSLError):
        return b""


@contextmanager
def wire(host: str, port: int, name: str = "", sealed: Sealed | None = None) -> Iterator[Wire]:
    """A wire to this server, passing on from a thread of its own. The browser calls it by `name`."""
    line, ready = Wire(host, port, name, sealed), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(line.serve(ready)))
    thread.start()
    ready.wait(timeout=10)
    try:
        yield line
    finally:
        line.stop()
        thread.join(timeout=10)
