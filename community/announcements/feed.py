"""What a person hears: the newest of each audience that matches her, merged, each once.

Audiences come first because a root full of news for others would otherwise be scanned through.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.audience import EVERYBODY, AudienceCategory, at_least, ids_in
from community.announcements.floors import since, telling
from community.announcements.line import AUDIENCE, FIRST, SAID, Heard, Line, Rows, unexpired
from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import Membership, Standing
from community.groups.models import Group, GroupCategory
from community.groups.offices import Placed
from community.people.models import Child, Person

COUNTED = 99  # unread beyond this is shown as "99+"


NOBODY: frozenset[int | None] = frozenset()


@dataclass(slots=True)
class Card:
    """One announcement as one person sees it."""

    announcement: Any  # a Line, or the whole Announcement
    unread: bool
    children: list[Child] = field(default_factory=list)
    acknowledged: frozenset[int | None] = NOBODY  # ids of children; None is herself


@dataclass(frozen=True)
class Way:
    """How an audience reaches a person: up to which `seq` she has heard it, and for which of her children."""

    heard: int
    children: tuple[Child, ...] = ()

    @classmethod
    def by(cls, memberships: Sequence[Membership]) -> "Way":
        """By these memberships; by none, nothing is new to her."""
        heard = max((held.heard_seq for held in memberships), default=FIRST)
        return cls(heard, tuple({held.child.id: held.child for held in memberships if held.child}.values()))


NO_WAY = Way(FIRST)


def matching(stand: Standing, groups: Sequence[Group]) -> list[Heard]:
    """The audiences that this person is in by these groups, whichever roles she holds in them and above."""
    lines = {group.id: group.lineage for group in groups}
    if not lines:
        return []
    above = list({group_id for line in lines.values() for group_id in line})
    values = {f"mine_{number}": group_id for number, group_id in enumerate(lines)}
    values |= {f"group_{number}": group_id for number, group_id in enumerate(above)}
    found = db.session.execute(_at_groups(len(above), len(lines)), values).all()
    carried, each = _carried(lines, found), [(group, lines[group.id]) for group in groups]
    mine = [one for one in found if any(_reaches(one, group, line, carried, stand) for group, line in each)]
    return since(mine, groups)


@lru_cache(maxsize=256)
def _at_groups(count: int, own: int) -> Rows:
    """The audiences of so many groups. However many are for other categories only, those are not even read."""
    groups = [sa.bindparam(f"group_{number}", type_=sa.BigInteger) for number in range(count)]
    mine = [sa.bindparam(f"mine_{number}", type_=sa.BigInteger) for number in range(own)]
    narrowed, carried = AudienceCategory.__table__, GroupCategory.__table__
    for_some = sa.select(narrowed.c.audience_id).join(carried, carried.c.category_id == narrowed.c.category_id)
    for_some = for_some.where(narrowed.c.group_id.in_(groups), carried.c.group_id.in_(mine))
    for_mine = sa.or_(AUDIENCE.c.narrowed == "", AUDIENCE.c.id.in_(for_some))
    return sa.select(*AUDIENCE.c).where(AUDIENCE.c.group_id.in_(groups), for_mine).order_by(AUDIENCE.c.id)


def through(
    stand: Standing, memberships: Sequence[Membership], audiences: Iterable[Heard]
) -> dict[int, list[Membership]]:
    """The memberships, of these, through which each audience reaches a person, by the audience's id."""
    found = {audience.id: audience for audience in audiences}
    lines = [(held, held.group, held.group.lineage) for held in memberships]
    carried = _carried([group.id for _held, group, _line in lines], found.values())
    reached = {
        number: [held for held, group, line in lines if _reaches(audience, group, line, carried, stand)]
        for number, audience in found.items()
    }
    return {number: telling(found[number], held) for number, held in reached.items()}


def _carried(groups: Iterable[int], audiences: Iterable[Heard]) -> dict[int, set[int]]:
    """The categories that each group carries, by its id; asked for only where an audience is narrowed."""
    return carried_by(groups) if any(audience.narrowed for audience in audiences) else {}


def carried_by(groups: Iterable[int]) -> dict[int, set[int]]:
    """The categories that each of these groups carries, by its id."""
    carried: dict[int, set[int]] = {}
    rows = sa.select(GroupCategory.group_id, GroupCategory.category_id)
    for group_id, category_id in db.session.execute(rows.where(GroupCategory.group_id.in_(list(groups)))):
        carried.setdefault(group_id, set()).add(category_id)
    return carried


