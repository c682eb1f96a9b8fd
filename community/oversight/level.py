"""What the pages ask: the groups of a branch that need a human first, and one level of the tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community.database import db
from community.groups.models import Group
from community.groups.shielding import shielded
from community.notifications.discretion import FEW, Said, said
from community.oversight.models import GroupCounter
from community.oversight.need import reasons

MOST = 20
SINGLE = ("people", "waiting", "died", "reports")  # few, or a number
SHOWN = ("new_7", "new_30", "phones", "reached", "heard")  # people, or what they carry: said, not counted out
# Of a group only what its door shows. Its photo is not asked for.
LOOKS = (Group.id, Group.name, Group.language, Group.level, Group.picture, Group.colour, Group.rests)


@dataclass(frozen=True)
class Seen:
    """A group as the overseeing role sees it: its door, and numbers. `people` None: few, or hidden for few."""

    id: int
    name: str
    language: str
    level: str
    picture: str
    colour: str
    rests: bool
    groups: int = 0
    needs: int = 0
    people: int | None = 0
    weight: int = 0  # about how many people, for drawing only
    why: tuple[str, ...] = ()
    admins: int = 0
    place: str = ""  # the group right above


def needy(group: Group) -> list[Seen]:
    """At most twenty groups of this branch, the one that needs somebody most first."""
    counter, mine, above = GroupCounter, GroupCounter.community_id == group.community_id, aliased(Group)
    found = sa.select(*LOOKS, counter.people, counter.why, counter.admins, above.name)
    found = found.join(counter, counter.group_id == Group.id).outerjoin(above, above.id == Group.parent_id)
    found = found.where(mine, counter.need > 0, Group.below(group.path))
    rows = db.session.execute(found.order_by(counter.need.desc(), counter.group_id.desc()).limit(MOST))
    return [_needy(*tuple(row)) for row in rows]


def _needy(*row: Any) -> Seen:
    *looks, people, why, admins, above = row
    return _seen(looks, people=shielded([people])[0], why=tuple(reasons(why)), admins=admins, place=above or "")


def _seen(looks: list[Any], **more: Any) -> Seen:
    return Seen(**{column.key: look for column, look in zip(LOOKS, looks, strict=True)}, **more)


@dataclass(frozen=True)
class Level:
    """The groups right inside one, a page of them, and how many people are in that one itself."""

    inside: list[Seen]
    more: int | None
    own: int | None


def level(group: Group, page: int = 0) -> Level:
    counted = _counted(group)
    told = dict(zip(counted, shielded(list(counted.values())), strict=True))
    rows = db.session.execute(
        _inside(group).order_by(Group.position, Group.id).offset(page * MOST).limit(MOST + 1)
    ).all()
    inside = [_child(told, counted, *tuple(row)) for row in rows[:MOST]]
    return Level(inside, page + 1 if len(rows) > MOST else None, told.get(group.id))


def _counted(group: Group) -> dict[int, int]:
    """People of all groups right inside and of this one itself: what stands on every page of the level."""
    counter, mine = GroupCounter, GroupCounter.community_id == group.community_id
    inside = sa.select(counter.group_id, counter.all_people).join(Group, Group.id == counter.group_id)
    rows = db.session.execute(inside.where(mine, Group.parent_id == group.id))
    found = {group_id: people for group_id, people in rows}
    own = GroupCounter.of(group.community_id, group.id)
    return found | {group.id: own.people if own else 0}


def _inside(group: Group) -> sa.Select[*tuple[Any, ...]]:
    counter = GroupCounter
    joined = sa.and_(counter.community_id == group.community_id, counter.group_id == Group.id)
    numbers = (sa.func.coalesce(column, 0) for column in (counter.all_groups, counter.all_needs, counter.why))
    return sa.select(*LOOKS, *numbers).outerjoin(counter, joined).where(Group.parent_id == group.id)


def _child(told: Mapping[int, int | None], counted: Mapping[int, int], *row: Any) -> Seen:
    *looks, groups, needs, why = row
    people = told.get(row[0], 0)
    weight = FEW if people is None else people  # what is hidden is not drawn either
    return _seen(looks, groups=groups, needs=needs, people=people, weight=weight, why=tuple(reasons(why)))


@dataclass(frozen=True)
class Figures:
    """The numbers of a branch as they may be said."""

    counter: GroupCounter
    people: int | None
    told: Mapping[str, Said]
    waiting: int | None
    died: int | None
    reports: int | None


def figures(group: Group) -> Figures | None:
    """None where nothing was counted yet."""
    found = GroupCounter.of(group.community_id, group.id)
    if found is None:
        return None
    whole = found.all_people
    told = {name: said(min(getattr(found, f"all_{name}"), whole), whole) for name in SHOWN} if whole >= FEW else {}
    single = {name: shielded([getattr(found, f"all_{name}")])[0] for name in SINGLE}
    return Figures(found, told=told, **single)
