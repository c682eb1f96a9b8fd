"""A good answer in another language: written there again."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from community.faq.draft import Draft
from community.faq.keeping import composer, kept_by_us, source_of
from community.faq.models import Entry
from community.faq.views import blueprint
from community.form import Form, submission_key
from community.groups.measures import Measure
from community.http import missing, signed_in, writes
from community.languages import LANGUAGES, offered
from community.languages import gettext as _
from community.media.models import Voice
from community.media.recording import recorded, voice_of
from community.people.session import me


@blueprint.get("/answers/<int:entry_id>/languages")
@signed_in
def languages(entry_id: int) -> ResponseReturnValue:
    return _tongues(offered_by_us(entry_id), Form({}))


def offered_by_us(entry_id: int) -> Entry:
    """What is offered no longer is not said anew. Raises Missing."""
    found = kept_by_us(entry_id)
    return found if found.is_live else missing()


def _tongues(entry: Entry, form: Form, voice: Voice | None = None, code: int = 200) -> ResponseReturnValue:
    said = {one.language for one in (entry, *entry.others())}
    free = [tongue for tongue in offered() if tongue.code not in said]
    return composer(
        form, entry.group, f"/answers/{entry.id}/languages", code, back=f"/answers/{entry.id}", original=entry,
        tongues=free, voice=voice,
    )  # fmt: skip


@blueprint.post("/answers/<int:entry_id>/languages")
@signed_in
@recorded
@writes
def say_in(entry_id: int) -> ResponseReturnValue:
    entry, form = offered_by_us(entry_id), Form(request.form)
    Measure.let_speak(me(), entry.group)
    voice, unheard = voice_of(me(), entry.community_id)
    draft = Draft(form, entry.group).read(source_of(entry), has_voice=bool(voice))
    language, key = form.choice("language", LANGUAGES, ""), submission_key(request.form)
    if unheard:
        form.wrong["voice"] = unheard
    if not language or language in {one.language for one in (entry, *entry.others()) if one.key != key}:
        form.wrong["language"] = _("Choose a language in which it is not there yet.")
    if form.wrong:
        return _tongues(entry, form, voice, 422)
    kept = Entry.keep(
        entry.group, me(), key=key, question=draft.question, answer=draft.answer, language=language, voice=voice,
        category_id=entry.category_id, question_id=entry.question_id, same_id=entry.root_id,
        borrowed=entry.borrowed or draft.borrowed,
    )  # fmt: skip
    return redirect(f"/answers/{kept.id}", code=303)
