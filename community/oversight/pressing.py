"""What waits for somebody in a group, since when, and which group comes first. Rooms further down say what else counts.

Nothing here reads a word: that something waits, and since when.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from community.care.models import Case
from community.database import db
from community.invitations.requests import JoinRequest

KINDS = ("waiting", "rumours", "reports", "questions", "urgent")  # the gravest last
AGES = 1 << 34  # seconds since 1970 stay below for five hundred years
Waits = dict[int, tuple[int, int]]  # by group: how many, and since when the oldest (seconds since 1970)
Statement = Callable[[Collection[int]], sa.Select[*tuple[Any, ...]]]


def _waiting(ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    """Wishes to come in that nobody answered."""
    one = JoinRequest
    waits = sa.select(one.group_id, sa.func.count(), sa.func.min(one.created))
    return waits.where(one.group_id.in_(ids), one.answer.is_(None)).group_by(one.group_id)


def _reports(ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    """What lies undecided on each group's desk. Not where it happened: whom it is about may oversee that."""
    lie = sa.select(Case.desk_id, sa.func.count(), sa.func.min(Case.created))
    return lie.where(Case.desk_id.in_(ids), *Case.counted()).group_by(Case.desk_id)


STATEMENTS: dict[str, Statement] = {"waiting": _waiting, "reports": _reports}


def counts(kind: str, statement: Statement) -> None:
    """This kind (of KINDS) is counted so: of groups by their ids each, how many wait, since when the oldest does."""
    STATEMENTS[kind] = statement


def counted(ids: Collection[int]) -> dict[str, Waits]:
    """What waits in these groups, by its kind; nothing where no room counts it."""
    return {kind: _counted(STATEMENTS[kind], ids) if kind in STATEMENTS else {} for kind in KINDS}


def _counted(statement: Statement, ids: Collection[int]) -> Waits:
    rows = db.session.execute(statement(ids))
    return {group: (many, _seconds(since)) for group, many, since in rows if many}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def own(found: Mapping[str, Waits], group_id: int) -> dict[str, int]:
    """Of one group: how many of each kind, and how much it presses, with reports and without."""
    here = {kind: found[kind].get(group_id, (0, 0)) for kind in KINDS}
    plain = {kind: waits for kind, waits in here.items() if kind != "reports"}
    many = {kind: how_many for kind, (how_many, _since) in here.items()}
    return many | {"press": press(here), "press_plain": press(plain)}


def press(here: Mapping[str, tuple[int, int]]) -> int:
    """The gravest kind that there is counts first, then what has waited longest; 0 where nothing waits.

    It hangs on no clock: what waits longer was there earlier.
    """
    grave = max((KINDS.index(kind) + 1 for kind, (many, _since) in here.items() if many), default=0)
    return grave * AGES + AGES - 1 - here[KINDS[grave - 1]][1] if grave else 0


@dataclass(frozen=True)
class Pressed:
    """What a number says back: the gravest kind, and since when it waits."""

    kind: str
    since: datetime

    @classmethod
    def by(cls, number: int) -> "Pressed":
        grave, younger = divmod(number, AGES)
        return cls(KINDS[grave - 1], datetime.fromtimestamp(AGES - 1 - younger, UTC))
