"""What the phone should have ready: addresses, each with a mark that changes when its page does. No page is drawn.

What a mark promises: it changes with whatever is said, changed, pinned, removed or expired in what I hear, with what I
have answered, with my groups and those beside them, children, roles, bells and requests, my language, and what may come
by itself (community/saver). A board's knows what is new on it, not how many are new behind the doors beside it; none
knows that "today" became "yesterday", nor of a new release. Each would make phones fetch all pages, which are looked at
anew when they are opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.feed import NO_WAY, Way, matching, through
from community.announcements.line import Heard, Trace, tops
from community.announcements.models import Announcement
from community.database import db, now
from community.fragments import seen_by
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.invitations.models import JoinRequest
from community.people.models import Child, Person

BOARDS = 12  # groups whose boards are brought
SAID = 20  # newest announcements that are looked after, the new ones among them brought


@dataclass(frozen=True)
class Ready:
    """Marks by address: of what is brought, and of what is looked at where the phone has it; one for all the rest,
    which changes when another place is open to me."""

    brought: dict[str, str]
    known: dict[str, str]
    rest: str


@dataclass(frozen=True)
class _Said:
    """An announcement as far as its mark goes."""

    line: Trace
    is_new: bool
    given: tuple[Any, ...]

    @property
    def state(self) -> tuple[Any, ...]:
        return *self.line, self.given


def ready_for(person: Person, stand: Standing) -> Ready:
    held = [one for one in stand.memberships if not one.group.rests]
    audiences = matching(stand, [one.group for one in held])
    said, common = _said(stand, held, audiences), _common(person, stand)
    groups = list({one.group_id: one.group for one in held}.values())[:BOARDS]
    near = _near(groups)
    boards = {f"/groups/{group.id}": _mark(common, _board(group, said, near)) for group in groups}
    whole = _mark(common, [(one.state, one.is_new) for one in said])
    pages = [(one, f"/announcements/{one.line.id}", _mark(common, one.state)) for one in said[:SAID]]
    brought = {address: mark for one, address, mark in pages if one.is_new}
    known = {address: mark for one, address, mark in pages if not one.is_new}
    rest = _mark([(held.id, held.role, held.group.path, held.group.rests) for held in stand.memberships])
    return Ready({"/": whole, **brought, **boards, "/groups": _mark(common)}, known, rest)


def _mark(*state: Any) -> str:
    """Thirty bits: a change that gives the same ones is seen when the page is opened."""
    return blake2b(repr(state).encode(), digest_size=4).hexdigest()[:7]


def _said(stand: Standing, held: list[Membership], audiences: list[Heard]) -> list[_Said]:
    """What each audience that I am in was told last, newest first."""
    lines = tops(audiences)
    ways = {number: Way.by(by) for number, by in through(stand, held, audiences).items()}
    given = _given(stand.person, [line.id for line in lines])
    return [_Said(line, _is_new(line, stand.person, ways), given.get(line.id, ())) for line in lines]


def _is_new(line: Trace, person: Person, ways: Mapping[int, Way]) -> bool:
    heard = ways.get(line.audience_id, NO_WAY).heard
    return bool(line.seq > heard and line.author_id != person.id and line.removed_at is None)


def _given(person: Person, ids: list[int]) -> dict[int, tuple[Any, ...]]:
    """What I have answered to these, by announcement."""
    if not ids:
        return {}
    given = Acknowledgement.__table__.c
    mine = sa.select(given.announcement_id, given.child_id, given.wish).where(given.person_id == person.id)
    found: dict[int, tuple[Any, ...]] = {}
    for number, *answer in db.session.execute(mine.where(given.announcement_id.in_(ids)).order_by(given.id)):
        found[number] = (*found.get(number, ()), *answer)
    return found


def _near(groups: list[Group]) -> dict[int | None, tuple[Any, ...]]:
    """How many groups are inside each of these and of those around them, and when one of them changed last."""
    places = {place for group in groups for place in (group.id, group.parent_id) if place}
    inside = sa.select(Group.parent_id, sa.func.count(), sa.func.max(Group.changed))
    inside = inside.where(Group.parent_id.in_(places), Group.archived_at.is_(None)).group_by(Group.parent_id)
    return {place: (count, last) for place, count, last in db.session.execute(inside)}


def _board(group: Group, said: list[_Said], near: Mapping[int | None, tuple[Any, ...]]) -> tuple[Any, ...]:
    """What stands on a group's page: the news heard there, the groups beside it."""
    here = [(one.state, one.is_new) for one in said if one.line.group_id in group.lineage]
    return group.id, near.get(group.id), near.get(group.parent_id), here


def _common(person: Person, stand: Standing) -> str:
    """What every page of mine depends on."""
    memberships = [_membership(held) for held in stand.memberships]
    waits = [(one.id, one.changed, one.release_at, one.original.text) for one in Announcement.waiting_of(person)]
    asked = [*JoinRequest.of(person), *JoinRequest.waiting_for(stand.leads(), stand.offices.held)]
    doors = [(one.id, one.group.changed, one.person.changed) for one in asked]
    children = [_looks(child) for child in Child.of(person)]
    return _mark(person.changed, seen_by()[:3], memberships, waits, doors, children)


def _membership(held: Membership) -> tuple[Any, ...]:
    bell = (held.level, held.muted_until, bool(held.muted_until and held.muted_until > now()))
    return held.id, held.role, held.group.path, held.group.changed, held.group.rests, bell


def _looks(child: Child) -> tuple[Any, ...]:
    return child.id, child.picture, child.colour, child.nickname
