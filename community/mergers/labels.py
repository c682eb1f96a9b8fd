"""Categories when communities come together: what both call the same is carried as both; the rest comes along.

No audience is rewritten: a group goes on carrying what its announcements were narrowed to, and carries the other, too.
Offices and templates are for what comes, so they follow to the one that the whole community uses, and back.
"""

from typing import Any

import sqlalchemy as sa

from community.announcements.audience import AudienceCategory
from community.database import db
from community.delegation.levels import TemplateGroup
from community.delegation.models import Appointment
from community.duty.models import Duty
from community.faq.models import Entry
from community.groups.models import Category, Group, GroupCategory
from community.groups.offices import Office
from community.groups.ready import ready_named
from community.mergers.tree import branch, run
from community.questions.models import Question
from community.rumours.models import Rumour

FIELDS = ["group_id", "category_id", "own"]
POINTING: tuple[Any, ...] = (Office, Appointment, TemplateGroup, Duty, Question, Entry, Rumour)


def join(guest: Group, host: Group) -> dict[str, Any]:
    """Returns what parting needs: which are the same, and which came along."""
    same, moved = _compared(guest.id, host.community_id)
    run(sa.update(Category).where(Category.id.in_(moved)).values(community_id=host.community_id))
    for theirs, ours in same:
        _carry_too(theirs, ours, branch(guest.path))
        _follow(theirs, ours, host.community_id)
    above = sa.select(GroupCategory.category_id).where(GroupCategory.group_id.in_(host.lineage), GroupCategory.own)
    for category_id in db.session.scalars(above.distinct()).all():
        spread(category_id, branch(guest.path))
    return {"same": same, "moved": moved}


def _compared(guest_id: int, host_id: int) -> tuple[list[list[int]], list[int]]:
    ours: dict[str, int] = {}
    for category in all_of(host_id):
        for name in names_of(category):
            ours.setdefault(name, category.id)
    same: list[list[int]] = []
    moved: list[int] = []
    for category in all_of(guest_id):
        known = next((ours[name] for name in names_of(category) if name in ours), None)
        if known is None:
            moved.append(category.id)
        else:
            same.append([category.id, known])
    return same, moved


def common(guest_id: int, host_id: int) -> list[int]:
    """The host's categories that the guest has, too."""
    return [ours for _theirs, ours in _compared(guest_id, host_id)[0]]


def all_of(community_id: int) -> list[Category]:
    known = sa.select(Category).where(Category.community_id == community_id)
    return list(db.session.scalars(known.order_by(Category.id)))


def names_of(category: Category) -> list[str]:
    """By what it is found again in another community: its place in the ready list, or its name."""
    keys = {category.key, ready_named(category.name)} - {None}
    return [*(f"key {key}" for key in sorted(keys, key=str)), category.likeness]


def _carry_too(category_id: int, other: int, groups: sa.Select[int]) -> None:
    """Whoever carries the one carries the other, too, in the same way."""
    row, own = GroupCategory, sa.orm.aliased(GroupCategory)
    carries = sa.select(own.group_id).where(own.group_id == row.group_id, own.category_id == other)
    rows = sa.select(row.group_id, sa.literal(other, sa.BigInteger), row.own)
    rows = rows.where(row.category_id == category_id, row.group_id.in_(groups), ~carries.exists())
    run(sa.insert(row).from_select(FIELDS, rows))


def spread(category_id: int, groups: sa.Select[int]) -> None:
    """These groups carry it from above, where they do not carry it yet."""
    found = groups.subquery()
    carries = sa.select(GroupCategory.group_id).where(
        GroupCategory.group_id == found.c[0], GroupCategory.category_id == category_id
    )
    rows = sa.select(found.c[0], sa.literal(category_id, sa.BigInteger), sa.false()).where(~carries.exists())
    run(sa.insert(GroupCategory).from_select(FIELDS, rows))


