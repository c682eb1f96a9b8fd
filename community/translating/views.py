"""In which languages it is said, in which not yet; asking for words, letting them out, sending them back."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.models import Announcement, Translation
from community.announcements.views import looked_after_by_me
from community.announcements.words import words_in
from community.database import db
from community.form import Form
from community.groups.membership import standing
from community.holding.why import WHY, Why, gives_away
from community.http import Changed, missing, signed_in, writes
from community.languages import LANGUAGES, Language, offered
from community.notifications.discretion import Said
from community.people.session import me
from community.translating import machine
from community.translating.blueprint import blueprint
from community.translating.counts import readers as counted
from community.translating.memory import earlier
from community.translating.models import REASONS, TranslationRequest, put, take_off
from community.translating.volunteers import may_be_asked, named, readers, volunteers

__all__ = ["blueprint"]


@dataclass(frozen=True)
class Row:
    """One language of the announcement: how many read in it, what they get, and what is on its way."""

    tongue: Language
    people: Said | None
    words: Translation | None
    asked: int
    sent: int


def _announced_by_us(announcement_id: int) -> Announcement:
    """The announcement, if it has gone out in a branch in whose name I may announce."""
    found = looked_after_by_me(announcement_id)
    if not standing(me()).is_at_least("admin", found.audience.group):
        missing()
    if not found.is_live:
        raise Changed
    return found


def _tongue(said: Announcement, code: str) -> Language:
    """A language that people here can choose, and not the one in which it was said."""
    known = {tongue.code: tongue for tongue in offered() if tongue.code in LANGUAGES}
    if code == said.language:
        missing()
    return known.get(code) or missing()


def _at(said: Announcement, language: str) -> ResponseReturnValue:
    return redirect(f"/announcements/{said.id}/languages/{language}", code=303)


@blueprint.get("/announcements/<int:announcement_id>/languages")
@signed_in
def languages(announcement_id: int) -> ResponseReturnValue:
    said = _announced_by_us(announcement_id)
    return render_template("translating/languages.html", said=said, group=said.audience.group, rows=_rows(said))


def _rows(said: Announcement) -> list[Row]:
    """The original first, then what is missing, by how many wait for it, then what is there."""
    here, requests = counted(said), TranslationRequest.of(said)
    codes = [said.language, *here.order, *(words.language for words in said.translations)]
    rows = []
    for code in dict.fromkeys(code for code in codes if code in LANGUAGES):
        of = [one for one in requests if one.language == code]
        asked, sent = sum(one.is_open and not one.is_sent for one in of), sum(one.is_sent for one in of)
        rows.append(Row(LANGUAGES[code], here.told.get(code), words_in(said, code), asked, sent))
    return sorted(rows, key=lambda row: (row.tongue.code != said.language, row.words is not None))


@blueprint.get("/announcements/<int:announcement_id>/languages/<language>")
@signed_in
def language(announcement_id: int, language: str) -> ResponseReturnValue:
    said = _announced_by_us(announcement_id)
    tongue = _tongue(said, language)
    words, requests = words_in(said, language), TranslationRequest.of(said, language)
    return render_template(
        "translating/language.html", said=said, group=said.audience.group, tongue=tongue, words=words,
        here=counted(said).told.get(language), requests=requests,
        sent=[] if words else [one for one in requests if one.is_sent], gives_away=_gives_away(said),
        earlier=None if words else earlier(said, language),
        volunteers=[] if words else volunteers(said, language), named=named(requests, language),
        others=not words and bool(readers(said, language)),
        undo=next((one for one in reversed(requests) if one.can_be_undone), None),
        machine=not words and machine.may_say(said, language) and _is_unasked(requests),
    )  # fmt: skip


def _gives_away(said: Announcement) -> Callable[[TranslationRequest], list[Why]]:
    """What in somebody's words would give a person away: who lets them out may not read the language."""
    zone = said.audience.group.zone
    return lambda one: [WHY[key] for key in gives_away(one.text or "", zone)]


def _is_unasked(requests: list[TranslationRequest]) -> bool:
    """Whether the machine has not said it yet, or failed."""
    return not [one for one in requests if one.person_id is None and one.answer != "failed"]


@blueprint.post("/announcements/<int:announcement_id>/languages/<language>/requests")
@signed_in
@writes
def ask(announcement_id: int, language: str) -> ResponseReturnValue:
    """Ask `person`, or all `readers` of the language, who stay unnamed; without either, the machine."""
    said = _announced_by_us(announcement_id)
    _tongue(said, language)
    if words_in(said, language):
        raise Changed
    if "readers" in request.form:
        for reader in readers(said, language):
            TranslationRequest.ask(said, language, reader, me())
        return _at(said, language)
    number = Form(request.form).number("person")
    person = may_be_asked(said, language, number) if number else None
    if number and person is None:
        missing()
    if person is None and not machine.may_say(said, language):
        raise Changed
    made = TranslationRequest.ask(said, language, person, me())
    if person is None:
        machine.set_going(made)
    return _at(said, language)


@blueprint.post("/announcements/<int:announcement_id>/languages/<language>/memory")
@signed_in
@writes
def remember(announcement_id: int, language: str) -> ResponseReturnValue:
    """Say it as it was said before."""
    said = _announced_by_us(announcement_id)
    _tongue(said, language)
    text = earlier(said, language)
    if text is None or words_in(said, language):
        raise Changed
    put(said, language, text, me(), by=me(), origin="memory")
    return _at(said, language)


@blueprint.post("/announcements/<int:announcement_id>/languages/<language>/removal")
@signed_in
@writes
def remove(announcement_id: int, language: str) -> ResponseReturnValue:
    """Take the words in this language off the pages: readers get the original again."""
    said = _announced_by_us(announcement_id)
    _tongue(said, language)
    if any(words.language == language for words in said.translations[1:]):
        said.audience.group.note("translation removed", me(), subject_id=said.id, language=language)
    take_off(said, language)
    for one in TranslationRequest.of(said, language):
        one.reopen()
    return _at(said, language)


def _for_me_to_judge(translation_id: int) -> TranslationRequest:
    found = db.session.get(TranslationRequest, translation_id)
    if found is None:
        missing()
    _announced_by_us(found.announcement_id)
    return found


@blueprint.post("/translations/<int:translation_id>/approval")
@signed_in
@writes
def approve(translation_id: int) -> ResponseReturnValue:
    found = _for_me_to_judge(translation_id)
    if not found.approve(me()) and found.answer != "approved":
        raise Changed
    return _at(found.announcement, found.language)


@blueprint.post("/translations/<int:translation_id>/return")
@signed_in
@writes
def send_back(translation_id: int) -> ResponseReturnValue:
    found, reason = _for_me_to_judge(translation_id), Form(request.form).choice("reason", REASONS, "other")
    if not found.send_back(me(), reason) and found.answer != "returned":
        raise Changed
    return _at(found.announcement, found.language)


@blueprint.post("/translations/<int:translation_id>/undo")
@signed_in
@writes
def undo(translation_id: int) -> ResponseReturnValue:
    found = _for_me_to_judge(translation_id)
    if not found.undo(me()) and not found.is_sent:
        raise Changed
    return _at(found.announcement, found.language)
