"""Pages of those who decide: one case, a measure of one's own accord, what was decided; and the operator's."""

from typing import Any

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from community.announcements.models import Announcement
from community.announcements.views import looked_after_by_me
from community.care import queue
from community.care.deciding import KINDS, OUTCOMES, Decision, close_door, decide, deeds, take_back
from community.care.models import Case
from community.care.views import LONGEST, blueprint
from community.database import db
from community.form import Form
from community.groups.gates import led_by, membership_led_by, outranks
from community.groups.measures import PARDONS, REASONS, TERMS, Measure
from community.groups.members import Above
from community.groups.membership import Membership, forget_standing, standing
from community.http import Changed, missing, signed_in, writes
from community.languages import gettext as _
from community.media.recording import recorded, voice_of
from community.outbox.views import operators
from community.people.session import me

DEED_WORDS: dict[str, Any] = {
    "leave": _l("Leave it as it is"),
    "lift": _l("Take it back"),
    "remove": _l("Remove"),
    "warn": _l("Warn"),
    "mute": _l("Only read for a while"),
    "ban": _l("Close the door"),
}
SYMBOLS = {"leave": "check", "lift": "undo", "remove": "trash", "warn": "alert", "mute": "lock", "ban": "block"}
SHOWN = {
    "deed_words": DEED_WORDS | {OUTCOMES[deed]: word for deed, word in DEED_WORDS.items()},
    "deed_symbols": SYMBOLS,
    "deed_of": {kind: deed for deed, kind in KINDS.items()} | {"removal": "remove"},
    "longest": LONGEST,
}


def _page(template: str, code: int = 200, **shown: Any) -> ResponseReturnValue:
    return render_template(template, **SHOWN, **shown), code, {"Cache-Control": "no-store"}


@blueprint.get("/cases/<int:case_id>")
@signed_in
def case(case_id: int) -> ResponseReturnValue:
    return _case(queue.before_me(me(), case_id), Form({}))


def _case(found: Case, form: Form, code: int = 200) -> ResponseReturnValue:
    judged = db.session.get(Measure, found.thing_id) if found.what == "appeal" else None
    may = deeds(found, me(), standing(me()))
    return _page("care/case.html", code, case=found, judged=judged, form=form, deeds=may)


@blueprint.post("/cases/<int:case_id>/decision")
@signed_in
@recorded
@writes
def decision(case_id: int) -> ResponseReturnValue:
    found, form = queue.before_me(me(), case_id), Form(request.form)
    made = _decision(form, deeds(found, me(), standing(me())), found.community_id, found.reason)
    if made is None:
        return _case(found, form, 422)
    decide(found, made, me())
    forget_standing()
    return redirect(f"/cases/{found.id}", code=303)


def _decision(form: Form, may: list[str], community_id: int, usual: str) -> Decision | None:
    """What was chosen; None where something is missing or can not be heard. The form then says what."""
    deed = form.choice("deed", may, may[0] if len(may) == 1 else "")
    reason = form.choice("reason", REASONS, usual)
    voice, unheard = voice_of(me(), community_id)
    words, term = form.text("words", most=LONGEST), form.choice("for", TERMS, "")
    if unheard:
        form.wrong["voice"] = unheard
    for field, given in (("deed", deed), ("reason", reason)):
        if not given:
            form.wrong[field] = _("Something was missing in what the phone sent. Try it again.")
    return None if form.wrong else Decision(deed, reason, term, words, voice)


def _about(membership_id: int) -> Membership:
    """Somebody below me, in a group that I look after."""
    held = membership_led_by(me(), membership_id, "moderator")
    if held.person_id == me().id:
        missing()
    if not outranks(standing(me()), held.person, held.group):
        raise Above
    return held


@blueprint.get("/memberships/<int:membership_id>/measures/new")
@signed_in
def new(membership_id: int) -> ResponseReturnValue:
    return _new(_about(membership_id), Form({}))


def _new(held: Membership, form: Form, code: int = 200) -> ResponseReturnValue:
    back = f"/groups/{held.group_id}/members"
    return _page(
        "care/take.html", code, group=held.group, accused=held.person, form=form, back=back, deeds=list(KINDS),
        action=f"/memberships/{held.id}/measures",
    )  # fmt: skip


@blueprint.post("/memberships/<int:membership_id>/measures")
@signed_in
@recorded
@writes
def take(membership_id: int) -> ResponseReturnValue:
    held, form = _about(membership_id), Form(request.form)
    made = _decision(form, list(KINDS), held.community_id, "")
    if made is None:
        return _new(held, form, 422)
    Measure.take(
        KINDS[made.deed], held.group, held.person, me(), reason=made.reason, words=made.words, voice=made.voice,
        until=made.until,
    )  # fmt: skip
    if made.deed == "ban":
        close_door(held.group, held.person, made, me())
    forget_standing()
    return redirect(f"/groups/{held.group_id}/measures", code=303)


@blueprint.get("/announcements/<int:announcement_id>/removal")
@signed_in
def removal(announcement_id: int) -> ResponseReturnValue:
    """Why? Its author shall hear it."""
    said = _removable(announcement_id)
    where = f"/announcements/{said.id}"
    return _page(
        "care/take.html", group=said.audience.group, accused=said.author, form=Form({}), back=where, deeds=["remove"],
        action=f"{where}/removal",
    )  # fmt: skip


def _removable(announcement_id: int) -> Announcement:
    said = looked_after_by_me(announcement_id)
    return missing() if said.removed_at or said.author_id == me().id else said


@blueprint.get("/groups/<int:group_id>/measures")
@signed_in
def measures(group_id: int) -> ResponseReturnValue:
    """What was decided in this group, newest first."""
    group = led_by(me(), group_id, "moderator")
    whole = (joinedload(Measure.person), joinedload(Measure.by), joinedload(Measure.voice))
    found = sa.select(Measure).where(Measure.group_id == group.id, Measure.person_id != me().id).options(*whole)
    shown = list(db.session.scalars(found.order_by(Measure.id.desc()).limit(50)))
    return _page("care/measures.html", group=group, measures=shown, mine={one.id for one in shown if _may_end(one)})


def _may_end(found: Measure) -> bool:
    """Whoever decided it, or stands above her; never whom it is about."""
    stand = standing(me())
    if found.person_id == me().id or not stand.is_at_least("moderator", found.group):
        return False
    return found.by_id in (None, me().id) or (found.by is not None and outranks(stand, found.by, found.group))


@blueprint.post("/measures/<int:measure_id>/end")
@signed_in
@writes
def end(measure_id: int) -> ResponseReturnValue:
    found = db.session.get(Measure, measure_id)
    if found is None or not _may_end(found):
        missing()
    take_back(found, me(), Form(request.form).choice("pardon", PARDONS, "talked"))
    return redirect(f"/groups/{found.group_id}/measures#m{found.id}", code=303)


@blueprint.get("/operator/cases")
@operators
def operator() -> ResponseReturnValue:
    return _page("care/operator.html", cases=queue.before_operator(), deeds=deeds)


@blueprint.post("/operator/cases/<int:case_id>")
@operators
@writes
def operator_decides(case_id: int) -> ResponseReturnValue:
    found = db.session.get(Case, case_id)
    if found is None or found.desk_id is not None:
        missing()
    deed = Form(request.form).choice("deed", deeds(found, None, None), "")
    if not deed:
        raise Changed
    decide(found, Decision(deed, found.reason), None)
    return redirect("/operator/cases", code=303)
