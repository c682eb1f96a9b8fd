"""`make soak`, `python -m bench.soak [--minutes 30] [--phones 500] [--keep]`: many phones at one server, most slow.

First all lines are fast, for a fifth of the time; then nine of ten phones hang on slow ones, at the same number of
requests a minute. The phones that stayed fast are compared with themselves. One `python app.py`, SQLite, as it comes.
"""

import argparse
import asyncio
import random
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, quantiles
from urllib.parse import urlencode

from app import create_app
from bench.figures import Figure, keep
from community.database import db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person
from community.people.sign_in import SignInCode
from tests.house.ground import lay
from tests.house.server import Server, serving
from tests.promises import at_head

FAST_SHARE = 0.1
PIECE = 1400  # bytes
RATES = (50_000, 100_000, 400_000)  # bits a second of slow lines: 2G, EDGE, slow 3G
EVERY = 60.0  # seconds between two requests of one phone, on average: 500 phones are 8 a second
PATIENCE = 60.0
HEAD = "\r\n".join((
    "{} {} HTTP/1.1", "Host: 127.0.0.1:{}", "Connection: close", "Sec-Fetch-Site: same-origin", "Accept-Encoding: br",
    "Cookie: aangan={}", "Content-Type: application/x-www-form-urlencoded", "Content-Length: {}", "", "",
))  # fmt: skip


@dataclass
class Phone:
    number: int
    way_in: str
    group: int
    rate: int = 0  # bits a second; 0: as fast as it goes
    cookie: str = ""
    leads: bool = False


@dataclass
class Heard:
    """What the phones saw in one part of the run; times in seconds, of those that are fast in both."""

    fast: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def p(self, hundredth: int, of: str = "fast") -> float:
        found = getattr(self, of)
        return quantiles(found, n=100)[hundredth - 1] if len(found) > 1 else float("nan")


class Crowd:
    def __init__(self, port: int, phones: list[Phone], seed: int = 7) -> None:
        self.port, self.phones, self.chance = port, phones, random.Random(seed)

    async def come_in(self) -> None:
        for phone in self.phones:
            status, head, _body = await self._ask(phone, "POST", f"/enter/{phone.way_in}")
            if status != 303:
                raise RuntimeError(f"phone {phone.number} did not come in: {status}")
            phone.cookie = head.partition("aangan=")[2].partition(";")[0]

    async def live(self, seconds: float, *, slow: bool) -> Heard:
        heard, until = Heard(), time.monotonic() + seconds
        for phone in self.phones:
            is_fast = phone.number < len(self.phones) * FAST_SHARE
            phone.rate = 0 if is_fast or not slow else RATES[phone.number % len(RATES)]
        await asyncio.gather(*(self._day(phone, until, heard) for phone in self.phones))
        return heard

    async def _day(self, phone: Phone, until: float, heard: Heard) -> None:
        await asyncio.sleep(self.chance.uniform(0, EVERY))
        while time.monotonic() < until:
            began = time.monotonic()
            what = self._wish(phone)
            try:
                status, _head, _body = await asyncio.wait_for(self._ask(phone, *what), PATIENCE)
                fine = status in (200, 204, 303, 304)
            except (TimeoutError, OSError, ValueError) as error:
                status, fine = type(error).__name__, False  # type: ignore[assignment]
            if not fine:
                heard.errors.append(f"{what[0]} {what[1]}: {status}")
            elif phone.number < len(self.phones) * FAST_SHARE:
                heard.fast.append(time.monotonic() - began)
            else:
                heard.slow.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, self.chance.expovariate(1 / EVERY) - (time.monotonic() - began)))

    def _wish(self, phone: Phone) -> tuple[str, str, str]:
        turn = self.chance.random()
        if phone.leads and turn < 0.3:
            said = {
                # Not to the second: ten digits would be taken for a phone number.
                "text": f"News at {datetime.now(UTC):%H:%M} " + "and what belongs to it " * 8,
                "key": f"soak-{time.monotonic_ns()}",
            }
            return "POST", f"/groups/{phone.group}/announcements", urlencode(said)
        for share, path in ((0.55, "/"), (0.75, f"/groups/{phone.group}"), (0.85, "/offline/list"), (0.93, "/groups")):
            if turn < share:
                return "GET", path, ""
        return "POST", "/me/looks", urlencode({"name": f"Phone {phone.number}", "picture": "mango", "colour": "neem"})

    async def _ask(self, phone: Phone, method: str, path: str, body: str = "") -> tuple[int, str, bytes]:
        raw = socket.socket()
        if phone.rate:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=raw, limit=4096)
        try:
            head = HEAD.format(method, path, self.port, phone.cookie, len(body)) + body
            await self._say(writer, head.encode(), phone.rate)
            got = await self._hear(reader, phone.rate)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        said, _gap, rest = got.partition(b"\r\n\r\n")
        return int(said.split(b" ", 2)[1]), said.decode("latin-1"), rest

    async def _say(self, writer: asyncio.StreamWriter, text: bytes, rate: int) -> None:
        for start in range(0, len(text), 200 if rate else len(text)):
            writer.write(text[start : start + 200] if rate else text)
            await writer.drain()
            if rate:
                await asyncio.sleep(200 * 8 / rate)

    async def _hear(self, reader: asyncio.StreamReader, rate: int) -> bytes:
        got = bytearray()
        while piece := await reader.read(PIECE if rate else 65536):
            got += piece
            if rate:
                await asyncio.sleep(len(piece) * 8 / rate)
        if not got:
            raise ValueError("an empty answer")
        return bytes(got)