def part(guest: Group, host_community: int, kept: dict[str, Any]) -> None:
    """Each has its own again. What a group was given meanwhile, it keeps as one of its own community."""
    moved, known = _own_again(guest.id, kept), {ours: theirs for theirs, ours in kept.get("same", [])}
    run(sa.update(Category).where(Category.id.in_(moved)).values(community_id=guest.id))
    db.session.expire_all()
    inside = GroupCategory.group_id.in_(branch(guest.path))
    _keep_own(guest.id, inside, known)
    _keep_own(host_community, ~inside, {})
    _follow_back(guest.id, known)
    _follow_back(host_community, {})
    # What they were told by it stays theirs to read.
    taken = sa.select(Category.id).where(Category.community_id == guest.id)
    run(sa.update(GroupCategory).where(~inside, GroupCategory.category_id.in_(taken)).values(own=False))
    foreign = sa.select(Category.id).where(Category.community_id == host_community)
    gone = (inside, GroupCategory.category_id.in_(foreign))
    run(sa.update(GroupCategory).where(*gone).values(own=False))
    run(sa.delete(GroupCategory).where(*gone, GroupCategory.category_id.not_in(_told(guest))))


def _own_again(guest_id: int, kept: dict[str, Any]) -> list[int]:
    """Of those that came along, all but one that was given the name of another meanwhile: it stays with the host."""
    taken = {name for category in all_of(guest_id) for name in names_of(category)}
    came = db.session.scalars(sa.select(Category).where(Category.id.in_(kept.get("moved", []))))
    return [category.id for category in came if not taken & set(names_of(category))]


def _follow(before: int, after: int, community_id: int) -> None:
    """What this community's offices, offers and templates are for."""
    for kind in POINTING:
        here = (kind.category_id == before, kind.community_id == community_id)
        run(sa.update(kind).where(*here, *_free(kind, after)).values(category_id=after))


def _free(kind: Any, category_id: int) -> list[sa.ColumnElement[bool]]:
    """An office that she holds for the other one, too, stays beside it."""
    if kind is not Office:
        return []
    held = Office.__table__.alias()
    same = (held.c.group_id == Office.group_id, held.c.person_id == Office.person_id, held.c.ended_at.is_(None))
    return [~sa.exists().where(held.c.category_id == category_id, *same)]


def _follow_back(community_id: int, known: dict[int, int]) -> None:
    for kind in POINTING:
        strange = sa.select(Category).join(kind, kind.category_id == Category.id).distinct()
        strange = strange.where(kind.community_id == community_id, Category.community_id != community_id)
        for category in db.session.scalars(strange).all():
            _follow(category.id, known.get(category.id) or _like(category, community_id), community_id)


def _keep_own(community_id: int, groups: sa.ColumnElement[bool], known: dict[int, int]) -> None:
    """Groups that were given a category of the other side get one of the same name of their own."""
    home = sa.select(Group.id).where(Group.community_id == community_id)
    rows = sa.select(GroupCategory.group_id, Category).join(Category, GroupCategory.category_id == Category.id)
    strange = (GroupCategory.own, Category.community_id != community_id, GroupCategory.group_id.in_(home), groups)
    for group_id, category in db.session.execute(rows.where(*strange)).all():
        own = known.get(category.id) or _like(category, community_id)
        if own != category.id:
            _give(own, group_id)


def _like(category: Category, community_id: int) -> int:
    names = set(names_of(category))
    found = next((one for one in all_of(community_id) if names & set(names_of(one))), None)
    return (found or Category.make(
        community_id, category.name, category.language, category.picture, category.colour
    )).id  # fmt: skip


def _give(category_id: int, group_id: int) -> None:
    path = db.session.scalar(sa.select(Group.path).where(Group.id == group_id)) or ""
    own = (GroupCategory.group_id == group_id, GroupCategory.category_id == category_id)
    spread(category_id, branch(path))
    run(sa.update(GroupCategory).where(*own).values(own=True))


def _told(guest: Group) -> sa.Select[int]:
    """The categories to which something was narrowed that was said in the guest: it stays heard as it was."""
    return sa.select(AudienceCategory.category_id).where(AudienceCategory.group_id.in_(branch(guest.path)))
