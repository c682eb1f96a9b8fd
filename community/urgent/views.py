"""Urgent help: numbers for everybody, and for members five pictures that tell two trained people at once.

No page of it may be stored anywhere.
"""

from collections.abc import Mapping
from uuid import uuid4

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import now
from community.form import Form, submission_key
from community.groups.models import Group
from community.http import Missing, be_sure, missing, signed_in, writes
from community.languages import ngettext
from community.media.disposal import keep_for_now, let_go_of
from community.media.models import Voice
from community.media.recording import recorded, voice_of
from community.people.models import Person
from community.people.session import acts_without_roles, has_pins, me, someone
from community.phones.guard import is_behind_pin
from community.questions import forgetting, routing, silence
from community.questions.models import LONGEST, Question
from community.urgent import asking
from community.urgent.asking import TROUBLES
from community.urgent.models import Aid, GroupPlace
from community.urgent.numbers import HOME, numbers_of, places

blueprint = Blueprint("urgent", __name__)
NEVER = {"Cache-Control": "no-store"}


def init_app(app: Flask) -> None:
    app.jinja_env.globals["troubles"] = TROUBLES
    silence.counts("aid", Aid.last_of_taker)


@blueprint.get("/help")
def show() -> ResponseReturnValue:
    """Whoever she is, also nobody: first the numbers."""
    return _numbers()


def _numbers(note: str = "", code: int = 200, headers: Mapping[str, str] | None = None) -> ResponseReturnValue:
    person, chosen = _reader(), _group()
    way = asking.nearest(person, chosen) if person else None
    is_sure = person and not acts_without_roles(person)
    page = render_template(
        "urgent/help.html", way=way, group=way.group if way else chosen, note=note,
        mine=asking.mine(person) if person and is_sure else [],
        others=asking.groups_of(person) if person else [], **_place(chosen or (way.group if way else None)),
    )  # fmt: skip
    return page, code, {**NEVER, **(headers or {})}


def _reader() -> Person | None:
    """Who is signed in; nobody on a phone of several people, as long as no PIN of hers has opened it."""
    return someone() if is_behind_pin() or not has_pins() else None


def _group() -> Group | None:
    """The one that the address names, if she may ask there."""
    person, number = _reader(), Form(request.args).number("in")
    try:
        return asking.asked_in_by(person, number) if person and number else None
    except Missing:
        return None


def _place(group: Group | None) -> dict[str, object]:
    """Where she says that she is; else where the group is; else at home."""
    person, chosen = _reader(), request.args.get("place", "")
    near = group or next(iter(asking.groups_of(person)), None) if person else None
    code = chosen if chosen in places() else GroupPlace.of(near) if near else HOME
    return {"place": places().get(code or ""), "places": places().values(), "numbers": numbers_of(code)}


@blueprint.get("/groups/<int:group_id>/help/<int:place>")
@signed_in
def new(group_id: int, place: int) -> ResponseReturnValue:
    return _composer(asking.asked_in_by(me(), group_id), _trouble_at(place), Form({}))


def _trouble_at(place: int) -> str:
    """By its place among the pictures, from 1 on: addresses stay in the history of a phone and in logs."""
    return [*TROUBLES][place - 1] if 1 <= place <= len(TROUBLES) else missing()


def _composer(
    group: Group, trouble: str, form: Form, code: int = 200, voice: Voice | None = None
) -> ResponseReturnValue:
    """Where nobody is told from this group, from another one of hers."""
    keep_for_now(voice)
    way = asking.nearest(me(), group)
    page = render_template(
        "urgent/new.html", group=way.group if way else group, trouble=trouble, number=[*TROUBLES].index(trouble) + 1,
        way=way, was_not_sent=code == 409, form=form, key=uuid4().hex, longest=LONGEST, voice=voice, **_place(group),
    )  # fmt: skip
    return page, code, NEVER


@blueprint.post("/groups/<int:group_id>/help/<int:place>")
@signed_in
@recorded
@writes
def create(group_id: int, place: int) -> ResponseReturnValue:
    """Nothing is needed but the picture."""
    group, form, key = asking.asked_in_by(me(), group_id), Form(request.form), submission_key(request.form)
    if sent := Question.sent(me(), key):
        return _to(sent)
    trouble, (voice, unheard) = _trouble_at(place), voice_of(me(), group.community_id)
    text = form.text("text", most=LONGEST)
    named = form.ticked("named")
    if unheard:
        form.wrong["voice"] = unheard
    if form.wrong:
        return _composer(group, trouble, form, 422, voice)
    if not asking.from_group(group, me()):
        return _composer(group, trouble, form, 409, _brought_along(voice, asking.nearest(me(), group)))
    if until := asking.waits_until(me()):
        let_go_of(voice)
        return _wait(int((until - now()).total_seconds()))
    return _to(asking.ask(group, me(), key=key, trouble=trouble, text=text, voice=voice, named=named))


def _brought_along(voice: Voice | None, way: asking.Help | None) -> Voice | None:
    """What she said, to the group from which somebody is told; it stays nowhere where nobody is."""
    if voice is None or (way and way.group.community_id == voice.community_id):
        return voice
    there = voice.copied() if way else None
    if way and there:
        there.community_id = way.group.community_id
    let_go_of(voice)
    return there


def _to(question: Question) -> ResponseReturnValue:
    """Who is here by a code alone is told that it went, and reads nothing of it."""
    where = "/help?sent=1" if acts_without_roles(me()) else f"/help/{question.id}"
    return redirect(where, code=303)


def _wait(seconds: int) -> ResponseReturnValue:
    """Said with how long, on the page with the numbers."""
    minutes = max(1, -(-seconds // 60))
    words = ngettext(
        "You asked three times in this hour. Call a number now, or ask again in %(num)s minute.",
        "You asked three times in this hour. Call a number now, or ask again in %(num)s minutes.", minutes,
    )  # fmt: skip
    return _numbers(words, 429, {"Retry-After": str(minutes * 60)})


@blueprint.get("/help/<int:help_id>")
@signed_in
def asked(help_id: int) -> ResponseReturnValue:
    """How far it has come. For her alone."""
    be_sure()
    found = asking.asked_by(me(), help_id)
    way = asking.nearest(me(), found.group) if found.is_open and not found.desk else None
    page = render_template(
        "urgent/asked.html", question=found, way=way, rings=asking.rings(found), **_place(found.group)
    )
    return page, 200, NEVER


@blueprint.post("/help/<int:help_id>/withdrawal")
@signed_in
@writes
def withdraw(help_id: int) -> ResponseReturnValue:
    be_sure()
    forgetting.take_back(asking.asked_by(me(), help_id))
    return redirect(f"/help/{help_id}", code=303)


@blueprint.post("/help/<int:help_id>/return")
@signed_in
@writes
def ask_again(help_id: int) -> ResponseReturnValue:
    be_sure()
    found = asking.asked_by(me(), help_id)
    if found.ask_again():
        routing.lay_again(found)
    return redirect(f"/help/{help_id}", code=303)
