"""Report: a tap on the thing, a tap on the picture of why. Then more, if she likes; and what became of it."""

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.care import kinds, queue
from community.care.looks import WHOLE
from community.care.models import Case, Report
from community.care.rings import CallCare
from community.care.things import Thing, heard_words, invitation, seen
from community.care.watching import watch
from community.database import db, now
from community.form import Form
from community.groups.measures import REASONS, Measure
from community.groups.membership import standing
from community.holding.models import wholes
from community.holding.views import REASON_WORDS
from community.http import TooMany, missing, signed_in, writes
from community.media.recording import recorded, voice_of
from community.outbox.models import handles
from community.outbox.standing import tells
from community.people.attempts import Attempts
from community.people.blocks import Block
from community.people.session import me, someone

blueprint = Blueprint("care", __name__)
HOURLY = 20  # reports of one person, or from one address where nobody is signed in
URGENT_HOURLY = 3  # of those that ring somebody; more are looked at in their turn
LONGEST = 1000  # characters


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {
        "care_reasons": kinds.WORDS, "care_symbols": kinds.SYMBOLS, "care_kinds": kinds.KINDS,
        "heard_words": heard_words, "looks_whole": WHOLE, "refusals": REASON_WORDS, "wholes": wholes,
    }  # fmt: skip
    handles(app, "care", queue.pass_on)
    handles(app, "care-desks", queue.settle_all)
    handles(app, "call-care", CallCare())
    tells(app, queue.figures)
    watch()


@blueprint.get("/report/<what>/<int:number>")
@signed_in
def choose(what: str, number: int) -> ResponseReturnValue:
    return _choose(seen(what, number), f"/report/{what}/{number}")


def _choose(thing: Thing, action: str) -> ResponseReturnValue:
    return render_template("care/report.html", thing=thing, action=action, reasons=REASONS)


@blueprint.post("/report/<what>/<int:number>")
@signed_in
@writes
def report(what: str, number: int) -> ResponseReturnValue:
    made = _report(seen(what, number), f"report:{me().id}")
    return redirect(f"/reports/{made.id}", code=303)


def _report(thing: Thing, counted: str) -> Report:
    reason = Form(request.form).choice("reason", REASONS, "other")
    if Attempts.count_one(counted) > HOURLY:
        raise TooMany
    rings = reason in kinds.URGENT and Attempts.count_one(f"urgent:{counted}") <= URGENT_HOURLY
    case = queue.queue(
        thing.what, thing.id, thing.group, reason=reason, accused=thing.accused, other=thing.hidden, urgent=rings,
        words=thing.words, language=thing.language, photo=thing.photo, voice=thing.voice,
    )  # fmt: skip
    return queue.report(case, someone(), reason)


@blueprint.get("/j/<code>/report")
def choose_invitation(code: str) -> ResponseReturnValue:
    return _choose(invitation(code), f"/j/{code}/report")


@blueprint.post("/j/<code>/report")
@writes
def report_invitation(code: str) -> ResponseReturnValue:
    """Also by who is nobody here yet: a bad invitation reaches strangers first."""
    person = someone()
    made = _report(invitation(code), f"report:{person.id if person else request.remote_addr}")
    return redirect(f"/reports/{made.id}" if person else f"/j/{code}/report?sent=1", code=303)


def _mine(report_id: int) -> Report:
    found = db.session.get(Report, report_id)
    if found is None or found.person_id != me().id:
        missing()
    return found


@blueprint.get("/reports/<int:report_id>")
@signed_in
def show(report_id: int) -> ResponseReturnValue:
    return _show(_mine(report_id), Form({}))


