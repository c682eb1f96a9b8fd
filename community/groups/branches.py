"""The shape of the tree: a new group inside one that I lead, and moving a group to another place."""

from uuid import uuid4

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import forget_standing, standing
from community.groups.models import Group, TreeError
from community.groups.planting import planted
from community.groups.proof import prove
from community.groups.settings import CHOICES, looks_of
from community.groups.starting import begun_with, started_with
from community.groups.views import blueprint
from community.http import Changed, missing, signed_in, writes
from community.people.pictures import ROOMS
from community.people.session import me

DEEP = _l("The tree is too deep here. Choose a place further up.")


@blueprint.get("/groups/<int:group_id>/groups/new")
@signed_in
def new_inside(group_id: int) -> ResponseReturnValue:
    parent = led_by(me(), group_id)
    last = _inside(parent)[-1:]
    form = Form(
        {
            "level": last[0].level if last else "",
            "colour": ROOMS[(_places(parent) + 1) % len(ROOMS)],
            "sensitive": "1" if parent.sensitive else "",
        }
    )
    looks_of(form, parent)
    form.wrong.clear()
    return _page(parent, form)


def _inside(parent: Group, most: int = 200) -> list[Group]:
    awake = sa.select(Group).where(Group.parent_id == parent.id, Group.archived_at.is_(None))
    return list(db.session.scalars(awake.order_by(Group.position, Group.id).limit(most)))


def _places(parent: Group) -> int:
    """The place after the last group inside."""
    last = db.session.scalar(sa.select(sa.func.max(Group.position)).where(Group.parent_id == parent.id))
    return 0 if last is None else last + 1


def _page(parent: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    """It holds a fresh key, so no phone may store it."""
    page = render_template("groups/inside.html", group=parent, form=form, key=uuid4().hex, **CHOICES)
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/groups/<int:group_id>/groups")
@signed_in
@writes
def plant(group_id: int) -> ResponseReturnValue:
    parent, form = led_by(me(), group_id), Form(request.form)
    looks = looks_of(form, parent)
    if form.wrong:
        return _page(parent, form, 422)
    start_key = started_with(me(), form)
    group = begun_with(start_key) or _planted(parent, looks, start_key)
    return redirect(f"/groups/{group.id}", code=303)


def _planted(parent: Group, looks: dict[str, str | bool], start_key: str) -> Group:
    try:
        group = Group.plant(
            parent, language=me().language, position=_places(parent), start_key=start_key, **looks
        )  # fmt: skip
    except TreeError:
        raise Changed(DEEP) from None
    group.note("planted", me())
    planted.send(group, by=me())
    return group


@blueprint.get("/groups/<int:group_id>/parent")
@signed_in
def choose_parent(group_id: int) -> ResponseReturnValue:
    """Walk through the tree to the new place: up, into what is inside, or here."""
    group = _movable(group_id)
    number = Form(request.args).number("in")
    place = led_by(me(), number or group.parent_id or 0)
    if place.community_id != group.community_id or place.path.startswith(group.path):
        missing()
    above = place.parent if place.parent and standing(me()).is_at_least("admin", place.parent) else None
    inside = [one for one in _inside(place) if one.id != group.id]
    return render_template("groups/parent.html", group=group, place=place, above=above, inside=inside)


def _movable(group_id: int) -> Group:
    """A group that I lead from above it, too: moving takes it out of there."""
    group = led_by(me(), group_id)
    if group.is_root:
        raise Changed(_l("This is the whole courtyard. It can not be moved into another place."))
    led_by(me(), group.parent_id or 0)
    return group


@blueprint.post("/groups/<int:group_id>/parent")
@signed_in
@prove
@writes
def move(group_id: int) -> ResponseReturnValue:
    group = _movable(group_id)
    parent, before = led_by(me(), Form(request.form).number("parent") or 0), group.parent_id
    if parent.id != before:
        _hang(group, parent)
        group.note("moved", me(), place=parent.id, before=before)
    forget_standing()
    return redirect(f"/groups/{group.id}/settings?moved={before}", code=303)


def _hang(group: Group, parent: Group) -> None:
    try:
        group.move_below(parent)
    except TreeError:
        raise Changed(_l("A group can not be inside itself, in another courtyard, or too deep.")) from None
