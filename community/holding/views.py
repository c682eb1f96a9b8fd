"""What waits in a group: who looks after it lets it through or not. The writer sees why, and what was said of it."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import Standing, standing
from community.groups.models import Group
from community.holding.models import REASONS, Held, wholes
from community.holding.why import Why
from community.http import Changed, missing, signed_in, writes
from community.people.session import me

blueprint = Blueprint("holding", __name__)
LONGEST = 300  # characters of a reason in one's own words
REASON_WORDS: dict[str, tuple[str, LazyString]] = {
    "private": ("lock", _l("It says what is somebody's own.")),
    "link": ("alert", _l("The link in it is not safe.")),
    "place": ("groups", _l("It does not belong in this group.")),
}
PLAIN = {"Cache-Control": "no-store"}


@blueprint.get("/groups/<int:group_id>/held")
@signed_in
def index(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id, "moderator")
    return _page(group, Held.in_group(group, me()), answered=_answered(group))


def _page(
    group: Group, waiting: list[Held], form: Form | None = None, code: int = 200, **more: object
) -> ResponseReturnValue:
    page = render_template(
        "holding/list.html", group=group, waiting=waiting, wholes=wholes(waiting), form=form, reasons=REASON_WORDS,
        longest=LONGEST, leads=standing(me()).is_at_least("admin", group), **more,
    )  # fmt: skip
    return page, code, PLAIN


def _answered(group: Group) -> Held | None:
    found = decided_now("answered", standing(me()))
    return found if found and found.group.path.startswith(group.path) else None


def decided_now(field: str, stand: Standing) -> Held | None:
    """What was decided just now, to be undone: the address of this page says which."""
    number = Form(request.args).number(field)
    found = db.session.get(Held, number) if number else None
    return found if found and found.can_be_undone and found.may_be_judged_by(stand) else None


@blueprint.post("/groups/<int:group_id>/held")
@signed_in
@writes
def choose(group_id: int) -> ResponseReturnValue:
    """Whether what new members say first, and their links, wait here and below."""
    group = led_by(me(), group_id)
    group.looks_at_new = Form(request.form).ticked("new")
    group.note("looks at new" if group.looks_at_new else "looks at new no more", me())
    return redirect(f"/groups/{group.id}/held", code=303)


def _for_me_to_judge(held_id: int) -> Held:
    found = db.session.get(Held, held_id)
    if found is None or not found.may_be_judged_by(standing(me())):
        missing()
    return found


def _next(held: Held) -> ResponseReturnValue:
    """Where she came from: her queue, or the group's own page."""
    if request.form.get("next") == "/":
        return redirect(f"/?looked={held.id}", code=303)
    return redirect(f"/groups/{held.group_id}/held?answered={held.id}", code=303)


@blueprint.post("/held/<int:held_id>/approval")
@signed_in
@writes
def let(held_id: int) -> ResponseReturnValue:
    found = _for_me_to_judge(held_id)
    if not found.let(me()) and found.answer != "let":
        raise Changed
    return _next(found)


@blueprint.post("/held/<int:held_id>/refusal")
@signed_in
@writes
def refuse(held_id: int) -> ResponseReturnValue:
    found, form = _for_me_to_judge(held_id), Form(request.form)
    words, reason = form.text("words", most=LONGEST), form.choice("reason", REASONS, "place")
    if form.wrong:
        return _page(found.group, [found], form, 422)
    if not found.refuse(me(), reason, words) and found.answer != "refused":
        raise Changed
    return _next(found)


@blueprint.post("/held/<int:held_id>/undo")
@signed_in
@writes
def undo(held_id: int) -> ResponseReturnValue:
    found = _for_me_to_judge(held_id)
    if found.answer is not None and not found.undo(me()):
        raise Changed
    return redirect("/" if request.form.get("next") == "/" else f"/groups/{found.group_id}/held", code=303)


def _mine(held_id: int) -> Held:
    found = db.session.get(Held, held_id)
    if found is None or found.person_id != me().id or found.community_id not in standing(me()).communities():
        missing()
    return found


@blueprint.get("/held/<int:held_id>")
@signed_in
def show(held_id: int) -> ResponseReturnValue:
    found = _mine(held_id)
    reason = Why(*REASON_WORDS[found.reason]) if found.reason in REASON_WORDS else None
    return render_template("holding/show.html", held=found, reason=reason), 200, PLAIN


@blueprint.post("/held/<int:held_id>/hearing")
@signed_in
@writes
def hear(held_id: int) -> ResponseReturnValue:
    """She has heard that it was refused; her courtyard says it no more."""
    _mine(held_id).hear()
    return redirect("/", code=303)