def _show(mine: Report, form: Form, code: int = 200) -> ResponseReturnValue:
    case, stand = mine.case, standing(me())
    held = [one for one in stand.memberships if one.group_id == case.group_id]
    blocked = case.accused_id in Block.ids(me())
    page = render_template(
        "care/reported.html", report=mine, case=case, form=form, held=held, blocked=blocked, longest=LONGEST
    )
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/reports/<int:report_id>")
@signed_in
@recorded
@writes
def say_more(report_id: int) -> ResponseReturnValue:
    """In her own words or by her voice, as long as nobody has decided."""
    mine, form = _mine(report_id), Form(request.form)
    voice, unheard = voice_of(me(), mine.community_id)
    words = form.text("words", most=LONGEST)
    if unheard:
        form.wrong["voice"] = unheard
    if form.wrong:
        return _show(mine, form, 422)
    if mine.case.decided_at is None and (words or voice):
        mine.words, mine.language = words or mine.words, me().language
        mine.voice = voice or mine.voice
    return redirect(f"/reports/{mine.id}", code=303)


@blueprint.post("/reports/<int:report_id>/heard")
@signed_in
@writes
def heard(report_id: int) -> ResponseReturnValue:
    mine = _mine(report_id)
    if mine.case.decided_at:
        mine.heard_at = mine.heard_at or now()
    return redirect("/", code=303)


@blueprint.post("/reports/<int:report_id>/block")
@signed_in
@writes
def block_reported(report_id: int) -> ResponseReturnValue:
    mine = _mine(report_id)
    Block.put(me(), mine.case.accused or missing())
    return redirect(f"/reports/{mine.id}", code=303)


@blueprint.post("/report/<what>/<int:number>/block")
@signed_in
@writes
def block(what: str, number: int) -> ResponseReturnValue:
    """Whoever is behind the thing; only by what I see of them."""
    Block.put(me(), seen(what, number).accused or missing())
    return redirect("/me/blocks", code=303)


@blueprint.get("/me/blocks")
@signed_in
def blocks() -> ResponseReturnValue:
    return render_template("care/blocks.html", blocks=Block.of(me()))


@blueprint.post("/blocks/<int:block_id>/end")
@signed_in
@writes
def unblock(block_id: int) -> ResponseReturnValue:
    found = db.session.get(Block, block_id)
    if found is None or found.person_id != me().id:
        missing()
    found.end()
    return redirect("/me/blocks", code=303)


def _about_me(measure_id: int) -> Measure:
    found = db.session.get(Measure, measure_id)
    if found is None or found.person_id != me().id:
        missing()
    return found


@blueprint.get("/measures/<int:measure_id>")
@signed_in
def measure(measure_id: int) -> ResponseReturnValue:
    return _measure(_about_me(measure_id), Form({}))


def _measure(found: Measure, form: Form, code: int = 200) -> ResponseReturnValue:
    asked = (Case.what == "appeal", Case.thing_id == found.id, Case.decided_at.is_not(None))
    answer = found.appealed_at and db.session.scalar(sa.select(Case.outcome).where(*asked).limit(1))
    page = render_template("care/measure.html", measure=found, form=form, longest=LONGEST, answer=answer)
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/measures/<int:measure_id>/heard")
@signed_in
@writes
def measure_heard(measure_id: int) -> ResponseReturnValue:
    found = _about_me(measure_id)
    found.heard_at = found.heard_at or now()
    return redirect("/", code=303)


@blueprint.post("/measures/<int:measure_id>/appeal")
@signed_in
@recorded
@writes
def appeal(measure_id: int) -> ResponseReturnValue:
    """Once, to who stands above whoever decided; with her own words or voice, if she likes."""
    found, form = _about_me(measure_id), Form(request.form)
    voice, unheard = voice_of(me(), found.community_id)
    words = form.text("words", most=LONGEST)
    if unheard:
        form.wrong["voice"] = unheard
    if form.wrong:
        return _measure(found, form, 422)
    if found.appealed_at is None and found.lasts:
        found.appealed_at = now()
        queue.queue(
            "appeal", found.id, found.group, reason=found.reason, accused=found.by, other=me(), words=words,
            language=me().language, voice=voice,
        )  # fmt: skip
    return redirect(f"/measures/{found.id}", code=303)
