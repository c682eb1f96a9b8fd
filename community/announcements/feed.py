"""What a person hears: the newest of each audience that matches her, merged, each once.

Audiences come first because a root full of news for others would otherwise be scanned through.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sqlalchemy as sa

from community.announcements.models import Acknowledgement, Announcement, Audience
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group, GroupCategory
from community.people.models import Child, Person

PAGE = 20
COUNTED = 99  # unread beyond this is shown as "99+"


@dataclass
class Card:
    """One announcement as one person sees it."""

    announcement: Announcement
    unread: bool
    children: list[Child] = field(default_factory=list)
    acknowledged: set[int | None] = field(default_factory=set)  # ids of children; None is herself


def matching(groups: Sequence[Group]) -> list[Audience]:
    """The audiences that whoever is in these groups is in."""
    lines = {group_id for group in groups for group_id in group.lineage}
    if not lines:
        return []
    found = list(db.session.scalars(sa.select(Audience).where(Audience.group_id.in_(lines))))
    carried = _carried(groups) if any(audience.category_id for audience in found) else {}
    return [audience for audience in found if _is_for(audience, groups, carried)]


def _carried(groups: Sequence[Group]) -> dict[int, set[int]]:
    rows = sa.select(GroupCategory.group_id, GroupCategory.category_id)
    carried: dict[int, set[int]] = {}
    for group_id, category_id in db.session.execute(rows.where(GroupCategory.group_id.in_([g.id for g in groups]))):
        carried.setdefault(group_id, set()).add(category_id)
    return carried


def _is_for(audience: Audience, groups: Sequence[Group], carried: dict[int, set[int]]) -> bool:
    return any(
        audience.category_id is None or audience.category_id in carried.get(group.id, ())
        for group in groups
        if audience.group_id in group.lineage
    )


@lru_cache(maxsize=256)
def _newest_of(branches: int, earlier: bool) -> sa.Select[Announcement]:
    """The statement for so many audiences: the top of each by seq, and the pinned of all, merged by release."""
    tops = [_top(sa.bindparam(f"audience_{number}", type_=sa.BigInteger), earlier) for number in range(branches)]
    if not earlier:
        tops.append(_pinned())
    chosen = sa.union(*(sa.select(top.c.id) for top in tops)).subquery()
    newest = sa.select(Announcement).join(chosen, chosen.c.id == Announcement.id)
    order = (Announcement.released_at.desc(), Announcement.seq.desc())
    return newest.options(*Announcement.whole()).order_by(*order).limit(PAGE + 4)


def _standing_news() -> sa.ColumnElement[bool]:
    unexpired = sa.or_(Announcement.expires.is_(None), Announcement.expires > sa.bindparam("now"))
    return sa.and_(Announcement.seq.is_not(None), unexpired)


def _top(audience: sa.BindParameter[int], earlier: bool) -> sa.Subquery:
    top = sa.select(Announcement.id).where(Announcement.audience_id == audience, _standing_news())
    if earlier:
        top = top.where(Announcement.released_at < sa.bindparam("before"))
    return top.order_by(Announcement.seq.desc()).limit(PAGE + 1).subquery()


def _pinned() -> sa.Subquery:
    audiences: sa.BindParameter[list[int]] = sa.bindparam("audiences", expanding=True)
    pinned = sa.select(Announcement.id).where(Announcement.audience_id.in_(audiences), _standing_news())
    return pinned.where(Announcement.pinned_at.is_not(None)).order_by(Announcement.pinned_at.desc()).limit(3).subquery()


def newest(audiences: Sequence[Audience], before: object = None) -> list[Announcement]:
    """The newest announcements of these audiences, newest first; `before` (a moment) pages on.

    Up to PAGE + 1 of them, so that a caller can tell whether there is more; the pinned ones may add three.
    """
    if not audiences:
        return []
    ids = [audience.id for audience in audiences]
    values: dict[str, object] = {f"audience_{number}": value for number, value in enumerate(ids)}
    values |= {"now": now(), "before": before} if before else {"now": now(), "audiences": ids}
    return list(db.session.scalars(_newest_of(len(ids), before is not None), values))


def cards(person: Person, memberships: Sequence[Membership], announcements: Iterable[Announcement]) -> list[Card]:
    """These announcements as the person sees them: what is new, what she and her children have done."""
    shown = list(announcements)
    given = _acknowledged(person, shown)
    return [_card(person, memberships, said, given.get(said.id, set())) for said in shown]


def _acknowledged(person: Person, shown: list[Announcement]) -> dict[int, set[int | None]]:
    mine = sa.select(Acknowledgement.announcement_id, Acknowledgement.child_id).where(
        Acknowledgement.person_id == person.id,
        Acknowledgement.announcement_id.in_([said.id for said in shown]),
    )
    given: dict[int, set[int | None]] = {}
    for announcement_id, child_id in db.session.execute(mine):
        given.setdefault(announcement_id, set()).add(child_id)
    return given


def _card(person: Person, memberships: Sequence[Membership], said: Announcement, given: set[int | None]) -> Card:
    through = [held for held in memberships if said.audience.group_id in held.group.lineage]
    children = {held.child.id: held.child for held in through if held.child} if said.kind == "activity" else {}
    return Card(said, is_new(person, through, said), list(children.values()), given)


def is_new(person: Person, through: Sequence[Membership], said: Announcement) -> bool:
    """New until she has opened it from any of the groups through which she hears it."""
    if said.author_id == person.id or said.seq is None or said.removed_at:
        return False
    return bool(through) and all(held.heard_seq < said.seq for held in through)


def unread_by_group(person: Person, memberships: Sequence[Membership], audiences: Sequence[Audience]) -> Tally[int]:
    """How many new announcements were made at each group itself, counted to 99."""
    at = {audience.id: audience.group_id for audience in audiences}
    heard: dict[int, int] = {}
    for held in memberships:
        for group_id in held.group.lineage:
            heard[group_id] = max(heard.get(group_id, 0), held.heard_seq)
    if not at:
        return Tally()
    since = min(heard.values(), default=0)
    rows = sa.select(Announcement.audience_id, Announcement.seq).where(
        Announcement.audience_id.in_(at), Announcement.seq > since, Announcement.removed_at.is_(None),
        Announcement.author_id != person.id, sa.or_(Announcement.expires.is_(None), Announcement.expires > now()),
    ).limit(1000)  # fmt: skip
    made = ((at[audience_id], seq or 0) for audience_id, seq in db.session.execute(rows))
    new = (group_id for group_id, seq in made if seq > heard.get(group_id, 0))
    return Tally(new)


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
