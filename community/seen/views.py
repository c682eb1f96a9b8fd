"""One page for each community that I am in: who looks after me, what they see, what is kept, the way out."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.categories.mine import belonging, come_back, left_with, read_left
from community.database import db
from community.erasure.retention import BACKUPS, KEPT
from community.groups.contacts import Contact
from community.groups.leaving import leave
from community.groups.membership import LastAdmin, Membership, standing
from community.groups.models import Group
from community.groups.silences import LASTS
from community.http import Changed, be_sure, missing, signed_in, writes
from community.oversight.overseers import Held, overseers
from community.people.models import Person
from community.people.session import me
from community.seen.sights import Sight, groups_of, sights

blueprint = Blueprint("seen", __name__)


@dataclass(frozen=True)
class Level:
    """A group above me or mine: who holds a role there, and what each sees of me. Alike ones stand together."""

    at: Held
    people: list[tuple[Person, str, list[Sight], str]]


def levels(mine: Sequence[Membership]) -> list[Level]:
    """From the root down, each group once, however many of mine hang below it."""
    held: dict[int, Held] = {}
    for group in groups_of(mine):
        for one in overseers(group):
            known = held.setdefault(one.id, one)
            known.people.extend(
                pair for pair in one.people if pair[0].id not in {who.id for who, _role in known.people}
            )
    numbers = Contact.at(held)
    seen = {person.id: sights(person, mine) for one in held.values() for person, _role in one.people}
    ordered = sorted(held.values(), key=lambda one: _depth(one.id, mine))
    return [
        Level(one, [(who, role, seen[who.id], numbers.get((one.id, who.id), "")) for who, role in one.people])
        for one in ordered
    ]  # fmt: skip


def _depth(group_id: int, mine: Sequence[Membership]) -> int:
    return min(held.group.lineage.index(group_id) for held in mine if group_id in held.group.lineage)


def _mine_in(root_id: int) -> list[Membership]:
    """All that I hold in this community. Missing where that is nothing, or where it is no community."""
    return [held for held in standing(me()).memberships if held.community_id == root_id] or missing()


@blueprint.get("/me/seen")
@signed_in
def communities() -> ResponseReturnValue:
    ids = {held.community_id for held in standing(me()).memberships}
    roots = list(db.session.scalars(sa.select(Group).where(Group.id.in_(ids)).order_by(Group.id)))
    ticket = request.args.get("left", "")
    return render_template("seen/communities.html", roots=roots, left=ticket if read_left(ticket) else "")


@blueprint.get("/groups/<int:group_id>/seen")
@signed_in
def show(group_id: int) -> ResponseReturnValue:
    mine = _mine_in(group_id)
    return render_template(
        "seen/show.html", root=mine[0].group.root, mine=mine, levels=levels(mine), belongings=belonging(mine),
        kept=KEPT, backups=BACKUPS.days // 7, silent=LASTS.days,
    )  # fmt: skip


@blueprint.post("/groups/<int:group_id>/seen/end")
@signed_in
@writes
def end(group_id: int) -> ResponseReturnValue:
    """Out of all of it, at once and without a word to anybody."""
    be_sure()
    mine = _mine_in(group_id)
    ticket = left_with(me().id, *mine)
    try:
        leave(me(), mine)
    except LastAdmin:
        raise Changed(_l("You are the last admin here. Make somebody else an admin first.")) from None
    return redirect(f"/me/seen?left={ticket}", code=303)


@blueprint.post("/me/seen/undo")
@signed_in
@writes
def undo() -> ResponseReturnValue:
    """Back in everywhere, as before, within ten minutes."""
    come_back(request.form.get("left", ""))
    return redirect("/me/seen", code=303)
