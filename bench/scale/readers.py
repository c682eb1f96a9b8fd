"""People of a place, each with a session of her own, and the real app in a process of its own that they ask."""

import http.client
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from app import create_app
from bench.scale.places import PHONES, Place
from bench.server import COOKIE, Server, serving
from community.database import db, now
from community.people.models import Session, fingerprint
from tests.house.postgres import OWNER

READERS = 100
ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Times:
    """How long requests took, in milliseconds."""

    each: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.each)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.each, n=20, method="inclusive")[18] if len(self.each) > 1 else self.each[0]

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f}, p95 {self.p95:.1f}, slowest {max(self.each):.1f} ms of {len(self.each)}"


class Crowd:
    """A place's server, and the cookies of some of its people."""

    def __init__(self, place: Place, server: Server, app: Flask) -> None:
        self.place, self.server, self.app = place, server, app
        self.cookies: dict[int, str] = {}
        self.line = http.client.HTTPConnection(server.host, server.port, timeout=600)
        of, have = PHONES
        step = max(1, place.members // (READERS + 1)) // of * of or of
        # Past the admins, with a phone of their own.
        behind = max(sum(level.admins for level in place.levels), 0) % max(place.members - READERS * of, 1)
        wanted = (behind + step * turn % max(place.members - behind, 1) for turn in range(1, READERS + 1))
        self.readers = sorted({number // of * of + have - 1 for number in wanted if 0 < number < place.members - of})

    def cookie(self, person: int) -> str:
        """Her cookie, as if she had come in by a code."""
        if person not in self.cookies:
            self.cookies[person] = _signed_in(self.app, person)
        return self.cookies[person]

    def ask(
        self, path: str, person: int, form: Mapping[str, object] | None = None, **more: str
    ) -> tuple[float, int, bytes]:
        """(milliseconds, status, body) of one request, from its first byte to the last of its answer."""
        headers = {"Cookie": f"{COOKIE}={self.cookie(person)}", **ORIGIN, **more}
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.line.request("POST" if body is not None else "GET", path, body, headers)
        answer = self.line.getresponse()
        content = answer.read()
        return (time.perf_counter() - began) * 1000, answer.status, content

    def get(self, path: str, person: int) -> float:
        spent, status, _body = self.ask(path, person)
        if status != 200:
            raise RuntimeError(f"{self.place.name}: {path} answered {status}")
        return spent

    def home_group(self, person: int) -> str:
        return f"/groups/{self.place.home_of(person)}"

    @property
    def memory(self) -> float:
        """What the server's process holds, in MB."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _signed_in(app: Flask, person: int) -> str:
    with app.app_context():
        phone = db.session.execute(sa.text("SELECT phone_id FROM session WHERE person_id = :p"), {"p": person}).scalar()
        token = f"scale-{person}"
        if phone is None:
            phone = db.session.execute(
                sa.text("INSERT INTO phone (label, created) VALUES ('Android · Chrome', :now) RETURNING id"),
                {"now": now()},
            ).scalar()
            row = {"phone_id": phone, "person_id": person, "token_digest": fingerprint(token)}
            db.session.execute(sa.insert(Session), row)
            db.session.commit()
        number = db.session.execute(sa.text("SELECT id FROM session WHERE person_id = :p"), {"p": person}).scalar()
    held = {"_user_id": f"{number}:{token}", "_fresh": True, "phone": phone, "_permanent": True}
    held["given"] = int(now().timestamp())
    return str(app.session_interface.get_signing_serializer(app).dumps(held))  # type: ignore[union-attr]


@contextmanager
def crowd(place: Place, url: str, folder: Path) -> Iterator[Crowd]:
    """The place served by `make run`'s own server. Promises wait: what is announced here must ring nowhere."""
    environ = {"INSTANCE": str(folder / f"{place.name}.instance"), "DEMO": "0", "DATABASE_URL": url,
               "JOB_BACKEND": "celery"}  # fmt: skip
    app = create_app(environ)
    with serving([sys.executable, "app.py"], environ, patience=300) as server:
        yield Crowd(place, server, app)
    with app.app_context():
        db.engine.dispose()


def by_turns(crowds: Sequence[Crowd], path: str, times: int) -> list[Times]:
    """The same page of each place, by turns, so that what else the machine does hits both. {home}: one's own group."""
    spent: list[list[float]] = [[] for _crowd in crowds]
    for turn in range(times + 20):
        for number, one in enumerate(crowds):
            person = one.readers[turn % len(one.readers)]
            took = one.get(path.replace("{home}", one.home_group(person)), person)
            if turn >= 20:
                spent[number].append(took)
    return [Times(each) for each in spent]


def in_own_process(work: str, url: str, folder: Path) -> dict[str, float]:
    """What `python -m bench.scale.WORK` found out, which has its memory to itself."""
    command = [sys.executable, "-m", f"bench.scale.{work}", url, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


__all__ = ["OWNER", "Crowd", "Times", "by_turns", "crowd", "in_own_process"]
