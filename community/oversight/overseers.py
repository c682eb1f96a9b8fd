"""Who looks after a group from where, as its members see it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from community.database import db
from community.groups.membership import ROLES, Membership
from community.groups.models import Group
from community.groups.offices import Office
from community.people.models import Person

MOST = 50  # people of one level


@dataclass(frozen=True)
class Held:
    """One level, and who holds which role there."""

    id: int
    name: str
    language: str
    level: str
    picture: str
    colour: str
    people: list[tuple[Person, str]]


def overseers(group: Group) -> list[Held]:
    """From this group up to the root, each with whoever holds a role there; a level without anybody is left out.

    Who has an office for a category of this group stands at the level at which it was given.
    """
    offices = Office.over(group)
    looks = (Group.id, Group.name, Group.language, Group.level, Group.picture, Group.colour)
    found = db.session.execute(sa.select(*looks).where(Group.id.in_(group.lineage))).mappings()
    rows: dict[int, Any] = {row["id"]: dict(row) for row in found}
    levels = [Held(**rows[group_id], people=_at(group_id, offices)) for group_id in reversed(group.lineage)]
    return [one for one in levels if one.people]


def _at(group_id: int, offices: list[Office]) -> list[tuple[Person, str]]:
    held = _holders(group_id)
    known = {person.id for person, _role in held}
    given = [(one.person, one.role) for one in offices if one.group_id == group_id and one.person_id not in known]
    return held + given


def _holders(group_id: int) -> list[tuple[Person, str]]:
    strongest = sa.func.max(sa.case({role: rank for rank, role in enumerate(ROLES)}, value=Membership.role))
    held = sa.select(Membership.person_id, strongest.label("rank")).where(Membership.group_id == group_id)
    held = held.where(Membership.role != "member").group_by(Membership.person_id).order_by(strongest.desc()).limit(MOST)
    ranks = {person: rank for person, rank in db.session.execute(held)}
    people = db.session.scalars(sa.select(Person).where(Person.id.in_(ranks)))
    return [(person, ROLES[ranks[person.id]]) for person in sorted(people, key=lambda one: (-ranks[one.id], one.id))]
