"""The counts of an audience: exact while that is quick, else worked out from a sample of its people.

A sample is of persons, chosen by their number alone: always the same ones, whichever groups they are in, so somebody in
several groups counts once there as well. It has an index of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from community.announcements.audience import Aim, hearers, inside, places
from community.database import db
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription

LOOKED_AT = 600_000  # memberships, up to which people are counted one by one; of more the sample is within 1 %
EIGHTH = 8  # one in so many people is in the index of the sample
SAMPLE = 25_000  # people who are asked for language and bell, at most
# Neighbouring numbers fall far from each other: Knuth's multiplicative hash, in what 63 bits hold.
MIXED = "person_id % 2147483648 * 2654435761 % 4294967296"
WHOLE = 1 << 32
SAMPLED = f"{MIXED} < {WHOLE // EIGHTH}"

sa.Index(
    "ix_membership_sampled", Membership.group_id, Membership.person_id,
    sqlite_where=sa.text(SAMPLED), postgresql_where=sa.text(SAMPLED),
)  # fmt: skip


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
    people = people_of(aim) if found is not None else EIGHTH * people_of(aim, EIGHTH)
    every = 1 if people <= SAMPLE else EIGHTH
    while people // every > SAMPLE:
        every *= 2
    languages = {code: number * every for code, number in _languages(aim, every).items()}
    return Counted(people, found is None, _groups(aim), _rung(aim, every) * every, languages)


def _memberships(aim: Aim, most: int) -> int | None:
    """How many memberships the audience has; None for more than `most`, which are not looked at."""
    held = sa.select(Membership.id).join(Group, Membership.group_id == Group.id).where(*inside(aim)).limit(most + 1)
    found = db.session.scalar(sa.select(sa.func.count()).select_from(held.subquery())) or 0
    return found if found <= most else None


def people_of(aim: Aim, every: int = 1) -> int:
    """How many different people hear it; of a sample, how many of that."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(hearers(aim, *_sample(every)))) or 0


def _sample(every: int) -> list[sa.ColumnElement[bool]]:
    """One in so many people. Every smaller sample is in the larger one, so the index serves them all."""
    if every == 1:
        return []
    mixed = f"membership.{MIXED}"
    return [sa.literal_column(f"{mixed} < {WHOLE // rate}", sa.Boolean) for rate in {EIGHTH, every}]


def _groups(aim: Aim) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Group).where(*places(aim))) or 0


def _languages(aim: Aim, every: int) -> dict[str, int]:
    """How many of a sample read in which language."""
    heard = hearers(aim, *_sample(every))
    rows = sa.select(Person.language, sa.func.count()).join(heard, heard.c.person_id == Person.id)
    return {code: people for code, people in db.session.execute(rows.group_by(Person.language))}


def _rung(aim: Aim, every: int) -> int:
    """How many of a sample have a phone that the push service still knows."""
    heard = hearers(aim, *_sample(every))
    rings = sa.select(heard.c.person_id).join(Listener, Listener.person_id == heard.c.person_id).distinct()
    rings = rings.join(Subscription, Subscription.id == Listener.subscription_id)
    alive = rings.where(Subscription.ended_at.is_(None)).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(alive)) or 0
