"""Read, reword, take back, mark as done. How one announces: `composing`."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.announcements.acknowledgement import WISHES, Acknowledgement
from community.announcements.feed import card as card_of
from community.announcements.feed import hear, matching
from community.announcements.floors import numbered, start_of
from community.announcements.models import LONGEST, Announcement
from community.database import db, now
from community.form import Form
from community.groups.counter import Counter
from community.groups.gates import heard_by
from community.groups.membership import Standing, standing
from community.groups.models import Group
from community.http import Changed, local_path, missing, signed_in, writes
from community.languages import gettext as _
from community.people.models import Child
from community.people.session import me

blueprint = Blueprint("announcements", __name__)


def seen_by_me(announcement_id: int) -> Announcement:
    """The announcement, if it is for me, by me, or in a branch that I look after. Raises Missing."""
    wanted = sa.select(Announcement).where(Announcement.id == announcement_id).options(*Announcement.whole())
    found = db.session.scalar(wanted)
    if found is None or not (_is_mine(found) or _looks_after(found) or _is_for_me(found)):
        missing()
    return found


def _is_mine(found: Announcement) -> bool:
    # Whoever was put out of the community has lost her own words there, too.
    return found.author_id == me().id and found.audience.community_id in standing(me()).communities()


def _looks_after(found: Announcement) -> bool:
    # What waits is its author's alone: she may still take it back.
    return found.seq is not None and standing(me()).is_at_least("moderator", found.audience.group)


def _may_pin(found: Announcement) -> bool:
    return standing(me()).is_at_least("admin", found.audience.group)


def _is_for_me(found: Announcement) -> bool:
    if found.seq is None or (found.expires and found.expires <= now()):
        return False
    mine = matching(standing(me()), [held.group for held in standing(me()).memberships])
    return any(found.audience_id == audience.id and found.seq > start_of(audience) for audience in mine)


def led_by_me(announcement_id: int) -> Announcement:
    """The announcement, if I may remove it: its author, or who looks after the branch."""
    found = seen_by_me(announcement_id)
    if not (_is_mine(found) or _looks_after(found)):
        missing()
    return found


def looked_after_by_me(announcement_id: int) -> Announcement:
    """The announcement, if it has gone out in a branch that I look after."""
    found = seen_by_me(announcement_id)
    if not _looks_after(found):
        missing()
    return found


def _only_mine(announcement_id: int) -> Announcement:
    found = seen_by_me(announcement_id)
    if not _is_mine(found):
        missing()
    return found


@blueprint.get("/announcements/<int:announcement_id>")
@signed_in
def show(announcement_id: int) -> ResponseReturnValue:
    found, stand = seen_by_me(announcement_id), standing(me())
    card = card_of(stand, found)
    return render_template(
        "announcements/show.html", card=card, group=found.audience.group,
        mine=_is_mine(found) or _looks_after(found), leads=_may_pin(found), counts=_looks_after(found),
        asks=Acknowledgement.asks(found, me()),
    )  # fmt: skip


@blueprint.get("/announcements/<int:announcement_id>/edit")
@signed_in
def edit(announcement_id: int) -> ResponseReturnValue:
    found = _only_mine(announcement_id)
    if not found.is_waiting:
        raise Changed(_l("This has gone out. Its words can no longer be changed."))
    form = Form({"text": found.original.text})
    form.text("text", most=LONGEST)
    return _editor(found, form)


def _editor(found: Announcement, form: Form, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "announcements/edit.html", said=found, group=found.audience.group, form=form, longest=LONGEST
    )
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/announcements/<int:announcement_id>")
@signed_in
@writes
def update(announcement_id: int) -> ResponseReturnValue:
    found, form = _only_mine(announcement_id), Form(request.form)
    needed = "" if found.original.voice else _("Say something, or write it here.")
    text = form.text("text", most=LONGEST, needed=needed)
    if form.wrong:
        return _editor(found, form, 422)
    if not found.reword(text):
        raise Changed(_l("This has gone out. Its words can no longer be changed."))
    return redirect(url_for("home.group", group_id=found.audience.group_id) + "#waiting", code=303)


@blueprint.post("/announcements/<int:announcement_id>/withdrawal")
@signed_in
@writes
def withdraw(announcement_id: int) -> ResponseReturnValue:
    found = _only_mine(announcement_id)
    if not found.withdraw() and found.withdrawn_at is None:
        raise Changed(_l("This has gone out already. You can remove it; a note will say so."))
    return redirect(url_for("home.group", group_id=found.audience.group_id), code=303)


@blueprint.post("/announcements/<int:announcement_id>/removal")
@signed_in
@writes
def remove(announcement_id: int) -> ResponseReturnValue:
    found = led_by_me(announcement_id)
    if found.seq is None:
        raise Changed
    found.remove(me())
    return redirect(url_for("announcements.show", announcement_id=found.id), code=303)


@blueprint.post("/announcements/<int:announcement_id>/pin")
@signed_in
@writes
def pin(announcement_id: int) -> ResponseReturnValue:
    found = seen_by_me(announcement_id)
    if not _may_pin(found) or found.removed_at:
        missing()
    found.pin(me(), up=request.form.get("up") == "1")
    return redirect(url_for("announcements.show", announcement_id=found.id), code=303)


@blueprint.post("/announcements/<int:announcement_id>/acknowledgement")
@signed_in
@writes
def acknowledge(announcement_id: int) -> ResponseReturnValue:
    """Understood, or done for one of my children; or please explain. Twice is once; `given=0` takes it back."""
    found, wish = seen_by_me(announcement_id), Form(request.form).choice("wish", WISHES, "understood")
    child = _my_child(found) if wish == "understood" else None
    if found.is_live:
        Acknowledgement.give(found, me(), child, given=request.form.get("given") != "0", wish=wish)
    return redirect(local_path(request.form.get("next")) + f"#a{found.id}", code=303)


def _my_child(found: Announcement) -> Child | None:
    """The child that the form names, if it is mine and this is for it; None for myself. Raises Missing."""
    number = Form(request.form).number("child")
    if not number:
        return None
    card = card_of(standing(me()), found)
    return next((child for child in card.children if child.id == number), None) or missing()


@blueprint.post("/reading")
@signed_in
@writes
def read() -> ResponseReturnValue:
    """A page says how far it was read: `upto` is community:seq, once or more; `tried`: she is past the first steps.

    Where there is no signal, phones keep this and say it later.
    """
    if request.form.get("tried"):
        me().trying_since = None
    number = Form(request.form).number("group")
    group = heard_by(me(), number) if number else None
    for value in request.form.getlist("upto")[:50]:
        community, _colon, seq = value.partition(":")
        if community.isdecimal() and seq.isdecimal() and len(value) < 36:
            _hear(standing(me()), group, int(community), int(seq))
    if request.headers.get("Sec-Fetch-Dest") == "empty" and "tried" not in request.form:
        return "", 204  # a script has said it, and goes nowhere; "Skip" goes on, also where the worker sends it
    return redirect(local_path(request.form.get("next")), code=303)


def _hear(stand: Standing, group: Group | None, community_id: int, seq: int) -> None:
    held = stand.here(group) if group else stand.memberships
    inside, seq = numbered(held, community_id, seq)
    if inside:
        hear(inside, min(seq, Counter.now_at(inside[0].community_id)))
