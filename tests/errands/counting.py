"""The app with a kind of errand of these tests, as a process finds it, and what that kind left behind.

"count" leaves an audit entry for each deed and one more for each that was undone; what is named in `bad` is refused
after it has written, what is named in `stays` is not undone.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import sqlalchemy as sa
from flask import Flask

from app import create_app as real_app
from community.audit.models import AuditEntry
from community.database import db, writing
from community.errands.kinds import Kind, Refused, register
from community.errands.models import Deed, Errand, begin
from community.groups.models import Group
from community.outbox import embedded
from community.outbox.models import Outbox
from community.people.models import Person
from tests.conftest import Stage


class Count(Kind):
    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        errand.group.note("counted", errand.person, number=deed.what["number"])
        db.session.flush()
        if deed.what["number"] in errand.given.get("bad", []):
            raise Refused("gone")
        return {"was": deed.what["number"]}

    def undo(self, errand: Errand, deed: Deed) -> None:
        if deed.what["number"] in errand.given.get("stays", []):
            raise Refused("changed")
        assert deed.before
        errand.group.note("uncounted", errand.person, number=deed.before["was"])

    def ended(self, errand: Errand) -> None:
        errand.group.note("all counted", errand.person)


def with_counting(app: Flask) -> Flask:
    register(app, "count", Count())
    return app


def started(stage: Stage, many: int, part: str = "head", group: int = 0, key: str = "a key", **given: Any) -> int:
    """The number of an errand with so many deeds, begun by this part of the cast in this group (the school)."""
    with_counting(stage.app)
    with stage.app.app_context(), writing():
        person, where = (
            db.session.get_one(Person, stage.people[part]), db.session.get_one(Group, group or stage.school),
        )  # fmt: skip
        made = begin("count", where, person, key, given, ({"number": one, "name": f"№ {one}"} for one in range(many)))
        db.session.commit()
        return made.id


def counted(stage: Stage, action: str = "counted") -> list[int]:
    with stage.app.app_context():
        entries = sa.select(AuditEntry.details).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return [details["number"] for details in db.session.scalars(entries)]


def look_at(stage: Stage, number: int) -> Errand:
    with stage.app.app_context():
        found = db.session.get_one(Errand, number)
        assert found.group, found.person
        return found


def batch(stage: Stage, many: int = 1) -> None:
    """So many batches, whatever else is promised."""
    with stage.app.app_context():
        for _ in range(many):
            due = sa.select(Outbox.id).where(Outbox.kind == "errand", Outbox.done_at.is_(None))
            number = db.session.scalars(due).first()
            if number is None:
                return
            with writing():
                row = db.session.get_one(Outbox, number)
                row.worker = "test"
                db.session.commit()
            embedded.run_batch(row, "test")


if __name__ == "__main__":  # a keeper of promises that kills itself in the third batch, or lives on
    app, turns = with_counting(real_app()), 0
    finish = Outbox.finish

    def die_in_the_third(self: Outbox, worker: str) -> bool:
        global turns
        turns += 1
        if turns == 3 and sys.argv[1] == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        return finish(self, worker)

    Outbox.finish = die_in_the_third  # type: ignore[method-assign]
    embedded.Keeper(app).run()
