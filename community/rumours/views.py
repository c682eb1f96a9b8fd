"""Is this true? A tap asks; who answers says so, once; whoever asked hears it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from blinker import signal
from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from community.announcements.brought import brings
from community.announcements.draft import categories_in
from community.announcements.models import Announcement
from community.announcements.sheets import hangs
from community.announcements.views import may_correct
from community.care.things import Thing, seen
from community.database import db, now
from community.form import Form, submission_key
from community.groups.gates import heard_by
from community.groups.measures import Measure
from community.groups.membership import standing
from community.groups.models import Group
from community.http import Changed, be_sure, missing, signed_in, writes
from community.languages import gettext as _
from community.media.disposal import let_go
from community.media.models import Photo, Voice
from community.media.recording import recorded, voice_of
from community.media.upload import photographed, picture_of
from community.outbox.models import handles
from community.people.models import Person
from community.people.session import acts_without_roles, me
from community.rumours import answering, flagging, settling
from community.rumours.answering import VERDICT_WORDS, may_answer
from community.rumours.models import LONGEST, VERDICTS, Rumour, RumourFlag
from community.rumours.rings import CallRumour

blueprint = Blueprint("rumours", __name__)
FLAGGED = ("announcement", "message")


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {
        "rumour_answer": answering.rumour_answer, "rumour_answers": answering.rumour_answers,
        "rumours_told": told_me, "rumours_waiting": waiting_for_me, "verdicts": VERDICT_WORDS,
        "acts_without_roles": acts_without_roles,
    }  # fmt: skip
    handles(app, "call-rumour", CallRumour())
    brings("rumour", answering.prefilled)
    hangs(under)
    signal("erased").connect(settling.of_person)
    signal("tidied").connect(settling.old)


def told_me(person: Person) -> list[RumourFlag]:
    """What was answered of what she asked, where she still hears it, until she has heard it."""
    told = [] if acts_without_roles(person) else RumourFlag.to_tell(person)
    return [one for one in told if standing(person).hears(one.rumour.group)]


def waiting_for_me() -> list[Rumour]:
    return answering.waiting(standing(me()))


def under(said: Sequence[Any]) -> dict[int, Markup]:
    """Below each sheet whose words somebody has answered for, the answer."""
    answering.rumour_answers(said)
    answers = {one.id: found for one in said if (found := answering.rumour_answer(one)) and not one.removed_at}
    if not answers:
        return {}
    draw = current_app.jinja_env.get_template("rumours/parts.html").module.verdict  # type: ignore[attr-defined]
    return {number: draw(found) for number, found in answers.items()}


def flaggable(what: str, number: int) -> Thing:
    """The thing, if I see it and it is not mine, where something may be said. Raises Missing or Silenced."""
    thing = seen(what, number) if what in FLAGGED else missing()
    Measure.let_speak(me(), thing.group)
    return thing if not thing.group.rests else missing()


@blueprint.post("/rumours/<what>/<int:number>")
@signed_in
@writes
def flag(what: str, number: int) -> ResponseReturnValue:
    be_sure()
    rumour = flagging.flag(flaggable(what, number), me())
    return redirect(f"/rumours/{rumour.id}", code=303)


def asked_in(group_id: int) -> Group:
    """The group, if I may bring something there. Raises Missing or Silenced."""
    group = heard_by(me(), group_id)
    Measure.let_speak(me(), group)
    return group if not group.rests and standing(me()).hears(group) else missing()


@blueprint.get("/groups/<int:group_id>/rumours/new")
@signed_in
def new(group_id: int) -> ResponseReturnValue:
    be_sure()
    return _composer(asked_in(group_id), Form({}))


def _composer(group: Group, form: Form, photo: Photo | None = None, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "rumours/composer.html", group=group, form=form, photo=photo, key=uuid4().hex, longest=LONGEST,
        categories=categories_in(group),
    )  # fmt: skip
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/groups/<int:group_id>/rumours")
@signed_in
@photographed
@writes
def create(group_id: int) -> ResponseReturnValue:
    be_sure()
    group, form = asked_in(group_id), Form(request.form)
    photo, unseen = picture_of(me(), group.community_id)
    text = form.text("text", most=LONGEST, needed="" if photo or unseen else _("Put the words here, or a photo."))
    category = form.number("category")
    if unseen:
        form.wrong["photo"] = unseen
    if form.wrong:
        return _composer(group, form, photo, 422)
    known = {one.id for one in categories_in(group)}
    brought = flagging.bring(
        group,
        me(),
        key=submission_key(request.form),
        text=text,
        photo=photo,
        category_id=category if category in known else None,
    )
    db.session.flush()
    if photo and brought.photo_id != photo.id:
        let_go(Photo, [photo.id])
    return redirect(f"/rumours/{brought.id}", code=303)


@blueprint.get("/groups/<int:group_id>/rumours")
@signed_in
def known(group_id: int) -> ResponseReturnValue:
    group = heard_by(me(), group_id)
    return render_template("rumours/known.html", group=group, known=answering.known_here(group, standing(me())))


@blueprint.get("/rumours")
@signed_in
def mine() -> ResponseReturnValue:
    """What waits for my answer, and what I have asked."""
    be_sure()
    hers = sa.select(RumourFlag).where(RumourFlag.person_id == me().id).order_by(RumourFlag.id.desc()).limit(20)
    flags = db.session.scalars(hers.options(joinedload(RumourFlag.rumour).joinedload(Rumour.group))).all()
    heard_here = [one for one in flags if standing(me()).hears(one.rumour.group)]
    return render_template("rumours/mine.html", waiting=waiting_for_me(), flags=heard_here)


def read_by_me(rumour_id: int) -> Rumour:
    """The rumour, if I asked, may answer, or hear what was answered. Raises Missing."""
    be_sure()
    found = db.session.get(Rumour, rumour_id)
    return found if found and answering.may_read(found, standing(me())) else missing()


@blueprint.get("/rumours/<int:rumour_id>")
@signed_in
def show(rumour_id: int) -> ResponseReturnValue:
    return _show(read_by_me(rumour_id), Form({}))


def _show(rumour: Rumour, form: Form, voice: Voice | None = None, code: int = 200) -> ResponseReturnValue:
    answers, said = may_answer(rumour, standing(me())), answering.shown(rumour, standing(me()))
    told = db.session.get(Announcement, rumour.thing_id) if answers and rumour.what == "announcement" else None
    page = render_template(
        "rumours/show.html", rumour=rumour, said=said, form=form, voice=voice, answers=answers,
        group=rumour.group, desk=answering.desk_of(rumour), longest=LONGEST, flagged=flagging.mine(rumour, me()),
        announces=standing(me()).may_announce(answering.desk_of(rumour)) and answers, removes=_removes(rumour),
        corrects=told is not None and said is not None and not said.corrected and may_correct(told),
    )  # fmt: skip
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/rumours/<int:rumour_id>/answer")
@signed_in
@recorded
@writes
def answer(rumour_id: int) -> ResponseReturnValue:
    """`was` is when the answer was given that this one puts right; without it, it is the first."""
    rumour, form = read_by_me(rumour_id), Form(request.form)
    desk = answering.desk_of(rumour)
    if not may_answer(rumour, standing(me())) or desk.rests:
        missing()
    Measure.let_speak(me(), desk)
    voice, unheard = voice_of(me(), rumour.community_id)
    verdict, words = form.choice("verdict", VERDICTS, ""), form.text("words", most=LONGEST)
    if not verdict:
        form.wrong["verdict"] = _("Choose one of the three.")
    if unheard:
        form.wrong["voice"] = unheard
    answering.look_at(form, words, me(), desk)
    if form.wrong:
        return _show(rumour, form, voice, 422)
    _say(rumour, verdict, words, voice)
    return redirect(f"/rumours/{rumour.id}", code=303)


def _say(rumour: Rumour, verdict: str, words: str, voice: Voice | None) -> None:
    """Whoever says the same again on a slow phone says nothing new. Raises Changed where another was faster."""
    if (rumour.answered_by, rumour.verdict, rumour.words) == (me().id, verdict, words) and not voice:
        return
    before = rumour.voice_id
    db.session.flush()
    if not rumour.answer(verdict, me(), flagging.moment_of(request.form.get("was", "")), words, voice):
        raise Changed(_l("Somebody has answered this already. Look at it first."))
    let_go(Voice, [before])


@blueprint.post("/rumours/<int:rumour_id>/heard")
@signed_in
@writes
def heard(rumour_id: int) -> ResponseReturnValue:
    flagged = flagging.mine(read_by_me(rumour_id), me()) or missing()
    if flagged.rumour.answered_at:
        flagged.heard_at = flagged.heard_at or now()
    return redirect("/", code=303)


def _removes(rumour: Rumour) -> bool:
    """What somebody brought from elsewhere: who looks after the group may take it away."""
    return rumour.what == "own" and standing(me()).is_at_least("moderator", rumour.group)


@blueprint.post("/rumours/<int:rumour_id>/removal")
@signed_in
@writes
def remove(rumour_id: int) -> ResponseReturnValue:
    """With `back` it is shown again."""
    be_sure()
    found = db.session.get(Rumour, rumour_id)
    if found is None or not _removes(found):
        missing()
    found.remove(me(), away=not Form(request.form).ticked("back"))
    return redirect(f"/rumours/{found.id}", code=303)
