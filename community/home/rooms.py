"""The rooms around the courtyard: all my groups, and one of them with its news and its neighbours."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.feed import PAGE, cards, children_in, matching, newest, unread_by_group
from community.announcements.models import Announcement
from community.groups.gates import around, open_to
from community.groups.membership import Membership, Standing, standing
from community.groups.models import Group
from community.groups.views import read_ticket
from community.home.views import blueprint, earlier_than, upto
from community.http import signed_in
from community.invitations.models import JoinRequest
from community.people.models import Person
from community.people.session import me


@dataclass
class Neighbours:
    """The switcher: what is inside, what is beside, and what could be joined."""

    inside: list[Group]
    beside: list[Group]
    joinable: list[Group]


@blueprint.get("/groups")
@signed_in
def groups() -> ResponseReturnValue:
    stand = standing(me())
    held = [one for one in stand.memberships if not one.group.archived_at]
    audiences = matching([one.group for one in held])
    return render_template(
        "home/groups.html", held=held, unread=unread_by_group(me(), held, audiences), asked=JoinRequest.of(me()),
        left=request.args.get("left", "") if read_ticket(request.args.get("left", "")) else "",
        archived=[one.group for one in stand.memberships if one.group.archived_at and one.role == "admin"],
    )  # fmt: skip


@blueprint.get("/groups/<int:group_id>")
@signed_in
def group(group_id: int) -> ResponseReturnValue:
    found, stand = open_to(me(), group_id), standing(me())
    inside = stand.inside(found)
    looks_after = stand.is_at_least("moderator", found)
    if not inside and not looks_after:
        return render_template("home/door.html", group=found, asked=_asked(me(), found), near=_near(stand, found))
    return _room(me(), stand, found, inside, looks_after)


def _room(
    person: Person, stand: Standing, group: Group, inside: list[Membership], looks_after: bool
) -> ResponseReturnValue:
    heard = [one.group for one in inside] or [group]
    audiences = [audience for audience in matching(heard) if audience.group_id in group.lineage]
    before = earlier_than()
    said = newest(audiences, before)
    shown = cards(person, inside, said[:PAGE])
    near = _near(stand, group)
    return render_template(
        "home/group.html", group=group, cards=shown, upto=upto(shown), before=before, near=near,
        more=said[PAGE - 1].released_at if len(said) > PAGE else None,
        unread=_unread(person, stand, near),
        children=children_in(stand.memberships), here=stand.here(group),
        role=stand.role_in(group), looks_after=looks_after,
        may_announce=stand.may_announce(group),
        waiting=[own for own in Announcement.waiting_of(person) if own.audience.group_id == group.id],
        requests=JoinRequest.waiting_for([group]) if looks_after else [],
    )  # fmt: skip


def _unread(person: Person, stand: Standing, near: Neighbours) -> dict[int, int]:
    """New announcements by group, for the doors on this page that I am in."""
    doors = {one.id for one in (*near.inside, *near.beside)}
    held = [one for one in stand.memberships if one.group_id in doors]
    return unread_by_group(person, held, matching([one.group for one in held]))


def _near(stand: Standing, group: Group) -> Neighbours:
    """Mine and those I lead as doors; what is open to me as rows; what is by invitation not at all."""
    groups = [one for one in around(group) if one.id != group.id]
    mine = {held.group_id for held in stand.memberships}
    doors = [
        one for one in groups if one.id in mine or stand.role_in(one) in ("moderator", "admin") or stand.hears(one)
    ]
    joinable = [one for one in groups if one not in doors and one.joining != "invite"]
    inside = [one for one in doors if one.parent_id == group.id]
    return Neighbours(inside, [one for one in doors if one.parent_id != group.id], joinable)


def _asked(person: Person, group: Group) -> JoinRequest | None:
    return next((asked for asked in JoinRequest.of(person) if asked.group_id == group.id), None)
