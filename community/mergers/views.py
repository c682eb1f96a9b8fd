"""Two communities come together: the offer, the answer, the yes, and parting again."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.compression import leave_plain
from community.database import db
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import forget_standing, standing
from community.groups.models import Group
from community.groups.proof import prove
from community.http import Changed, Refusal, missing, signed_in, writes
from community.mergers.meaning import Meaning
from community.mergers.models import SIDES, Hindered, Merger, Side, owns, sweep
from community.outbox.models import handles
from community.people.qr import qr
from community.people.session import me

blueprint = Blueprint("mergers", __name__)
WHY = {
    "closed": _l("This offer is closed."),
    "bound": _l("This offer is closed."),
    "same": _l("This is one courtyard already."),
    "deep": _l("The tree is too deep here. Choose a place further up."),
    "rests": _l("This group rests. Nothing new comes here."),
    "role": _l("This takes somebody on each side who looks after the whole courtyard."),
    "banned": _l("There is no place left, or the door was closed to this person."),
}


class Closed(Refusal):
    """An offer that opens nothing: unknown, too old, taken back or answered."""

    code = 410
    said = WHY["closed"]


def init_app(app: Flask) -> None:
    handles(app, "merger", sweep)
    app.jinja_env.globals["merger_of"] = Merger.seen_from


@contextmanager
def _told() -> Iterator[None]:
    """What stands in the way, as a page."""
    try:
        yield
    except Hindered as hindered:
        raise Changed(WHY[hindered.why]) from None


def _owned(group_id: int) -> Group:
    """A group of a community that is mine to give away."""
    group = led_by(me(), group_id)
    return group if owns(me(), group.root) else missing()


@blueprint.get("/groups/<int:group_id>/mergers")
@signed_in
def mergers(group_id: int) -> ResponseReturnValue:
    group = _owned(group_id)
    return render_template("mergers/begin.html", group=group, mergers=Merger.of(group))


@blueprint.post("/groups/<int:group_id>/mergers")
@signed_in
@writes
def offer(group_id: int) -> ResponseReturnValue:
    """One open offer for each group and side: a second tap shows the same."""
    group = _owned(group_id)
    side: Side = "guest" if Form(request.form).choice("side", SIDES, "host") == "guest" else "host"
    open_ones = (one for one in Merger.of(group) if one.is_open and one.side == side and one.mine.id == group.id)
    mine = next((one for one in open_ones if one.asked_by == me().id and not one.answered_at), None)
    with _told():
        made = mine or Merger.offer(group, side, me())
    return redirect(f"/mergers/{made.id}", code=303)


@blueprint.get("/m/<code>")
@signed_in
def look(code: str) -> ResponseReturnValue:
    """Who asks, and with which of my communities I could answer. It writes nothing."""
    found = _open(code)
    if found.side == "guest":
        return _choose_place(found)
    roots = [one for one in _my_roots() if one.id != found.mine.community_id]
    return render_template("mergers/answer.html", merger=found, roots=roots, chosen=_named(found, "of"))


def _open(code: str) -> Merger:
    found = Merger.with_code(code)
    if found is None or found.answered_at:
        raise Closed
    return found


def _my_roots() -> list[Group]:
    """The communities that I look after as a whole."""
    held = standing(me()).memberships
    return list({one.group_id: one.group for one in held if one.group.is_root and one.role == "admin"}.values())


def _choose_place(found: Merger) -> ResponseReturnValue:
    """Walk through my tree to the group that shall take the other community in."""
    roots = [one for one in _my_roots() if one.id != found.mine.id]
    number = Form(request.args).number("in")
    place = _owned(number) if number else roots[0] if len(roots) == 1 else None
    if place and place.community_id == found.mine.id:
        missing()
    inside = sa.select(Group).where(Group.parent_id == (place.id if place else 0), Group.archived_at.is_(None))
    groups = list(db.session.scalars(inside.order_by(Group.position, Group.id).limit(200)))
    meaning = Meaning.of(found.mine, place) if place else None
    return render_template(
        "mergers/place.html", merger=found, roots=roots, place=place, inside=groups, meaning=meaning
    )  # fmt: skip


def _named(found: Merger, field: str) -> Meaning | None:
    """What it would mean with the community that the address names."""
    number = Form(request.args).number(field)
    chosen = next((one for one in _my_roots() if one.id == number), None)
    return Meaning.of(chosen, found.mine) if chosen and number != found.mine.community_id else None


@blueprint.post("/m/<code>")
@signed_in
@prove
@writes
def answer(code: str) -> ResponseReturnValue:
    group = _owned(Form(request.form).number("group") or 0)
    found = _open(code)
    with _told():
        found.answer(group, me())
    return redirect(f"/mergers/{found.id}", code=303)


@blueprint.get("/mergers/<int:merger_id>")
@signed_in
def show(merger_id: int) -> ResponseReturnValue:
    """To both sides while it is open; once they are together, to everybody who is in either."""
    found = db.session.get(Merger, merger_id) or missing()
    party = found.is_of(me())
    if not party and not (found.stands and _hears(found)):
        missing()
    meaning = Meaning.of(found.guest, found.host) if found.guest and found.host else None
    address = f"{current_app.config['PUBLIC_URL'] or request.host_url.rstrip('/')}/m/{found.code}"
    if found.is_open and not found.answered_at:
        leave_plain()  # there is a code on it
    return render_template(
        "mergers/show.html", merger=found, meaning=meaning, party=party, address=address, qr=qr(address),
        mine=found.asked_by == me().id, parts=found.stands and found.can_be_undone and party,
    )  # fmt: skip


def _hears(found: Merger) -> bool:
    stand = standing(me())
    return any(stand.hears(group) for group in (found.guest, found.host) if group)


def _mine(merger_id: int) -> Merger:
    found = db.session.get(Merger, merger_id)
    return found if found and found.is_of(me()) else missing()


@blueprint.post("/mergers/<int:merger_id>/agreement")
@signed_in
@prove
@writes
def agree(merger_id: int) -> ResponseReturnValue:
    """A second tap finds it done."""
    found = _mine(merger_id)
    if not found.stands:
        with _told():
            found.agree(me())
    return _shown(found)


@blueprint.post("/mergers/<int:merger_id>/undo")
@signed_in
@prove
@writes
def part(merger_id: int) -> ResponseReturnValue:
    found = _mine(merger_id)
    if not found.undone_at:
        with _told():
            found.part(me())
    return _shown(found)


def _shown(found: Merger) -> ResponseReturnValue:
    forget_standing()
    return redirect(f"/mergers/{found.id}", code=303)


@blueprint.post("/mergers/<int:merger_id>/withdrawal")
@signed_in
@writes
def close(merger_id: int) -> ResponseReturnValue:
    found = _mine(merger_id)
    found.close(me())
    return redirect(f"/groups/{found.mine.id}/settings" if owns(me(), found.mine.root) else "/groups", code=303)
