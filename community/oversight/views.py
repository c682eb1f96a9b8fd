"""Oversight by counts: the twenty groups that need a human, a map of the tree, and who oversees a group."""

from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from community.form import Form
from community.groups.contacts import Contact, my_office
from community.groups.gates import heard_by, led_by
from community.groups.membership import standing
from community.http import signed_in, writes
from community.languages import current
from community.outbox.models import handles
from community.outbox.standing import tells
from community.oversight.calls import AdminCall, CallAdmin
from community.oversight.changes import watch
from community.oversight.checks import last_night
from community.oversight.counting import count, recount
from community.oversight.level import Seen, figures, level, needy
from community.oversight.overseers import overseers
from community.oversight.plot import WIDTH, kind, squares
from community.people.session import me

blueprint = Blueprint("oversight", __name__)


def init_app(app: Flask) -> None:
    """Count from now on, and say how it went."""
    watch()
    handles(app, "count", count)
    handles(app, "recount", recount)
    handles(app, "call-admin", CallAdmin())
    tells(app, last_night)


@blueprint.get("/groups/<int:group_id>/oversight")
@signed_in
def show(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    called, first = Form(request.args).number("called"), needy(group)
    return render_template(
        "oversight/show.html", group=group, found=figures(group), needy=first, called=called, up=_up(group),
        numbers=Contact.answering([group.id, *(one.id for one in first)]),
    )  # fmt: skip


def _up(group: Any) -> int | None:
    """The place above, as far as I look after that, too."""
    return group.parent_id if group.parent and standing(me()).is_at_least("admin", group.parent) else None


@blueprint.get("/groups/<int:group_id>/oversight/map")
@signed_in
def tree(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    page = min(Form(request.args).number("page") or 0, 10_000)
    found = level(group, page)
    return render_template(
        "oversight/map.html", group=group, found=found, page=page, up=_up(group), figures=figures(group), width=WIDTH,
        **_drawn(found.inside),
    )  # fmt: skip


def _drawn(inside: list[Seen]) -> dict[str, Any]:
    kinds = [kind(one.groups, one.needs, one.rests) for one in inside]
    drawn, height = squares([one.weight for one in inside], kinds, from_right=current().direction == "rtl")
    symbols = current_app.extensions["assets"].symbols
    return {
        "squares": drawn, "height": height, "kinds": kinds,
        "symbols": [symbols.get(one.picture, Markup("")) for one in inside],
    }  # fmt: skip


@blueprint.post("/groups/<int:group_id>/call")
@signed_in
@writes
def ring(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    return redirect(f"/groups/{group.id}/oversight?called={AdminCall.ring(group, me())}", code=303)


@blueprint.get("/groups/<int:group_id>/overseers")
@signed_in
def who(group_id: int) -> ResponseReturnValue:
    group = heard_by(me(), group_id)
    levels = overseers(group)
    return render_template(
        "oversight/overseers.html", group=group, levels=levels, numbers=Contact.at([one.id for one in levels]),
        holds=my_office(group.id),
    )  # fmt: skip
