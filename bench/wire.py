"""A wire between the browser and the server, which counts what passes.

It sees what no page can tell of: the service worker's script and fetches, the manifest, icons, redirects.
"""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

REQUEST_LINE = re.compile(rb"^(?:GET|HEAD|POST) (\S+) HTTP/1\.1\r\n")

CODING = re.compile(rb"^Content-Encoding: (\S+)\r$", re.M | re.I)


@dataclass
class Exchange:
    """One request, and the bytes of its answer as they came: status line, headers, coded body."""

    path: str
    size: int = 0
    coding: str = ""


class Wire:
    """Listens on a port of its own, passes everything on, and keeps the list of exchanges."""

    def __init__(self, host: str, port: int, name: str = "") -> None:
        self.host, self.far_port, self.port = host, port, 0
        self.name = name or host
        self.exchanges: list[Exchange] = []
        self.last = time.monotonic()
        self._stopped = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.port}"

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
        server = await asyncio.start_server(self._join, self.host, 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """End `serve`; to be called from another thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _join(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        try:
            app, to_app = await asyncio.open_connection(self.host, self.far_port)
        except ConnectionError:
            to_phone.close()  # one release has gone, and the next is not there yet
            return
        current = [Exchange("")]
        try:
            await asyncio.gather(self._up(phone, to_app, current), self._down(app, to_phone, current))
        except asyncio.CancelledError:
            pass  # the end of the bench, with a browser's connection still open
        finally:
            to_app.close()
            to_phone.close()

    async def _up(self, phone: asyncio.StreamReader, to_app: asyncio.StreamWriter, current: list[Exchange]) -> None:
        """Without pipelining, which no browser does, a request line at a read's start begins an exchange."""
        while data := await _read(phone):
            if found := REQUEST_LINE.match(data):
                current[0] = Exchange(found[1].decode())
                self.exchanges.append(current[0])
            await self._pass_on(data, to_app)
        to_app.close()

    async def _down(self, app: asyncio.StreamReader, to_phone: asyncio.StreamWriter, current: list[Exchange]) -> None:
        while data := await _read(app):
            if found := CODING.search(data) if not current[0].size else None:
                current[0].coding = found[1].decode()
            current[0].size += len(data)
            await self._pass_on(data, to_phone)
        to_phone.close()

    async def _pass_on(self, data: bytes, to: asyncio.StreamWriter) -> None:
        self.last = time.monotonic()
        if not to.is_closing():
            to.write(data)
            await to.drain()


async def _read(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.read(65536)
    except ConnectionError:
        return b""


@contextmanager
def wire(host: str, port: int, name: str = "") -> Iterator[Wire]:
    """A wire to this server, passing on from a thread of its own. The browser calls it by `name`."""
    line, ready = Wire(host, port, name), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(line.serve(ready)))
    thread.start()
    ready.wait(timeout=10)
    try:
        yield line
    finally:
        line.stop()
        thread.join(timeout=10)
