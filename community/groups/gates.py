"""How groups are fetched: always through a gate. Missing and forbidden are one answer."""

from community.database import db
from community.groups.bans import Ban
from community.groups.membership import Membership, Standing, standing
from community.groups.models import Group
from community.http import Missing
from community.people.models import Person


def _get(person: Person, group_id: int) -> Group:
    """Any group. The standing is read first: most often the group comes along with it."""
    standing(person)
    group = db.session.get(Group, group_id) if group_id < 1 << 62 else None
    if group is None:
        raise Missing
    return group


def open_to(person: Person, group_id: int) -> Group:
    """The group, if the person may see its door: she hears it, leads it, or could join it from where she is.

    Raises Missing, also for banned people and for groups by invitation that she is not in.
    """
    group, stand = _get(person, group_id), standing(person)
    if stand.hears(group) or stand.role_in(group) in ("moderator", "admin"):
        return group
    known = group.community_id in stand.communities() and group.joining != "invite" and not group.rests
    if not known or Ban.holds(person, group):
        raise Missing
    return group


def heard_by(person: Person, group_id: int) -> Group:
    """The group, if what is announced in it reaches the person or she leads it."""
    group, stand = _get(person, group_id), standing(person)
    if stand.hears(group) or stand.is_at_least("moderator", group):
        return group
    raise Missing


def led_by(person: Person, group_id: int, role: str = "admin") -> Group:
    """The group, if the person holds this role (or a stronger one) in it or above it, now."""
    group = _get(person, group_id)
    if not standing(person).is_at_least(role, group):
        raise Missing
    return group


def announced_in_by(person: Person, group_id: int) -> Group:
    """The group, if the person may announce in it."""
    group = _get(person, group_id)
    if not standing(person).may_announce(group):
        raise Missing
    return group


def membership_led_by(person: Person, membership_id: int, role: str) -> Membership:
    """Somebody's membership, if the person may decide over it.

    Nobody decides over an equal or stronger role that is held from further up, and only admins touch roles.
    """
    held = db.session.get(Membership, membership_id)
    if held is None or not standing(person).is_at_least(role, held.group):
        raise Missing
    return held


def outranks(stand: Standing, other: Person, group: Group) -> bool:
    """Whether the person stands above `other` in this group: further up the tree, or with a stronger role here."""
    theirs = Standing.of(other)
    mine_at = _highest(stand, group)
    theirs_at = _highest(theirs, group)
    return mine_at < theirs_at


def _highest(stand: Standing, group: Group) -> tuple[int, int]:
    """(depth of the highest role on the line, weakness of that role): smaller stands higher."""
    order = ("admin", "moderator", "responder", "member")
    line = {group_id: depth for depth, group_id in enumerate(group.lineage)}
    held = [(line[where], order.index(role)) for where, role in stand.held_on(group) if role != "member"]
    return min(held, default=(99, 3))
