"""What a responder does with a question: takes it, lets it go, hands it over, answers, closes it."""

from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db
from community.form import Form, submission_key
from community.groups.measures import Measure
from community.http import Changed, Refusal, be_sure, missing, signed_in, writes
from community.languages import gettext as _
from community.media.disposal import keep_for_now
from community.media.models import Voice
from community.media.recording import recorded, voice_of
from community.people.models import Person
from community.people.session import me
from community.questions import routing
from community.questions.gates import answered_by, is_answered_by, read_at_desk
from community.questions.models import LONGEST, Answer, Question
from community.questions.rings import ring_taker
from community.questions.views import blueprint


class Taken(Refusal):
    """Somebody else was faster; by whom stands on the question's page."""

    code = 409
    symbol = "hands"
    button = _l("Question")

    def __init__(self, question: Question) -> None:
        taker = question.taker
        said = _("%(name)s has taken this question.", name=taker.name) if taker and taker.name else None
        super().__init__(said or _l("Somebody else has taken this question, or it is over."))
        self.href = f"/questions/{question.id}"


def _back(question: Question) -> ResponseReturnValue:
    return redirect(f"/questions/{question.id}", code=303)


@blueprint.post("/questions/<int:question_id>/taker")
@signed_in
@writes
def take(question_id: int) -> ResponseReturnValue:
    be_sure()
    found = answered_by(me(), question_id)
    if not found.take(me()):
        raise Taken(found)
    return _back(found)


@blueprint.post("/questions/<int:question_id>/taker/end")
@signed_in
@writes
def let_go(question_id: int) -> ResponseReturnValue:
    """Also who may only read by now. Where nobody else answers on her desk, it lies further up, out of her sight."""
    be_sure()
    found = read_at_desk(me(), question_id)
    routing.let_go(found, me())
    return _back(found) if is_answered_by(found, me()) else redirect("/questions", code=303)


@blueprint.post("/questions/<int:question_id>/handover")
@signed_in
@writes
def hand_over(question_id: int) -> ResponseReturnValue:
    """To somebody who answers on the same desk, whoever has it now sees it no less than before."""
    be_sure()
    found = answered_by(me(), question_id)
    number = Form(request.form).number("person")
    other = db.session.get(Person, number) if number else None
    if other is None or other.id == me().id or not is_answered_by(found, other):
        missing()
    if Measure.silencing(other, found.group) or not found.hand_over(me(), other):
        raise Changed
    ring_taker(found)
    return _back(found)


@blueprint.post("/questions/<int:question_id>/closing")
@signed_in
@writes
def close(question_id: int) -> ResponseReturnValue:
    """There is nothing to answer. Who asked sees it, and may say that it did not help."""
    be_sure()
    found = answered_by(me(), question_id)
    if not found.close(me()):
        raise Changed
    return _back(found)


@blueprint.get("/questions/<int:question_id>/answers/new")
@signed_in
def answer(question_id: int) -> ResponseReturnValue:
    be_sure()
    return _composer(answered_by(me(), question_id), Form({}))


def _composer(question: Question, form: Form, code: int = 200, voice: Voice | None = None) -> ResponseReturnValue:
    keep_for_now(voice)
    page = render_template(
        "questions/answer.html", question=question, form=form, key=uuid4().hex, longest=LONGEST, kept=voice
    )
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/help/<int:question_id>/answer")
@blueprint.post("/questions/<int:question_id>/answers")
@signed_in
@recorded
@writes
def give(question_id: int) -> ResponseReturnValue:
    """What urgent help is answered with has an address that no phone keeps anything for (static/sw/queue.js)."""
    be_sure()
    found, key, form = answered_by(me(), question_id), submission_key(request.form), Form(request.form)
    if Answer.sent(me(), key):
        return _back(found)
    voice, unheard = voice_of(me(), found.community_id)
    needed = "" if voice or unheard else _("Say something, or write it here.")
    text = form.text("text", most=LONGEST, needed=needed)
    if unheard:
        form.wrong["voice"] = unheard
    if form.wrong:
        return _composer(found, form, 422, voice)
    if found.answer(me(), key=key, text=text, voice=voice) is None:
        raise Taken(found)
    return _back(found)