def _reaches(
    audience: Heard, group: Placed, line: Sequence[int], carried: Mapping[int, set[int]], stand: Standing
) -> bool:
    """The rule of `audience.inside`, for one group of one person."""
    if audience.group_id not in line:
        return False
    if audience.narrowed and ids_in(audience.narrowed).isdisjoint(carried.get(group.id, ())):
        return False
    return audience.role == EVERYBODY or stand.role_in(group) in at_least(audience.role)


def cards(
    stand: Standing, memberships: Sequence[Membership], said: Sequence[Line], audiences: Sequence[Heard]
) -> list[Card]:
    """These announcements as the person sees them: what is new, what she and her children have done."""
    given, reader = _acknowledged(stand.person, [one.id for one in said]), stand.person.id
    ways = {number: Way.by(held) for number, held in through(stand, memberships, audiences).items()}
    return [_card(reader, ways.get(one.audience_id, NO_WAY), one, given.get(one.id, NOBODY)) for one in said]


def card(stand: Standing, said: Announcement) -> Card:
    """One whole announcement as the person sees it."""
    given = _acknowledged(stand.person, [said.id])
    way = Way.by(through(stand, stand.memberships, [said.audience])[said.audience_id])
    return _card(stand.person.id, way, said, given.get(said.id, NOBODY))


def _acknowledged(person: Person, ids: list[int]) -> dict[int, frozenset[int | None]]:
    """Herself (None) and the children for whom each was acknowledged, by announcement; of some more than these."""
    if not ids:
        return {}
    given: dict[int, frozenset[int | None]] = {}
    values = {"person": person.id, "first": min(ids), "last": max(ids)}
    for announcement_id, child_id in db.session.execute(_given(), values):
        given[announcement_id] = given.get(announcement_id, frozenset()) | {child_id}
    return given


@lru_cache(maxsize=1)
def _given() -> Rows:
    given = Acknowledgement.__table__.c
    mine = sa.select(given.announcement_id, given.child_id).where(given.person_id == sa.bindparam("person"))
    mine = mine.where(given.wish == "understood")
    return mine.where(given.announcement_id.between(sa.bindparam("first"), sa.bindparam("last")))


def _card(reader: int, way: Way, said: "Line | Announcement", given: frozenset[int | None]) -> Card:
    children = list(way.children) if said.kind == "activity" else []
    # New until she has opened it from any of the groups through which she hears it.
    new = said.seq is not None and said.seq > way.heard and said.author_id != reader and said.removed_at is None
    return Card(said, new, children, given)


def unread_by_group(stand: Standing, memberships: Sequence[Membership], audiences: Sequence[Heard]) -> Tally[int]:
    """How many new announcements were made at each group itself, counted a little beyond COUNTED."""
    reached = through(stand, memberships, audiences)
    heard = [(one, max(held.heard_seq for held in reached[one.id])) for one in audiences if reached[one.id]]
    if not heard:
        return Tally()
    values: dict[str, object] = {"now": now(), "reader": stand.person.id}
    for number, (audience, seq) in enumerate(heard):
        values |= {f"audience_{number}": audience.id, f"heard_{number}": seq}
    at = {audience.id: audience.group_id for audience, _seq in heard}
    return Tally(at[found] for found in db.session.scalars(_new_of(len(heard)), values))


@lru_cache(maxsize=256)
def _new_of(branches: int) -> sa.CompoundSelect[int]:
    """The statement for so many audiences: one row for each new announcement, none starved by another's flood."""
    return sa.union_all(*(sa.select(_new(number)) for number in range(branches)))


def _new(number: int) -> sa.Subquery:
    new = sa.select(SAID.c.audience_id).where(
        SAID.c.audience_id == sa.bindparam(f"audience_{number}", type_=sa.BigInteger),
        SAID.c.seq > sa.bindparam(f"heard_{number}", type_=sa.BigInteger),
        SAID.c.removed_at.is_(None), SAID.c.author_id != sa.bindparam("reader"), unexpired(),
    )  # fmt: skip
    return new.limit(COUNTED + 1).subquery()


def hear(memberships: Sequence[Membership], seq: int) -> None:
    """Move the watermark of these memberships to `seq`; never backwards."""
    ids = [held.id for held in memberships]
    behind = sa.update(Membership).where(Membership.id.in_(ids), Membership.heard_seq < seq)
    db.session.execute(behind.values(heard_seq=seq).execution_options(synchronize_session=False))


def children_in(memberships: Sequence[Membership]) -> dict[int, Child]:
    """The child for whom somebody is in a group, by the group's id; the first, where there are several."""
    found: dict[int, Child] = {}
    for held in memberships:
        if held.child:
            found.setdefault(held.group_id, held.child)
    return found
