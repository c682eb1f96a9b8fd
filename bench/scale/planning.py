"""Plans the fan-out of one announcement to everybody: all batches are promised, none is sent. Run by rows.py."""

import json
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from bench.scale.places import BASE
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db, now, writing
from community.groups.models import Group
from community.outbox.batch import run_batch
from community.outbox.models import Outbox
from community.people.models import Person

WORKER = "scale"
LEASE = timedelta(hours=1)


def main() -> None:
    url, folder = sys.argv[1:]
    app = create_app({"INSTANCE": str(Path(folder) / "planning.instance"), "DEMO": "0", "DATABASE_URL": url})
    with app.app_context():
        number = _say()
        began, held = time.monotonic(), []
        while _step(number):
            held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        seconds = time.monotonic() - began
        batches = db.session.scalar(_planned(number))
        _take_back(number)
    early = held[max(0, len(held) // 10)]
    print(json.dumps({"seconds": seconds, "steps": len(held), "batches": batches, "early": early, "late": held[-1]}))


def _say() -> int:
    with writing():
        root, author = db.session.get_one(Group, BASE), db.session.get_one(Person, 1)
        said = Announcement.publish(
            Audience.of(root), author, key=f"plan-{now().timestamp()}", text="Plan", language="hi"
        )
        release(said.id)
        db.session.commit()
        return said.id


def _step(number: int) -> bool:
    """Keep the next promise of this announcement that plans; False where none is left. The sweep is for later."""
    mine = (Outbox.kind == "fan-out", Outbox.done_at.is_(None), Outbox.key.startswith(f"fan-out:{number}"))
    with writing():
        row = db.session.scalar(sa.select(Outbox).where(*mine).limit(1))
        if row is None:
            return False
        row.worker, row.lease_until, row.attempts = WORKER, now() + LEASE, 1
        db.session.commit()
    if not run_batch(row, WORKER):
        raise RuntimeError("a step of the planning failed")
    db.session.remove()
    return True


def _planned(number: int) -> sa.Select[int]:
    return (
        sa.select(sa.func.count())
        .select_from(Outbox)
        .where(Outbox.kind == "push", Outbox.key.startswith(f"push:{number}:"))
    )


def _take_back(number: int) -> None:
    """The next run, and the pages measured after it, find what was there before."""
    with writing():
        db.session.execute(sa.delete(Outbox))
        for table in ("translation", "announcement"):
            column = "id" if table == "announcement" else "announcement_id"
            db.session.execute(sa.text(f"DELETE FROM {table} WHERE {column} = :n"), {"n": number})
        db.session.commit()


if __name__ == "__main__":
    main()
