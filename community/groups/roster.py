"""Who is in a group, each person once, those with a role first."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.database import db
from community.groups.membership import ROLES, Membership
from community.groups.models import Group
from community.people.models import Child, Person

PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One person in the group, with the membership that carries her role, and the children she comes for."""

    held: Membership
    children: list[Child]

    @property
    def person(self) -> Person:
        return self.held.person


@dataclass(frozen=True)
class Roster:
    """One page of the group's people, and how many they are altogether."""

    entries: list[Entry]
    count: int
    more: int | None  # the next page's number

    @classmethod
    def of(cls, group: Group, page: int = 0) -> "Roster":
        rank = sa.func.max(sa.case({role: rank for rank, role in enumerate(ROLES)}, value=Membership.role))
        each = sa.select(Membership.person_id).where(Membership.group_id == group.id).group_by(Membership.person_id)
        here = each.order_by(rank.desc(), sa.func.min(Membership.id)).offset(page * PAGE).limit(PAGE + 1)
        people = list(db.session.scalars(here))
        count = db.session.scalar(sa.select(sa.func.count()).select_from(each.subquery())) or 0
        return cls(_entries(group, people[:PAGE]), count, page + 1 if len(people) > PAGE else None)


def _entries(group: Group, people: list[int]) -> list[Entry]:
    wanted = sa.select(Membership).where(Membership.group_id == group.id, Membership.person_id.in_(people))
    wanted = wanted.options(joinedload(Membership.person), joinedload(Membership.child)).order_by(Membership.id)
    held: dict[int, list[Membership]] = {}
    for one in db.session.scalars(wanted):
        held.setdefault(one.person_id, []).append(one)
    return [_entry(held[person_id]) for person_id in people]


def _entry(held: list[Membership]) -> Entry:
    strongest = max(held, key=lambda one: ROLES.index(one.role))
    return Entry(strongest, [one.child for one in held if one.child])
