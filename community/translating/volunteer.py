"""Who was asked: she sees the original, says it in her language, sends it, or can not now. And: I help in languages."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.models import LONGEST
from community.database import db
from community.form import Form
from community.groups.measures import Measure
from community.groups.membership import standing
from community.http import Changed, missing, signed_in, writes
from community.languages import LANGUAGES, offered
from community.languages import gettext as _
from community.media.recording import recorded, voice_of
from community.people.session import me
from community.translating.blueprint import blueprint
from community.translating.helper import Helper
from community.translating.memory import earlier
from community.translating.models import TranslationRequest

PLAIN = {"Cache-Control": "no-store"}


def _asked_of_me(translation_id: int) -> TranslationRequest:
    found = db.session.get(TranslationRequest, translation_id)
    if found is None or found.person_id != me().id or not is_among_us(found):
        missing()
    return found


def is_among_us(asked: TranslationRequest) -> bool:
    """Whoever was put out of the community is asked for nothing there, and is shown nothing."""
    return asked.announcement.community_id in standing(me()).communities()


@blueprint.get("/translations/<int:translation_id>")
@signed_in
def show(translation_id: int) -> ResponseReturnValue:
    found = _asked_of_me(translation_id)
    before = earlier(found.announcement, found.language) if found.is_open and not found.text else None
    return _page(found, Form({}), found.text or before or "", remembered=bool(before))


def _page(found: TranslationRequest, form: Form, text: str, code: int = 200, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "translating/say.html", asked=found, said=found.announcement, group=found.announcement.audience.group,
        tongue=LANGUAGES[found.language], form=form, text=text, longest=LONGEST, **more,
    )  # fmt: skip
    return page, code, PLAIN


@blueprint.post("/translations/<int:translation_id>")
@signed_in
@recorded
@writes
def say(translation_id: int) -> ResponseReturnValue:
    """Her words, written, spoken or both. Those of before, unchanged and not spoken, are said to be from memory."""
    found, form = _asked_of_me(translation_id), Form(request.form)
    Measure.let_speak(me(), found.announcement.audience.group)
    voice, unheard = voice_of(me(), found.announcement.community_id)
    needed = "" if voice or unheard else _("Say something, or write it here.")
    text = form.text("text", most=LONGEST, needed=needed)
    if unheard:
        form.wrong["voice"] = unheard
    if form.wrong:
        return _page(found, form, text, 422)
    before = earlier(found.announcement, found.language)
    if not found.say(text, "memory" if text == before and not voice else "person", voice):
        return _page(found, form, text, 409)
    return redirect(f"/translations/{found.id}", code=303)


@blueprint.post("/translations/<int:translation_id>/refusal")
@signed_in
@writes
def decline(translation_id: int) -> ResponseReturnValue:
    """Not now; `again` takes that back."""
    found = _asked_of_me(translation_id)
    if request.form.get("again"):
        found.reopen("declined")
    else:
        found.decline()
    if not found.is_open and found.answer != "declined":
        raise Changed
    return redirect(f"/translations/{found.id}", code=303)


@blueprint.get("/me/helping")
@signed_in
def helping() -> ResponseReturnValue:
    tongues = [tongue for tongue in offered() if tongue.code in LANGUAGES]
    return render_template("translating/helping.html", tongues=tongues, helps=Helper.of(me()))


@blueprint.post("/me/helping")
@signed_in
@writes
def help_in() -> ResponseReturnValue:
    """I help to say things in this `language`; in the one that `stop` names, no more."""
    code = request.form.get("language") or request.form.get("stop", "")
    if code not in {tongue.code for tongue in offered()} & set(LANGUAGES):
        missing()
    Helper.choose(me(), code, helps="language" in request.form)
    return redirect("/me/helping", code=303)
