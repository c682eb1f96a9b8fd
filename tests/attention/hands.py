"""Hands for these tests: a root, people in it, days that pass, and what rang on whose phone."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from community.database import db
from community.days.models import Budget
from community.groups.membership import admit
from community.groups.models import Group
from community.notifications.sender import Letter
from community.outbox.models import Outbox
from community.people.models import Person
from tests.notifications.post_office import committed, run_all

LOOKS = {"name": "g", "language": "hi", "picture": "school", "colour": "mor"}
MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # half past ten in Kolkata
KINDS = ("fan-out", "push", "morning", "digest")


def plant(parent: int | None = None) -> int:
    with committed():
        return Group.plant(db.session.get(Group, parent) if parent else None, **LOOKS).id


def join(group: int, *people: int, role: str = "member", **more: object) -> None:
    with committed():
        for number in people:
            held = admit(db.session.get_one(Group, group), db.session.get_one(Person, number), role=role)
            held.heard_seq = 0
            for field, value in more.items():
                setattr(held, field, value)


def allow(root: int, a_day: int, by: int) -> None:
    with committed():
        Budget.choose(db.session.get_one(Group, root), a_day, db.session.get_one(Person, by))


def deliver() -> int:
    """All that is due is sent; counters and folding are not what these tests look at."""
    with committed():
        db.session.execute(sa.delete(Outbox).where(Outbox.kind.not_in(KINDS)))
    return run_all(kinds=KINDS)


@dataclass(frozen=True)
class Rang:
    """One letter to one phone: which announcement, None for a digest; when."""

    phone: int
    announcement: int | None
    at: datetime
    urgent: bool

    @classmethod
    def read(cls, letter: Letter, at: datetime) -> "Rang":
        shown = json.loads(letter.body)["notification"]
        tag = shown["tag"]
        return cls(_phone(letter), None if tag == "digest" else int(tag[1:]), at, letter.urgency == "high")

    def day(self, zone: str) -> str:
        return self.at.astimezone(ZoneInfo(zone)).date().isoformat()


def _phone(letter: Letter) -> int:
    return int(letter.endpoint.rsplit("/", 1)[1])


def shown(letter: Letter) -> dict[str, str]:
    found: dict[str, str] = json.loads(letter.body)["notification"]
    return found
