"""The app with an errand of these tests, as a process finds it that is told FLASK_APP=tests.outbox.noting.

"note" goes out: it writes its text into a file, as a push service would count what reaches it, and settles by a row of
its own. Its other arguments make it slow or let it stumble.
"""

import os
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import create_app as real_app
from community.database import db, writing
from community.outbox.models import Errand, Outbox, handles
from community.people.models import Person

LOOKS = {"picture": "mango", "colour": "neem", "language": "hi"}
SEEN = "AANGAN_TEST_SEEN"  # names the file


class Note(Errand):
    def prepare(self, row: Outbox) -> dict[str, Any]:
        return dict(row.args)

    def perform(self, work: dict[str, Any]) -> str:
        write_line(Path(os.environ[SEEN]), work["text"])
        time.sleep(work.get("slow", 0))
        if work.get("bad"):
            raise RuntimeError("not today")
        return str(work["text"])

    def settle(self, row: Outbox, result: str) -> None:
        db.session.add(Person(arrival=f"{row.id} {result}", **LOOKS))


def write_line(file: Path, text: str) -> None:
    """Whole lines, also where several processes write at once."""
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, f"{text}\n".encode())
    os.close(handle)


def create_app() -> Flask:
    app = real_app()
    handles(app, "note", Note())
    return app


def promise(app: Flask, *texts: str, rank: int = 0, **more: Any) -> None:
    with app.app_context(), writing():
        for text in texts:
            Outbox.promise("note", f"note:{text}", rank=rank, text=text, **more)
        db.session.commit()


def settled(app: Flask) -> list[str]:
    """What was settled, in the order of the promises."""
    with app.app_context():
        found = db.session.scalars(sa.select(Person.arrival).where(Person.arrival.is_not(None)).order_by(Person.id))
        rows = sorted((int(number), text) for number, text in (str(mark).split(" ", 1) for mark in found))
        db.session.commit()
        return [text for _, text in rows]


def still_open(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(sa.select(sa.func.count(Outbox.id)).where(Outbox.done_at.is_(None))) or 0
        db.session.commit()
        return count