@contextmanager
def crowd(phones: int) -> Iterator[tuple[Server, Crowd]]:
    """The school with so many members more, each with a way in, behind a server of its own."""
    with tempfile.TemporaryDirectory(prefix="aangan-soak-") as name:
        place = Path(name)
        (place / "ground").mkdir()
        (place / "instance").mkdir()
        ground = lay(place / "ground", None)
        ground.prepare(place / "instance", with_school=True)
        database = (place / "instance" / "test.db").rename(place / "instance" / "aangan.db")
        made = _phones(place / "instance", database, ground.school.grades, phones)
        with serving(place / "instance", DEMO="0") as server:
            there = Crowd(server.port, made)
            asyncio.run(there.come_in())
            yield server, there


def _phones(instance: Path, database: Path, grades: dict[int, int], count: int) -> list[Phone]:
    app = create_app({"INSTANCE": str(instance), "DATABASE_URL": f"sqlite:///{database}"})
    at_head(app)
    made, numbers = [], sorted(grades.values())
    with app.app_context():
        with writing():
            for number in range(count):
                group = db.session.get_one(Group, numbers[number % len(numbers)])
                person = Person(picture="mango", colour="neem", language="hi")
                db.session.add(person)
                db.session.flush()
                held = admit(group, person, None)
                if number % 50 == 0:
                    held.role = "admin"
                code = SignInCode.issue(person, issuer=None, lasts=timedelta(hours=9))
                made.append(Phone(number, code, group.id, leads=number % 50 == 0))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return made


def memory(server: Server) -> float:
    """What the server's process holds, in MB."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@dataclass
class Soaked:
    alone: Heard
    among: Heard
    memory: list[float]
    said: str

    @property
    def ratio(self) -> float:
        """How much longer a fast phone waits among slow ones than among fast ones, in the middle."""
        return self.among.p(50) / self.alone.p(50)

    @property
    def growth(self) -> float:
        """The last third of the run against the one before."""
        third = len(self.memory) // 3
        return mean(self.memory[-third:]) / mean(self.memory[third:-third]) if third else float("nan")

    @property
    def errors(self) -> list[str]:
        return self.alone.errors + self.among.errors


def measure(minutes: float, phones: int) -> Soaked:
    with crowd(phones) as (server, there):
        held: list[float] = []

        async def weigh() -> None:
            while True:
                held.append(memory(server))
                await asyncio.sleep(max(1.0, minutes / 6))

        async def both() -> tuple[Heard, Heard]:
            weighing = asyncio.create_task(weigh())
            alone = await there.live(minutes * 60 * 0.2 + EVERY / 2, slow=False)
            among = await there.live(minutes * 60 * 0.8, slow=True)
            weighing.cancel()
            return alone, among

        alone, among = asyncio.run(both())
        return Soaked(alone, among, held, server.said)


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--minutes", type=float, default=30)
    reader.add_argument("--phones", type=int, default=500)
    reader.add_argument("--keep", action="store_true")
    given = reader.parse_args()
    found = measure(given.minutes, given.phones)
    for name, part in (("all fast", found.alone), ("most slow", found.among)):
        print(f"{name}: {len(part.fast) + len(part.slow)} requests, {len(part.errors)} errors")
        print(f"  fast phones: p50 {part.p(50) * 1000:.0f} ms, p95 {part.p(95) * 1000:.0f} ms")
        print(f"  the others: p95 {part.p(95, 'slow'):.1f} s")
    print(f"ratio {found.ratio:.2f}; growth of memory {found.growth:.3f}, at the end {found.memory[-1]:.0f} MB")
    print(*found.errors[:20], sep="\n")
    if given.keep:
        _keep(found, given.minutes, given.phones)
    sys.exit(bool(found.errors) or "Traceback" in found.said)


def _keep(found: Soaked, minutes: float, phones: int) -> None:
    command = "python -m bench.soak"
    note = (
        f"{minutes:g} minutes, {phones} phones, nine of ten on 50 to 400 kbit/s; embedded default, one process, SQLite."
    )
    keep([
        Figure("soak: errors", len(found.errors), "", "<= 0", command, note),
        Figure("soak: fast phones among slow ones, p95", round(found.among.p(95) * 1000), "ms", "", command),
        Figure("soak: fast phones among slow ones against before", round(found.ratio, 2), "", "<= 1.3", command),
        Figure("soak: memory, last third against the one before", round(found.growth, 3), "", "<= 1.05", command),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
