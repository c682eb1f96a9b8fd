"""The counts of an audience: exact while that is quick, else worked out from a sample of its people.

A sample is of persons, chosen by their number alone: always the same ones, whichever groups they are in, so somebody in
several groups counts once there as well. It has an index of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community.announcements.audience import Aim, hearers, inside, places
from community.database import db
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription

LOOKED_AT = 600_000  # memberships, up to which people are counted one by one; of more the sample is within 1 %
RATES = (8, 32)  # one in so many people is in the indexes of the samples
ENOUGH = 75_000  # people of a sample, who tell the whole within 1 %
SAMPLE = 25_000  # people who are asked for language and bell, at most
WHOLE = 1 << 32


def _mixed(column: str) -> str:
    """Neighbouring numbers fall far from each other: Knuth's multiplicative hash, in what 63 bits hold."""
    return f"{column} % 2147483648 * 2654435761 % {WHOLE}"


def _index(name: str, where: str, *columns: Any) -> sa.Index:
    """Read by itself: all that is asked of the sample stands in it."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


_index(
    "ix_membership_sampled", f"{_mixed('person_id')} < {WHOLE // RATES[0]}", Membership.group_id, Membership.person_id
)  # fmt: skip
_index(
    "ix_membership_sampled_few", f"{_mixed('person_id')} < {WHOLE // RATES[1]}",
    Membership.group_id, Membership.person_id,
)  # fmt: skip
_index("ix_person_sampled", f"{_mixed('id')} < {WHOLE // RATES[0]}", Person.id, Person.language)
_index(
    "ix_listener_sampled", f"{_mixed('person_id')} < {WHOLE // RATES[0]}", Listener.person_id, Listener.subscription_id
)  # fmt: skip
_index("ix_subscription_ended", "ended_at IS NOT NULL", Subscription.id)


@dataclass(frozen=True)
class Counted:
    """The true counts, or what a sample says of them. They leave this room by `Told` alone."""

    people: int
    about: bool
    groups: int
    rung: int  # people with a phone that can be rung
    languages: Mapping[str, int]


def count(aim: Aim, most: int | None = None) -> Counted | None:
    """The counts as things are now; None where more than `most` memberships would have to be looked at."""
    found = _memberships(aim, most or LOOKED_AT)
    if found is None and most:
        return None
    people = people_of(aim) if found is not None else _estimated(aim)
    every = 1 if people <= SAMPLE else RATES[0]
    while people // every > SAMPLE:
        every *= 2
    languages = {code: number * every for code, number in _languages(aim, every).items()}
    return Counted(people, found is None, _groups(aim), _rung(aim, every) * every, languages)


def _memberships(aim: Aim, most: int) -> int | None:
    """How many memberships the audience has; None for more than `most`, which are not looked at."""
    held = sa.select(Membership.id).join(Group, Membership.group_id == Group.id).where(*inside(aim)).limit(most + 1)
    found = db.session.scalar(sa.select(sa.func.count()).select_from(held.subquery())) or 0
    return found if found <= most else None


def _estimated(aim: Aim) -> int:
    """How many people it has, by the coarsest sample that is large enough."""
    for every in reversed(RATES):
        found = people_of(aim, every)
        if found >= ENOUGH:
            break
    return found * every


def people_of(aim: Aim, every: int = 1) -> int:
    """How many different people hear it; of a sample, how many of that."""
    heard = hearers(aim, *_sample("membership.person_id", every))
    return db.session.scalar(sa.select(sa.func.count()).select_from(heard)) or 0


def _sample(column: str, every: int) -> list[sa.ColumnElement[bool]]:
    """One in so many people. Every smaller sample is in the larger ones, so their indexes serve them all."""
    rates = sorted({rate for rate in (*RATES, every) if rate <= every} - {1})
    return [sa.literal_column(f"{_mixed(column)} < {WHOLE // rate}", sa.Boolean) for rate in rates]


def _groups(aim: Aim) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Group).where(*places(aim))) or 0


def _languages(aim: Aim, every: int) -> dict[str, int]:
    """How many of a sample read in which language."""
    heard = hearers(aim, *_sample("membership.person_id", every))
    rows = sa.select(Person.language, sa.func.count()).join(heard, heard.c.person_id == Person.id)
    rows = rows.where(*_sample("person.id", every)).group_by(Person.language)
    return {code: people for code, people in db.session.execute(rows)}


def _rung(aim: Aim, every: int) -> int:
    """How many of a sample have a phone that the push service still knows."""
    heard = hearers(aim, *_sample("membership.person_id", every))
    ended = sa.select(Subscription.id).where(Subscription.id == Listener.subscription_id)
    rings = sa.select(heard.c.person_id).join(Listener, Listener.person_id == heard.c.person_id).distinct()
    rings = rings.where(
        *_sample("listener.person_id", every), ~ended.where(Subscription.ended_at.is_not(None)).exists()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(rings.subquery())) or 0
