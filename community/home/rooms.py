"""The rooms around the courtyard: all my groups, and one of them with its news and its neighbours."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.feed import cards, children_in, matching, through, unread_by_group
from community.announcements.line import PAGE, Heard, Line, newest, pinned
from community.announcements.sheets import sheets
from community.announcements.today import used
from community.days.models import Budget
from community.groups.doors import Door, around
from community.groups.gates import open_to
from community.groups.membership import Membership, Standing, standing
from community.groups.models import Group
from community.groups.views import read_ticket
from community.home.views import blueprint, earlier_than, more, upto, waiting_of, with_photos
from community.http import signed_in
from community.invitations.requests import JoinRequest
from community.people.models import Person
from community.people.replica import afar
from community.people.session import me


@dataclass
class Neighbours:
    """The switcher: what is inside, what is beside, and what could be joined."""

    inside: list[Door]
    beside: list[Door]
    joinable: list[Door]


@blueprint.get("/groups")
@signed_in
def groups() -> ResponseReturnValue:
    standing(me())
    return afar(_groups, me())


def _groups(person: Person) -> str:
    stand = standing(person)
    held = [one for one in stand.memberships if not one.group.rests]
    audiences = matching(stand, with_photos([one.group for one in held]))
    return render_template(
        "home/groups.html", held=held, unread=unread_by_group(stand, held, audiences), asked=JoinRequest.of(person),
        left=request.args.get("left", "") if read_ticket(request.args.get("left", "")) else "",
        archived=[one.group for one in stand.memberships if one.group.rests and one.role == "admin"],
    )  # fmt: skip


@blueprint.get("/groups/<int:group_id>")
@signed_in
def group(group_id: int) -> ResponseReturnValue:
    person = me()
    found, stand = open_to(person, group_id), standing(person)
    inside = stand.inside(found)
    looks_after = stand.is_at_least("moderator", found)
    if not inside and not looks_after:
        return render_template("home/door.html", group=found, asked=_asked(person, found), near=_near(stand, found))
    return afar(_room, person, stand, found, inside, looks_after)


def _room(
    person: Person, stand: Standing, group: Group, inside: list[Membership], looks_after: bool
) -> ResponseReturnValue:
    mine = matching(stand, [one.group for one in stand.memberships if not one.group.rests or one in inside])
    audiences = heard_here(stand, mine, group, inside)
    before = earlier_than()
    said, on_top = newest(audiences, before), pinned(audiences)
    shown = cards(stand, inside, _in_order(said[:PAGE], on_top, first=before is None), audiences)
    near = _near(stand, group)
    return render_template(
        "home/group.html", group=group, sheets=sheets(shown, next=f"/groups/{group.id}", here=group.id),
        upto=upto(shown), before=before, near=near,
        more=more(said, before),
        unread=_unread(stand, near, mine), new=any(card.unread for card in shown),
        children=children_in(stand.memberships), here=stand.here(group),
        role=stand.role_in(group), looks_after=looks_after,
        may_announce=stand.may_announce(group),
        waiting=[own for own in waiting_of(person, stand) if own.audience.group_id == group.id],
        requests=JoinRequest.waiting_for([group]) if looks_after else [],
        budget=_budget(group, said) if before is None and not group.rests else None,
    )  # fmt: skip


def _budget(group: Group, said: list[Line]) -> tuple[int, int]:
    """How much was used today, of how much."""
    most = Budget.of(group.community_id)
    return min(most, used(group, said)), most


def _in_order(said: list[Line], on_top: list[Line], *, first: bool) -> list[Line]:
    """What is pinned stands on top of the first page, and nowhere else."""
    if not on_top:
        return said
    above = {one.id for one in on_top}
    rest = [one for one in said if one.id not in above]
    return on_top + rest if first else rest


def heard_here(stand: Standing, mine: list[Heard], group: Group, inside: list[Membership]) -> list[Heard]:
    """What is said in this group and above it to those inside; to who only looks after it, as if she were in it."""
    audiences = mine if inside else matching(stand, [group])
    reached = through(stand, inside, audiences) if inside else {audience.id: [1] for audience in audiences}
    return [audience for audience in audiences if audience.group_id in group.lineage and reached[audience.id]]


def _unread(stand: Standing, near: Neighbours, mine: list[Heard]) -> dict[int, int]:
    """New announcements by group, for the doors on this page: the same numbers as in the courtyard."""
    doors = {one.id for one in (*near.inside, *near.beside)}
    held = [one for one in stand.memberships if not one.group.rests]
    return unread_by_group(stand, held, [one for one in mine if one.group_id in doors])


def _near(stand: Standing, group: Group) -> Neighbours:
    """Mine and those I lead as doors; what is open to me as rows; what is by invitation not at all."""
    groups = [one for one in around(group) if one.id != group.id]
    stand.offices.learn(groups)
    mine = {held.group_id for held in stand.memberships}
    doors = [
        one for one in groups if one.id in mine or stand.role_in(one) in ("moderator", "admin") or stand.hears(one)
    ]
    joinable = [one for one in groups if one not in doors and one.joining != "invite" and not one.rests]
    inside = [one for one in doors if one.parent_id == group.id]
    return Neighbours(inside, [one for one in doors if one.parent_id != group.id], joinable)


def _asked(person: Person, group: Group) -> JoinRequest | None:
    return next((asked for asked in JoinRequest.of(person) if asked.group_id == group.id), None)
