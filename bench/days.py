"""`python -m bench.days` measures what it costs to plan one announcement for 100,000 phones, up to the letters.

A PostgreSQL of its own; the ranges of the fan-out, then each batch as a worker prepares it: who gets it, a row for each
phone, whether her day has room, and the letters. Nothing is sent. The first announcement of a day finds room with
everybody, the last one with nobody. --phones makes it smaller; --turns says how many announcements.
"""

import argparse
import time
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from bench.scale.cluster import cluster
from bench.scale.places import BASE, Level, Place, fill
from bench.server import migrated_app
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db, now, writing
from community.groups.models import Group
from community.outbox.batch import run_batch
from community.outbox.models import Outbox, errand_of
from community.people.models import Person

PER_PERSON = 10 / 6  # people for each phone, as the place has them
WORKER = "days"


def place(phones: int) -> Place:
    people = int(phones * PER_PERSON)
    groups = max(1, people // 60)
    return Place("days", (Level("Organisation", 1, 1, 0), Level("Booth", groups, 1, 0)), people, people, 0)


def say(number: int) -> int:
    """Announced and released, and nothing else promised."""
    with writing():
        root, author = db.session.get_one(Group, BASE), db.session.get_one(Person, 1)
        said = Announcement.publish(Audience.of(root), author, key=f"days-{number}", text="Plan", language="hi")
        db.session.execute(sa.delete(Outbox))
        release(said.id)
        db.session.commit()
        return said.id


def due(kind: str) -> Outbox | None:
    with writing():
        row = db.session.scalar(sa.select(Outbox).where(Outbox.kind == kind, Outbox.done_at.is_(None)).limit(1))
        if row is not None:
            row.worker, row.lease_until, row.attempts = WORKER, now(), 1
        db.session.commit()
    return row


def plan() -> tuple[float, int]:
    """Seconds, and letters: all ranges, then all batches, one after the other."""
    began, letters = time.monotonic(), 0
    while (row := due("fan-out")) is not None and "sweep" not in row.args:
        run_batch(row, WORKER)
    while (row := due("push")) is not None:
        with writing():
            letters += len(errand_of("push").prepare(row).letters)
            row.done_at = now()
            db.session.commit()
        db.session.remove()
    return time.monotonic() - began, letters


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.days", description=__doc__)
    parser.add_argument("--at", type=Path, help="a folder for the cluster, which stays")
    parser.add_argument("--phones", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=5)
    given = parser.parse_args()
    with cluster(given.at) as folder:
        measure(folder, given.phones, given.turns)


def measure(folder: Path, phones: int, turns: int) -> None:
    from bench.scale.cluster import database

    url, _new = database(folder, "days")
    looks = {"INSTANCE": str(folder / "days.instance"), "DEMO": "0", "DATABASE_URL": url}
    with migrated_app(looks).app_context():
        db.engine.dispose()
    fill(place(phones), url)
    with create_app(looks).app_context():
        with writing():  # it is day for everybody
            db.session.execute(sa.update(Person).values(quiet_from=0, quiet_until=0))
            db.session.commit()
        for number in range(turns):
            said = say(number)
            seconds, letters = plan()
            print(f"announcement {said}: {seconds:.1f} s, {letters:,} letters", flush=True)
        db.engine.dispose()


if __name__ == "__main__":
    main()
