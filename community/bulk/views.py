"""Choosing many groups, saying what shall become of them, and what was made for them. The work itself is an errand."""

from uuid import uuid4

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from community.announcements.models import LONGEST
from community.bulk.choice import PAGE, Choice
from community.bulk.telling import Tell
from community.bulk.works import WORKS as EARLIER
from community.bulk.works import Work, invited
from community.compression import leave_plain
from community.database import db, now
from community.errands.kinds import register
from community.errands.models import TAKE_BACK, Errand, begin
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import standing
from community.groups.models import Group
from community.groups.proof import prove
from community.groups.settings import COLOURS
from community.http import missing, public_url, signed_in, writes
from community.languages import gettext as _
from community.people.pictures import GROUP_PICTURES, ROOMS
from community.people.qr import qr
from community.people.session import me
from community.search.finding import line_above

WORKS: dict[str, Work] = {**EARLIER, "tell": Tell()}
blueprint = Blueprint("bulk", __name__)
SHEET = 12  # QRs on a sheet
UNSTORED = {"Cache-Control": "no-store"}


@blueprint.get("/groups/<int:group_id>/bulk")
@signed_in
def choose(group_id: int) -> ResponseReturnValue:
    return _choosing(Choice.read(led_by(me(), group_id), request.args))


def _choosing(choice: Choice, code: int = 200) -> ResponseReturnValue:
    leave_plain()  # what the address looks for stands among other people's groups
    found = choice.some()
    works = {name: work for name, work in WORKS.items() if work.resting == choice.resting or name == "looks"}
    page = render_template(
        "bulk/choose.html", group=choice.branch, choice=choice, form=choice.form, groups=found,
        above=line_above(found), works=works,
    )  # fmt: skip
    return page, code, UNSTORED


@blueprint.get("/groups/<int:group_id>/bulk/<work>")
@signed_in
def prepare(group_id: int, work: str) -> ResponseReturnValue:
    choice = Choice.read(led_by(me(), group_id), request.args)
    return _asking(choice, work, Form(request.args))


def _asking(choice: Choice, name: str, form: Form, code: int = 200) -> ResponseReturnValue:
    """How many they are, what else has to be said, and the one button."""
    work = WORKS.get(name) or missing()
    if not choice.count:
        choice.form.wrong["pick"] = _("Tick some groups first.")
        return _choosing(choice, code)
    leave_plain()
    page = render_template(
        "bulk/prepare.html", group=choice.branch, choice=choice, name=name, work=work, form=form, key=uuid4().hex,
        until=now() + TAKE_BACK, pictures=GROUP_PICTURES, colours=COLOURS,
        **(_places(choice, form) if name == "move" else {}),
    )  # fmt: skip
    return page, code, UNSTORED


def _places(choice: Choice, form: Form) -> dict[str, object]:
    """Walking through the tree to the new place."""
    place = led_by(me(), form.number("in") or choice.branch.id)
    if place.community_id != choice.branch.community_id:
        missing()
    above = place.parent if place.parent and standing(me()).is_at_least("admin", place.parent) else None
    inside = sa.select(Group).where(Group.parent_id == place.id, Group.rests.is_(False))
    ordered = inside.order_by(Group.position, Group.id).limit(200)
    return {"place": place, "above": above, "inside": list(db.session.scalars(ordered))}


@blueprint.post("/groups/<int:group_id>/bulk/<work>")
@signed_in
@prove
@writes
def start(group_id: int, work: str) -> ResponseReturnValue:
    choice, form = Choice.read(led_by(me(), group_id), request.form), Form(request.form)
    kind = WORKS.get(work) or missing()
    given = _given(choice, work, form)
    key = form.line("key", most=64) or uuid4().hex
    if form.wrong or not choice.count:
        return _asking(choice, work, form, 422)
    whats = choice.as_one if work == "tell" and choice.as_one else choice.whats(tops=kind.tops)
    errand = begin(f"bulk-{work}", choice.branch, me(), key, given, whats)
    return redirect(f"/errands/{errand.id}", code=303)


def _given(choice: Choice, work: str, form: Form) -> dict[str, object]:
    if work == "move":
        place = led_by(me(), form.number("parent") or 0)
        return {"parent": place.id} if place.community_id == choice.branch.community_id else missing()
    if work == "tell":
        needed = _("Say something, or write it here.")
        return {"text": form.text("text", most=LONGEST, needed=needed), "language": me().language}
    if work != "looks":
        return {}
    looks = {"picture": form.choice("picture", GROUP_PICTURES, ""), "colour": form.choice("colour", ROOMS, "")}
    if not any(looks.values()):
        form.wrong["picture"] = _("Choose a picture or a colour.")
    return {field: value for field, value in looks.items() if value}


@blueprint.get("/errands/<int:errand_id>/invitations")
@signed_in
def invitations(errand_id: int) -> ResponseReturnValue:
    """Messages to be pasted into a chat; with `sheet` QRs to be printed."""
    errand = db.session.get(Errand, errand_id)
    if errand is None or errand.kind != "bulk-invite" or not standing(me()).is_at_least("admin", errand.group):
        missing()
    form = Form(MultiDict(request.args))
    sheet, page = form.ticked("sheet"), form.number("page") or 0
    most = SHEET if sheet else PAGE
    made = [(group, one, f"{public_url()}/j/{one.code}") for group, one in invited(errand, page, most)]
    shown = render_template(
        "bulk/invitations.html", errand=errand, made=made, sheet=sheet, page=page, qr=qr,
        more=page + 1 if errand.done > (page + 1) * most else None,
    )  # fmt: skip
    return shown, 200, UNSTORED


def init_app(app: Flask) -> None:
    for name, work in WORKS.items():
        register(app, f"bulk-{name}", work)
