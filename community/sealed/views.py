"""Talk alone: the page of a sealed thread, the keys of its phones, its words, and its end."""

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import db, now
from community.genuine.code import PICTURES
from community.holding.quota import Enough
from community.http import signed_in, writes
from community.languages import ngettext
from community.outbox.models import handles
from community.people.attempts import Attempts
from community.people.session import me
from community.questions import silence
from community.sealed.models import SealedMessage, SealedThread
from community.sealed.rings import CallSealed, end, promise_end, ring
from community.sealed.seen import Seen
from community.sealed.sides import Sides, is_left, is_offered, to_erase
from community.sealed.word import KEY, Word, point_of, register

blueprint = Blueprint("sealed", __name__)
HOURLY = 120  # words of one person in sealed threads
KEYS_HOURLY = 30
LONGEST = 2000  # characters
NOT_KEPT = {"Cache-Control": "no-store"}


def _too_many_words() -> Enough:
    """Words are counted by the hour."""
    wait = 3600 - int(now().timestamp()) % 3600
    said = ngettext(
        "That is very much within an hour. Go on in %(num)s minute.",
        "That is very much within an hour. Go on in %(num)s minutes.",
        -(-wait // 60),
    )
    return Enough(said, wait)


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {"sealed_offered": is_offered, "sealed_left": is_left, "sealed_pictures": PICTURES}
    silence.counts("sealed", SealedMessage.last_of_taker)
    handles(app, "call-sealed", CallSealed())
    handles(app, "end-sealed", end)


@blueprint.get("/questions/<int:question_id>/sealed")
@signed_in
def show(question_id: int) -> ResponseReturnValue:
    sides = Sides.at(question_id)
    thread = SealedThread.of(sides.question)
    seen = Seen(thread, sides) if thread else None
    if seen and request.if_none_match.contains_weak(seen.mark):
        return "", 304, NOT_KEPT
    page = render_template("sealed/thread.html", sides=sides, question=sides.question, seen=seen, longest=LONGEST)
    return page, 200, NOT_KEPT | ({"ETag": f'W/"{seen.mark}"'} if seen else {})


@blueprint.post("/questions/<int:question_id>/sealed")
@signed_in
@writes
def begin(question_id: int) -> ResponseReturnValue:
    sides = Sides.at(question_id)
    sides.let_write()
    if SealedThread.of(sides.question) is None:
        made = SealedThread.begin(sides.question)
        promise_end(made)
        ring(made, sides.other)
    return _back(question_id)


@blueprint.post("/questions/<int:question_id>/sealed/phone")
@signed_in
@writes
def add_phone(question_id: int) -> ResponseReturnValue:
    sides = Sides.at(question_id)
    thread, public = sides.thread(lock=True), point_of(request.form, "public")
    if Attempts.count_one(f"sealed-phone:{sides.person.id}") > KEYS_HOURLY:
        raise _too_many_words()
    if register(thread, sides, public):
        ring(thread, sides.other)
    return _back(question_id)


@blueprint.post("/questions/<int:question_id>/sealed/words")
@signed_in
@writes
def say(question_id: int) -> ResponseReturnValue:
    """Changed (409): a phone or a word came in between; what is sent again is locked anew."""
    sides = Sides.at(question_id)
    sides.let_write()
    thread = sides.thread(lock=True)
    if not _was_said(sides):
        word = Word.read(request.form)
        if Attempts.count_one(f"sealed:{sides.person.id}") > HOURLY:
            raise _too_many_words()
        word.say(thread, sides)
        promise_end(thread)
        ring(thread, sides.other)
    return _back(question_id)


def _was_said(sides: Sides) -> bool:
    key = request.form.get("key", "")
    mine = sa.select(SealedMessage.id).where(SealedMessage.person_id == sides.person.id, SealedMessage.key == key)
    return bool(KEY.fullmatch(key)) and db.session.scalar(mine) is not None


@blueprint.get("/questions/<int:question_id>/sealed/erasure")
@signed_in
def erasure(question_id: int) -> ResponseReturnValue:
    """For who has no other way to it any more; and what is said once it is done."""
    return render_template("sealed/erasure.html", thread=to_erase(question_id)), 200, NOT_KEPT


@blueprint.post("/questions/<int:question_id>/sealed/erasure")
@signed_in
@writes
def erase(question_id: int) -> ResponseReturnValue:
    """Also by who may only read, or has lost her place: it says nothing. Twice is harmless."""
    thread = to_erase(question_id, lock=True)
    thread.erase(me())
    promise_end(thread)
    return redirect(f"/questions/{question_id}/sealed/erasure", code=303)


def _back(question_id: int) -> ResponseReturnValue:
    return redirect(f"/questions/{question_id}/sealed", code=303)
