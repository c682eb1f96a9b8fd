"""For who looks after a group: what is asked at its door, put up and taken down, and what was answered there."""

from uuid import uuid4

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db
from community.form import Form, submission_key
from community.groups.gates import led_by
from community.groups.models import Group
from community.http import Changed, missing, signed_in, writes
from community.invitations.doorway import KINDS, LEAST_PICTURES, LONGEST, MOST, MOST_PICTURES, DoorQuestion
from community.invitations.replies import Replies, at_door
from community.invitations.views import blueprint, request_led_by_me
from community.languages import gettext as _
from community.people.pictures import GROUP_PICTURES
from community.people.session import me


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {"asked_at_door": _asked_at, "longest_reply": LONGEST}


def _asked_at(group: Group) -> Replies | None:
    """What somebody is asked there; None where nothing is."""
    replies = at_door(group)
    return replies if replies.questions else None


@blueprint.get("/requests/<int:request_id>")
@signed_in
def wish(request_id: int) -> ResponseReturnValue:
    """Somebody's wish with what she answered, while it waits. No phone keeps it: a refusal erases the answers."""
    found = request_led_by_me(request_id)
    if found.answer is not None:
        return redirect("/", code=303)
    return render_template("invitations/wish.html", wish=found), 200, {"Cache-Control": "no-store"}


@blueprint.get("/groups/<int:group_id>/door")
@signed_in
def door(group_id: int) -> ResponseReturnValue:
    return _page(led_by(me(), group_id, "moderator"), Form({"key": uuid4().hex}))


def _page(group: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "invitations/door.html", group=group, form=form, questions=DoorQuestion.of(group),
        chosen=form.values.get("pictures", "").split(), pictures=GROUP_PICTURES, most=MOST, longest=LONGEST,
        key=submission_key(form.fields),
    )  # fmt: skip
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/groups/<int:group_id>/door")
@signed_in
@writes
def put(group_id: int) -> ResponseReturnValue:
    group, form = led_by(me(), group_id, "moderator"), Form(request.form)
    if group.rests:
        raise Changed(_l("This group rests. Bring it back first, then invite."))
    text = form.line("text", most=LONGEST, needed=_("Write what you would like to know."))
    pictures = _pictures(form)
    key = submission_key(form.fields)
    if not DoorQuestion.has_room(group) and not DoorQuestion.put_with(group, key):
        form.wrong["text"] = _("Three questions are enough. Take one down first.")
    if form.wrong:
        return _page(group, form, 422)
    DoorQuestion.put(group, me(), key, text, pictures)
    return redirect(f"/groups/{group.id}/door", code=303)


def _pictures(form: Form) -> list[str]:
    """Those that were chosen to choose from; none for a short answer."""
    chosen = [name for name in dict.fromkeys(request.form.getlist("picture")) if name in GROUP_PICTURES]
    form.values["pictures"] = " ".join(chosen)
    if form.choice("kind", KINDS, "short") == "short":
        return []
    if not LEAST_PICTURES <= len(chosen) <= MOST_PICTURES:
        form.wrong["picture"] = _("Choose two, three or four pictures.")
    return chosen


@blueprint.post("/groups/<int:group_id>/door/<int:question_id>/removal")
@signed_in
@writes
def take_down(group_id: int, question_id: int) -> ResponseReturnValue:
    group, found = led_by(me(), group_id, "moderator"), db.session.get(DoorQuestion, question_id)
    if found is None or found.group_id != group.id:
        missing()
    found.end(me())
    return redirect(f"/groups/{group.id}/door", code=303)
