"""What the page asks: the groups of a branch in which something waits, the most urgent first; one query by index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community.database import db
from community.groups.models import Group
from community.groups.shielding import shielded
from community.oversight.level import LOOKS, MOST
from community.oversight.models import GroupCounter
from community.oversight.pressing import KINDS, Pressed

SMALL = 50  # people; below that it is said that there is urgent help, and not how often
PEOPLE = ("waiting", "reports")  # few, or a number
GRAVEST_FIRST = tuple(reversed(KINDS))
Told = dict[str, int | None]  # by kind; None: few, of urgent help yes. What is not there does not wait.


@dataclass(frozen=True)
class Waiting:
    """A group in which something waits: its door, what, and since when the gravest of it."""

    id: int
    name: str
    language: str
    level: str
    picture: str
    colour: str
    rests: bool
    told: Told
    grave: str
    since: datetime
    admins: int
    place: str  # the group right above
    press: int

    @property
    def mark(self) -> str:
        """After which one the next page begins."""
        return f"{self.press}-{self.id}"


def waiting(group: Group, *, whole: bool, after: tuple[int, int] | None = None) -> list[Waiting]:
    """Of this branch, one more than a page has. Only for who decides over all of it (`whole`) do reports count."""
    counter, above = GroupCounter, aliased(Group)
    press = counter.press if whole else counter.press_plain
    numbers = [getattr(counter, kind) for kind in GRAVEST_FIRST]
    found = sa.select(*LOOKS, press, counter.people, counter.admins, above.name, *numbers)
    found = found.join(counter, counter.group_id == Group.id).outerjoin(above, above.id == Group.parent_id)
    found = found.where(counter.community_id == group.community_id, press > 0, Group.below(group.path))
    if after:
        younger = sa.or_(press < after[0], counter.group_id < after[1])
        found = found.where(press <= after[0], younger)
    rows = db.session.execute(found.order_by(press.desc(), counter.group_id.desc()).limit(MOST + 1))
    return [_waiting(*tuple(row), whole=whole) for row in rows]


def _waiting(*row: Any, whole: bool) -> Waiting:
    looks = {column.key: look for column, look in zip(LOOKS, row, strict=False)}
    press, people, admins, above, *numbers = row[len(LOOKS) :]
    pressed = Pressed.by(press)
    told = _told(dict(zip(GRAVEST_FIRST, numbers, strict=True)), people, whole=whole)
    more = {"admins": admins, "place": above or "", "press": press}
    return Waiting(**looks, told=told, grave=pressed.kind, since=pressed.since, **more)


def _told(numbers: Mapping[str, int], people: int, *, whole: bool) -> Told:
    """The numbers as they may be said, the gravest first."""
    shown = {kind: many for kind, many in numbers.items() if many and (whole or kind != "reports")}
    return {kind: _said(kind, many, people) for kind, many in shown.items()}


def _said(kind: str, many: int, people: int) -> int | None:
    if kind == "urgent":
        return many if people >= SMALL else None
    return shielded([many])[0] if kind in PEOPLE else many


def in_all(group: Group, *, whole: bool) -> Told | None:
    """What waits in the whole branch; None where nothing was counted yet."""
    found = GroupCounter.of(group.community_id, group.id)
    if found is None:
        return None
    return _told({kind: getattr(found, f"all_{kind}") for kind in GRAVEST_FIRST}, found.all_people, whole=whole)
