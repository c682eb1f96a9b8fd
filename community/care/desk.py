"""Before whom a case comes: the nearest people who stand above whom it is about; never that person, never nobody.

From the group upwards: the first level at which somebody holds a role that stands above the accused there. Equals do
not judge each other, so what is said of an admin goes past the admins beside her. Whom she appointed can stand no
higher than she does, and so never decides while her role lasts; afterwards he owes her nothing. At the top there is no
above: there the other owners look, but none whom the accused made one. Where nobody is left, who runs the server.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from community.care.models import Case
from community.database import db
from community.groups.membership import ROLES, Membership, Standing
from community.groups.models import Group
from community.groups.offices import Office, Offices
from community.people.models import Person

LOOK = ("moderator", "admin")  # the roles that decide


class Desk(NamedTuple):
    group_id: int | None  # None: who runs the server
    least: str


class Holder(NamedTuple):
    depth: int
    role: str
    person_id: int


def desk_for(group: Group, accused: int | None, apart: Collection[int] = (), *, above: int | None = None) -> Desk:
    """Where a case of this group about this person lies, besides those who stand `apart`.

    `above` is a depth on the line of the group: only what is further up counts then.
    """
    line = list(holders(group))
    top = min(((one.depth, -ROLES.index(one.role)) for one in line if one.person_id == accused), default=(99, 0))
    free = [one for one in line if one.person_id != accused and one.person_id not in apart and one.role in LOOK]
    free = [one for one in free if (one.depth, -ROLES.index(one.role)) < top]
    if above is not None:
        free = [one for one in free if one.depth < above]
    if free:
        depth = max(one.depth for one in free)
        return Desk(group.lineage[depth], "admin" if (depth, -ROLES.index("moderator")) >= top else "moderator")
    if above is None and accused and owners(group.community_id, {accused, *apart}, accused):
        return Desk(group.community_id, "owner")
    return Desk(None, "owner")


def holders(group: Group) -> Iterator[Holder]:
    """Who holds which role at which depth on the line down to this group, by membership or by an office."""
    depths = {group_id: depth for depth, group_id in enumerate(group.lineage)}
    held = sa.select(Membership.group_id, Membership.role, Membership.person_id)
    held = held.where(Membership.group_id.in_(group.lineage), Membership.role != "member")
    for group_id, role, person_id in db.session.execute(held):
        yield Holder(depths[group_id], role, person_id)
    for office in Office.over(group):
        for group_id, role in Offices([office]).on(group):
            yield Holder(depths[group_id], role, office.person_id)


def owners(community_id: int, apart: Collection[int], accused: int) -> list[int]:
    """Admins of the top group for as long as they like, none whom the accused made one."""
    held = sa.select(Membership.person_id).where(Membership.group_id == community_id, Membership.role == "admin")
    made = sa.or_(Membership.role_by.is_(None), Membership.role_by != accused)
    return list(
        db.session.scalars(held.where(Membership.role_until.is_(None), Membership.person_id.not_in(apart), made))
    )


def people_at(desk: Desk, group: Group, accused: int | None, apart: Collection[int]) -> list[int]:
    """Who may decide there, each once."""
    if desk.group_id is None:
        return []
    if desk.least == "owner":
        return owners(group.community_id, {accused or 0, *apart}, accused or 0)
    depth, least = group.lineage.index(desk.group_id), ROLES.index(desk.least)
    found = {one.person_id for one in holders(group) if one.depth == depth and ROLES.index(one.role) >= least}
    return sorted(found - {accused, *apart})


def is_for(case: Case, person: Person, stand: Standing, *, exactly: bool = False) -> bool:
    """Whether this person decides it, by what she holds now."""
    if case.desk is None or person.id in (case.accused_id, case.other_id):
        return False
    if case.desk_id not in case.group.lineage:  # its branch hangs elsewhere by now: soon it lies on another desk
        return False
    if case.what == "group" and any(held.role != "member" for held in stand.here(case.group)):
        return False
    return _sits_at(stand, case.desk, case.least, case.accused_id, exactly=exactly)


def _sits_at(stand: Standing, desk: Group, least: str, accused: int | None, *, exactly: bool) -> bool:
    """Whether somebody decides what lies on this desk: by a role held right there, or (not `exactly`) further up."""
    if least == "owner":
        mine = [one for one in stand.here(desk) if one.role == "admin" and one.role_until is None]
        return any(accused is None or one.role_by != accused for one in mine)
    held = stand.held_on(desk)
    here = any(where == desk.id and ROLES.index(role) >= ROLES.index(least) for where, role in held)
    return here or (not exactly and any(where != desk.id and role in LOOK for where, role in held))
