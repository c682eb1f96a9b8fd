"""Looking after one group: its name and looks, who may come and speak, rest and waking."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db
from community.exposure.names import unfit
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import forget_standing, standing
from community.groups.models import JOINING, POSTING, TALKING, Group
from community.groups.proof import prove
from community.groups.views import blueprint
from community.http import signed_in, writes
from community.languages import gettext as _
from community.media.models import Photo
from community.media.upload import photographed, picture_of
from community.people.pictures import GROUP_PICTURES, ROOMS
from community.people.session import me


@dataclass(frozen=True)
class Option:
    """One thing to choose: what the form says, a symbol, a word."""

    value: str
    symbol: str
    word: LazyString


WHO_JOINS = (
    Option("link", "door", _l("Anyone with the link")),
    Option("ask", "check", _l("They ask first")),
    Option("invite", "lock", _l("Only by invitation")),
)
WHO_POSTS = (
    Option("admins", "shield", _l("Who looks after it")),
    Option("everyone", "people", _l("Everyone in it")),
)
COLOURS = {
    "geru": _l("Red earth"), "haldi": _l("Turmeric"), "moong": _l("Green gram"), "neem": _l("Neem green"),
    "mor": _l("Peacock"), "neela": _l("Blue"), "jamun": _l("Plum"), "gulab": _l("Rose"),
}  # fmt: skip
CHOICES = {
    "joinings": WHO_JOINS,
    "postings": WHO_POSTS,
    "talkings": WHO_POSTS,
    "colours": COLOURS,
    "pictures": GROUP_PICTURES,
}


def looks_of(form: Form, default: Group) -> dict[str, str | bool]:
    """How the form wants a group to look, and who may come and speak; `default` where it does not say."""
    name = form.line("name", most=80, needed=_("A group needs a name."))
    if wrong := unfit(name):
        form.wrong["name"] = wrong
    return {
        "name": name,
        "level": form.line("level", most=40),
        "picture": form.choice("picture", GROUP_PICTURES, default.picture),
        "colour": form.choice("colour", ROOMS, default.colour),
        "joining": form.choice("joining", JOINING, default.joining),
        "posting": form.choice("posting", POSTING, default.posting),
        "sensitive": form.ticked("sensitive"),
    }


def _as_it_is(group: Group) -> Form:
    fields = ("name", "level", "picture", "colour", "joining", "posting", "talking")
    form = Form({field: getattr(group, field) for field in fields} | ({"sensitive": "1"} if group.sensitive else {}))
    looks_of(form, group)
    _talking(form, group)
    return form


def _talking(form: Form, group: Group) -> str:
    """Chosen of a group that is there: a new one lets those talk who look after it."""
    return form.choice("talking", TALKING, group.talking)


@blueprint.get("/groups/<int:group_id>/settings")
@signed_in
def settings(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id, "moderator")
    return _page(group, _as_it_is(group))


def _page(group: Group, form: Form, photo: Photo | None = None, code: int = 200) -> ResponseReturnValue:
    stand = standing(me())
    return render_template(
        "groups/settings.html", group=group, form=form, photo=photo, leads=stand.is_at_least("admin", group),
        moves=group.parent and stand.is_at_least("admin", group.parent), resting=_resting_inside(group),
        moved_from=Form(request.args).number("moved"), owns_all=_owns_all(group), **CHOICES,
    ), code  # fmt: skip


def _owns_all(group: Group) -> bool:
    """Whether I am admin of the whole community."""
    return any(one.group_id == group.community_id and one.role == "admin" for one in standing(me()).memberships)


def _resting_inside(group: Group) -> list[Group]:
    """The archived groups directly below: from here they are found again."""
    archived = sa.select(Group).where(Group.parent_id == group.id, Group.archived_at.is_not(None))
    return list(db.session.scalars(archived.order_by(Group.position, Group.id).limit(200)))


@blueprint.post("/groups/<int:group_id>/settings")
@signed_in
@photographed
@writes
def change(group_id: int) -> ResponseReturnValue:
    group, form = led_by(me(), group_id), Form(request.form)
    looks = looks_of(form, group) | {"talking": _talking(form, group)}
    photo, problem = picture_of(me(), group.community_id)
    if problem:
        form.wrong["photo"] = problem
    if form.wrong:
        return _page(group, form, photo, 422)
    group.dress(looks, me())
    if photo or form.ticked("drawing"):
        group.photo = photo
    return redirect(f"/groups/{group.id}", code=303)


@blueprint.post("/groups/<int:group_id>/archive")
@signed_in
@prove
@writes
def archive(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    if not group.archived_at:
        group.archive(me())
    return _looked_after(group)


@blueprint.post("/groups/<int:group_id>/return")
@signed_in
@prove
@writes
def wake(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    if group.archived_at:
        group.bring_back(me())
    return _looked_after(group)


def _looked_after(group: Group) -> ResponseReturnValue:
    forget_standing()
    return redirect(f"/groups/{group.id}/settings", code=303)
