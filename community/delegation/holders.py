"""Who holds what: everybody with a role over a group, in it and just below, since when, from whom, until when."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.database import db
from community.groups.membership import Membership
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.people.models import Person

PAGE = 50
MOST = 300


@dataclass(frozen=True)
class Holder:
    """One person with one role in one group, or with an office."""

    person: Person
    group: Group
    role: str
    since: datetime
    giver: Person | None
    until: datetime | None
    category: Category | None = None
    membership_id: int = 0
    office_id: int = 0


def above(group: Group) -> list[Holder]:
    """Who oversees this group: from the top down to the group itself, and by an office."""
    ids = _each_once(Membership.group_id.in_(group.lineage)).limit(MOST)
    held = _holders(list(db.session.scalars(ids)))
    depth = {group_id: place for place, group_id in enumerate(group.lineage)}
    return sorted(held, key=lambda one: depth[one.group.id]) + [_officer(office) for office in Office.over(group)]


def below(group: Group, page: int) -> tuple[list[Holder], int | None]:
    """Who holds a role in the groups right inside, some at a time; and the next page's number."""
    inside = sa.select(Group.id).where(Group.parent_id == group.id, Group.archived_at.is_(None))
    ids = list(db.session.scalars(_each_once(Membership.group_id.in_(inside)).offset(page * PAGE).limit(PAGE + 1)))
    return _holders(ids[:PAGE]), page + 1 if len(ids) > PAGE else None


def offices_of(group: Group) -> list[Holder]:
    """The offices that were given in this branch itself."""
    whole = (joinedload(Office.person), joinedload(Office.category), joinedload(Office.group), joinedload(Office.giver))
    found = sa.select(Office).where(Office.group_id == group.id, Office.lasts()).order_by(Office.id).limit(MOST)
    return [_officer(office) for office in db.session.scalars(found.options(*whole))]


def _each_once(where: sa.ColumnElement[bool]) -> sa.Select[int]:
    """A parent holds her role with each of her memberships in the group."""
    roles = sa.select(sa.func.min(Membership.id)).where(where, Membership.role != "member")
    return roles.group_by(Membership.group_id, Membership.person_id).order_by(
        Membership.group_id, sa.func.min(Membership.id)
    )


def _holders(ids: list[int]) -> list[Holder]:
    whole = (joinedload(Membership.person), joinedload(Membership.group))
    held = {
        one.id: one for one in db.session.scalars(sa.select(Membership).where(Membership.id.in_(ids)).options(*whole))
    }
    givers = _people({one.role_by for one in held.values() if one.role_by})
    return [_holder(held[number], givers) for number in ids if number in held]


def _holder(one: Membership, givers: dict[int, Person]) -> Holder:
    return Holder(
        one.person, one.group, one.role, one.role_since or one.created, givers.get(one.role_by or 0), one.role_until,
        membership_id=one.id,
    )  # fmt: skip


def _people(ids: set[int]) -> dict[int, Person]:
    if not ids:
        return {}
    return {one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_(ids)))}


def _officer(one: Office) -> Holder:
    return Holder(
        one.person, one.group, one.role, one.created, one.giver, one.until, category=one.category, office_id=one.id
    )
