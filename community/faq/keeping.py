"""Keeping a good answer: from a question that was answered, in another language, edited, ended and brought back."""

from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.draft import categories_in
from community.database import db
from community.faq.draft import Draft, spoken_by_me
from community.faq.models import LONGEST, Entry, Permit
from community.faq.views import blueprint, heard_by_me, may_keep
from community.form import Form, submission_key
from community.groups.measures import Measure
from community.groups.models import Group
from community.http import be_sure, missing, signed_in, writes
from community.media.disposal import let_go
from community.media.models import Voice
from community.media.recording import recorded, voice_of
from community.people.session import me
from community.questions.gates import answered_by
from community.questions.models import Answer, Question


def answered_by_us(question_id: int) -> Question:
    """The question, if it was answered and I answer on its desk. Raises Missing, and Silenced for who may only read."""
    be_sure()
    found = answered_by(me(), question_id)
    return found if is_kept_by(found) else missing()


def is_kept_by(question: Question) -> bool:
    """Whether an answer to it may be kept: not of urgent help, which others could recognise."""
    return bool(question.answers and question.desk and not question.desk.rests and not question.trouble)


@blueprint.get("/questions/<int:question_id>/good")
@signed_in
def new(question_id: int) -> ResponseReturnValue:
    source = answered_by_us(question_id)
    permit, last = Permit.of(source.id), source.answers[-1]
    form = Form({"answer": last.text, "question": source.text if permit and permit.answer == "yes" else ""})
    form.text("question", most=LONGEST)
    form.text("answer", most=LONGEST)
    form.wrong = {}
    form.values["category"] = str(source.category_id or "")
    return _page(source, form)


def _page(source: Question, form: Form, voice: Voice | None = None, code: int = 200) -> ResponseReturnValue:
    desk: Group = source.desk or missing()
    return composer(
        form, desk, f"/questions/{source.id}/good", code, back=f"/questions/{source.id}", source=source,
        permit=Permit.of(source.id), spoken=_my_last(source), voice=voice, categories=categories_in(desk),
    )  # fmt: skip


def _my_last(source: Question) -> Answer | None:
    """The last answer, if my voice speaks in it."""
    last = source.answers[-1]
    return last if last.voice and last.voice.owner_id == me().id else None


def composer(form: Form, group: Group, action: str, code: int, **more: object) -> ResponseReturnValue:
    page = render_template(
        "faq/composer.html", form=form, group=group, action=action, key=uuid4().hex, longest=LONGEST, **more
    )
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/questions/<int:question_id>/good")
@signed_in
@recorded
@writes
def create(question_id: int) -> ResponseReturnValue:
    source = answered_by_us(question_id)
    group, form = source.desk or missing(), Form(request.form)
    Measure.let_speak(me(), group)
    voice, unheard = voice_of(me(), group.community_id)
    own = _my_last(source) if form.ticked("voice_kept") else None
    draft = Draft(form, group).read(source, has_voice=bool(voice or own))
    if unheard:
        form.wrong["voice"] = unheard
    draft.find_room()
    category = draft.category_id
    if form.wrong:
        return _page(source, form, voice, 422)
    kept = Entry.keep(
        group, me(), key=submission_key(request.form), question=draft.question, answer=draft.answer,
        category_id=category,
        question_id=source.id, language=source.answers[-1].language, borrowed=draft.borrowed,
        voice=voice or spoken_by_me(own.voice if own else None),
    )  # fmt: skip
    return redirect(f"/answers/{kept.id}", code=303)


def kept_by_us(entry_id: int) -> Entry:
    """The entry, if I answer in its group or above. Raises Missing."""
    found = heard_by_me(entry_id)
    return found if may_keep(found) and not found.group.rests else missing()


@blueprint.get("/answers/<int:entry_id>/edit")
@signed_in
def edit(entry_id: int) -> ResponseReturnValue:
    entry = kept_by_us(entry_id)
    form = Form({"question": entry.question, "answer": entry.answer})
    form.text("question", most=LONGEST)
    form.text("answer", most=LONGEST)
    form.values["category"] = str(entry.category_id or "")
    return _editor(entry, form)


def _editor(entry: Entry, form: Form, voice: Voice | None = None, code: int = 200) -> ResponseReturnValue:
    return composer(
        form, entry.group, f"/answers/{entry.id}", code, back=f"/answers/{entry.id}", entry=entry, voice=voice,
        categories=categories_in(entry.group),
    )  # fmt: skip


@blueprint.post("/answers/<int:entry_id>")
@signed_in
@recorded
@writes
def update(entry_id: int) -> ResponseReturnValue:
    """A new voice takes the place of the other; `silent` lets it go."""
    entry, form = kept_by_us(entry_id), Form(request.form)
    Measure.let_speak(me(), entry.group)
    voice, unheard = voice_of(me(), entry.community_id)
    stays = entry.voice if not form.ticked("silent") else None
    draft = Draft(form, entry.group).read(source_of(entry), has_voice=bool(voice or stays))
    if unheard:
        form.wrong["voice"] = unheard
    category = draft.category_id
    if form.wrong:
        return _editor(entry, form, voice, 422)
    entry.borrowed = draft.borrowed or (entry.borrowed and _may_still_be_hers(entry))
    entry.say(draft.question, draft.answer)
    entry.category_id = category
    _speak(entry, voice or stays)
    entry.note("answer changed", me())
    return redirect(f"/answers/{entry.id}", code=303)


def _may_still_be_hers(entry: Entry) -> bool:
    """Said in another language, or her question forgotten since: nothing says whether these are other words."""
    source = source_of(entry)
    return bool(entry.same_id) or source is None or not source.text


def source_of(entry: Entry) -> Question | None:
    return db.session.get(Question, entry.question_id) if entry.question_id else None


def _speak(entry: Entry, voice: Voice | None) -> None:
    before, entry.voice = entry.voice_id, voice
    db.session.flush()
    if before != entry.voice_id:
        let_go(Voice, [before])


@blueprint.post("/answers/<int:entry_id>/end")
@signed_in
@writes
def end(entry_id: int) -> ResponseReturnValue:
    kept_by_us(entry_id).end(me())
    return redirect(f"/answers/{entry_id}", code=303)


@blueprint.post("/answers/<int:entry_id>/return")
@signed_in
@writes
def bring_back(entry_id: int) -> ResponseReturnValue:
    """What ended because its words were taken back has none to bring back."""
    entry = kept_by_us(entry_id)
    if not entry.question:
        missing()
    entry.bring_back(me())
    return redirect(f"/answers/{entry_id}", code=303)
