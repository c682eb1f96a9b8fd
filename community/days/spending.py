"""Who may be rung up on a day: asked and written down for many people at once, however many batches ask.

A slot is taken by one INSERT for all of them. Whatever two batches would write of one person's day, they reach for the
same next slot: one waits for the other's commit, sees what it wrote, and tries anew. So nobody gets more than her
ceiling, nor one announcement or digest twice a day. People come in the order of their ids, or two batches could wait
for each other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from community.database import db
from community.days.models import Spent
from community.people.models import Person

Rows = sa.Select[*tuple[Any, ...]]
SPENT: Any = Spent.__table__
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Wish:
    """What would ring: an announcement of a community that may ring `most` times a day; or a digest, of no community.

    What is urgent passes both ceilings, and counts.
    """

    announcement_id: int | None = None
    community_id: int | None = None
    most: int | None = None
    is_urgent: bool = False


def spend(wish: Wish, people: Collection[int], day: date) -> set[int]:
    """Those of these people for whom it may ring on that day, or on whose day it stands already."""
    may = _take(wish, people, day)
    if left := set(people) - may:
        may |= _having(wish, left, day)
    while (left := set(people) - may) and (left := set(db.session.scalars(_room(wish, left, day)))):
        may |= _take(wish, left, day)
    return may


def _take(wish: Wish, people: Collection[int], day: date) -> set[int]:
    slots = _slots(wish, people, day)
    insert = INSERT[db.session.get_bind().dialect.name](SPENT).from_select(
        ["person_id", "day", "slot", "community_id", "announcement_id"], slots
    )
    return set(db.session.scalars(insert.on_conflict_do_nothing().returning(SPENT.c.person_id)))


def _among(column: Any, people: Collection[int]) -> sa.ColumnElement[bool]:
    """One value for all of them, where the database takes such."""
    if db.session.get_bind().dialect.name == "sqlite":
        return sa.and_(column.in_(sorted(people)))
    return sa.and_(column == sa.any_(sa.literal(sorted(people), sa.ARRAY(sa.BigInteger))))


def _having(wish: Wish, people: Collection[int], day: date) -> set[int]:
    there = sa.select(Spent.person_id).where(_among(Spent.person_id, people), Spent.day == day, _same(wish))
    return set(db.session.scalars(there))


def _same(wish: Wish) -> sa.ColumnElement[bool]:
    if wish.announcement_id is None:
        return sa.and_(Spent.announcement_id.is_(None), Spent.slot.is_not(None))
    return Spent.announcement_id == wish.announcement_id


def _slots(wish: Wish, people: Collection[int], day: date) -> Rows:
    """A row for each who has room: her next slot."""
    next_one = sa.func.coalesce(sa.func.max(Spent.slot), 0) + 1
    given = (sa.literal(day, sa.Date), next_one, sa.literal(wish.community_id, Spent.community_id.type))
    said = sa.literal(wish.announcement_id, Spent.announcement_id.type)
    return _with_room(sa.select(Person.id, *given, said), wish, people, day)


def _room(wish: Wish, people: Collection[int], day: date) -> Rows:
    return _with_room(sa.select(Person.id), wish, people, day)


def _with_room(asked: Rows, wish: Wish, people: Collection[int], day: date) -> Rows:
    asked = asked.outerjoin(Spent, sa.and_(Spent.person_id == Person.id, Spent.day == day))
    asked = asked.where(_among(Person.id, people)).group_by(Person.id, Person.ceiling)
    limits = [_count(_same(wish)) == 0]
    if not wish.is_urgent:
        limits.append(sa.func.count(Spent.slot) < Person.ceiling)
        if wish.most is not None:
            limits.append(_count(Spent.community_id == wish.community_id) < wish.most)
    return asked.having(sa.and_(*limits)).order_by(Person.id)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def used(person: Person, day: date) -> list[int | None]:
    """What has rung for her on that day, or will: the community of each; None for a digest."""
    hers = sa.select(Spent.community_id).where(Spent.person_id == person.id, Spent.day == day)
    return list(db.session.scalars(hers.order_by(Spent.slot)))
