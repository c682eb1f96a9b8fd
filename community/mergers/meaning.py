"""What it means when two communities come together: told to both sides before, and to everybody afterwards."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.database import db
from community.groups.membership import ROLES, Membership
from community.groups.models import Group, GroupCategory
from community.groups.offices import Office
from community.mergers import labels
from community.mergers.joining import put_out_count
from community.mergers.tree import branch
from community.notifications.discretion import FEW

SHOWN = 12  # people who oversee


@dataclass(frozen=True)
class Meaning:
    """Below which line a guest comes, and who holds a role on that line. Numbers under five are not said: None."""

    guest: Group
    host: Group
    above: list[Group]
    overseers: list[Membership | Office]
    people: int | None
    groups: int
    put_out: int | None  # 0: nobody

    @classmethod
    def of(cls, guest: Group, host: Group) -> "Meaning":
        line = list(db.session.scalars(sa.select(Group).where(Group.id.in_(host.lineage)).order_by(Group.path)))
        here = sa.select(sa.func.count(Membership.person_id.distinct())).join(Group, Membership.group_id == Group.id)
        people = db.session.scalar(here.where(Group.below(guest.path))) or 0
        groups = db.session.scalar(sa.select(sa.func.count()).where(Group.below(guest.path))) or 0
        put_out = 0 if host.community_id == guest.community_id else put_out_count(guest, host)
        return cls(guest, host, line, _overseers(line, guest), _told(people), groups, put_out and _told(put_out))


def _told(count: int) -> int | None:
    return count if count >= FEW else None


def _overseers(line: list[Group], guest: Group) -> list[Membership | Office]:
    """Who holds a role on the line, the highest first, each once; also an office that would hold in the guest."""
    place = {group.id: number for number, group in enumerate(line)}
    held = sa.select(Membership).where(Membership.group_id.in_(place), Membership.role != "member")
    held = held.options(joinedload(Membership.person), joinedload(Membership.group)).limit(200)
    both = [*db.session.scalars(held), *_officers(line, guest)]
    found = sorted(both, key=lambda one: (place[one.group_id], -ROLES.index(one.role), isinstance(one, Office), one.id))
    return list({one.person_id: one for one in reversed(found)}.values())[::-1][:SHOWN]


def _officers(line: list[Group], guest: Group) -> list[Office]:
    """Those for what the guest's groups carry, or will: what comes from above, and what both call the same."""
    near = GroupCategory.group_id.in_(branch(guest.path)), GroupCategory.group_id == line[-1].id
    carried = sa.select(GroupCategory.category_id).where(sa.or_(*near))
    common = labels.common(guest.id, line[0].id)
    mine = sa.or_(Office.category_id.in_(carried), Office.category_id.in_(common))
    held = sa.select(Office).where(Office.group_id.in_([group.id for group in line]), mine, Office.lasts())
    return list(db.session.scalars(held.options(joinedload(Office.person), joinedload(Office.group)).limit(200)))
