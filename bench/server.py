"""The real app in a process of its own, on a fresh database that holds one busy group."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask

from app import create_app
from bench.news import NEWS
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db, now, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.invitations.models import Invitation
from community.people.models import Person
from community.people.sign_in import SignInCode

ROOT = Path(__file__).resolve().parent.parent
THREADS = "8"
COOKIE = "aangan"
PATIENCE = 30  # seconds that a server may take to start


@dataclass(frozen=True)
class Place:
    """Where the seeded group is found, and two cookies: of a member who has read none of its news, and of its admin."""

    group: str
    invitation: str
    cookie: str
    admins_cookie: str


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and the process whose CPU it uses."""

    host: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def courtyard(**settings: str) -> Iterator[tuple[Server, Place]]:
    """The app, seeded and serving, with these settings in its environment."""
    with tempfile.TemporaryDirectory(prefix="aangan-bench-") as folder:
        environ = {"INSTANCE": folder, "DEMO": "1", "THREADS": THREADS, **settings}
        with serving([sys.executable, "app.py"], environ) as server:
            # The server has built the demo by now; it would not open over a community that was there before it.
            place = seed(migrated_app(environ))
            _check(server, place)
            yield server, place


def _check(server: Server, place: Place) -> None:
    shown = fetch(server, place.group, place.cookie).count(b"<article")
    if shown != len(NEWS):
        raise RuntimeError(f"the group page shows {shown} announcements, not {len(NEWS)}")


def migrated_app(environ: Mapping[str, str]) -> Flask:
    """The app in this process, on the same database as the server's will be, brought to head."""
    app = create_app(environ)
    with app.app_context():
        flask_migrate.upgrade(app.config["MIGRATIONS"])
    return app


@contextmanager
def serving(
    command: list[str], environ: Mapping[str, str], *, folder: Path = ROOT, port: int = 0, patience: int = PATIENCE
) -> Iterator[Server]:
    """A server started by `command` in `folder`, which reads its port from PORT; it ends with the block."""
    port = port or free_port()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environ, "HOST": "127.0.0.1", "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        server = Server("127.0.0.1", port, process.pid)
        _wait_for(server, process, patience)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: Server, process: "subprocess.Popen[bytes]", patience: int) -> None:
    until = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < until:
        try:
            fetch(server, "/")
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def fetch(server: Server, path: str, cookie: str = "") -> bytes:
    """The body of a page, not compressed. Raises RuntimeError for anything but 200."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    connection.request("GET", path, headers=cookie_header(cookie))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body


def cookie_header(cookie: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}


def seed(app: Flask) -> Place:
    """A school of five grades; the third has exactly the twenty announcements of `news.py`."""
    with app.app_context(), writing():
        grade, people = _school()
        _announce(grade, people)
        invitation = Invitation.make(grade, people["teacher"])
        db.session.commit()
        path, code = f"/groups/{grade.id}", invitation.code
        reader, admin = people["reader"].id, people["teacher"].id
    place = Place(path, f"/j/{code}", _sign_in(app, reader), _sign_in(app, admin))
    with app.app_context():
        db.engine.dispose()
    return place


def _school() -> tuple[Group, dict[str, Person]]:
    looks: dict[str, Any] = {"language": "hi", "joining": "ask"}
    school = Group.plant(name="रामपुर प्राथमिक विद्यालय", picture="school", colour="haldi", level="स्कूल", **looks)
    grades = [
        Group.plant(school, name=f"कक्षा {number}", picture=f"n{number}", colour=colour, position=number, **looks)
        for number, colour in enumerate(("geru", "neela", "neem", "jamun", "gulab"), start=1)
    ]
    mothers = Group.plant(school, name="माताएँ", picture="mother", colour="gulab", position=20, **looks)
    people = _people()
    admit(school, people["head"], role="admin")
    admit(grades[2], people["teacher"], role="admin")
    admit(grades[2], people["helper"], role="admin")  # a responder when she said it
    for group in (grades[2], grades[4], mothers):
        admit(group, people["reader"])
    return grades[2], people


def _people() -> dict[str, Person]:
    looks = {
        "head": ("रमेश गुरुजी", "book", "neela"),
        "teacher": ("सुनीता देवी", "parrot", "gulab"),
        "helper": ("कमला", "pot", "mor"),
        "reader": ("मीना कुमारी", "mango", "neem"),
    }
    people = {
        part: Person(name=name, picture=picture, colour=colour, language="hi")
        for part, (name, picture, colour) in looks.items()
    }
    db.session.add_all(people.values())
    db.session.flush()
    return people


def _announce(grade: Group, people: dict[str, Person]) -> None:
    """The oldest a week ago, the newest within the hour; the reader has heard none."""
    audience = Audience.of(grade)
    roles = {"head": "admin", "teacher": "admin", "helper": "responder"}
    for number, (author, text) in enumerate(NEWS):
        said = Announcement.publish(
            audience, people[author], key=f"bench-{number}", text=text, language="hi", role=roles[author]
        )
        release(said.id)
        said.created = said.released_at = now() - timedelta(hours=8 * (len(NEWS) - 1 - number), minutes=20)
    db.session.flush()


def _sign_in(app: Flask, person_id: int) -> str:
    """The cookie that a person's phone holds once it came in by a code, as a new phone does."""
    with app.app_context(), writing():
        person = db.session.get_one(Person, person_id)
        code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=5))
        db.session.commit()
    client = app.test_client()
    client.post(f"/enter/{code}", headers={"Sec-Fetch-Site": "same-origin"})
    cookie = client.get_cookie(COOKIE)
    if cookie is None:
        raise RuntimeError("the code let nobody in")
    return cookie.value
