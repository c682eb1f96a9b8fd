"""Where a volunteer records the prompts of her language, one after another, and an admin lets them be heard."""

import functools
from contextlib import suppress
from dataclasses import dataclass

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import db
from community.form import Form
from community.groups.gates import heard_by, led_by
from community.groups.measures import Measure
from community.groups.membership import standing
from community.groups.models import Group
from community.http import View, Wrapped, missing, signed_in, writes
from community.languages import LANGUAGES, current
from community.languages import gettext as _
from community.people.session import me
from community.speech.clip import LONGEST, NotSound, reencoded
from community.speech.cupboard import WORDS
from community.speech.hearing import address, cupboard, wanted
from community.speech.models import ANSWERS, Recording
from community.speech.prompts import prompts
from community.speech.views import blueprint
from community.speech.voices import voice_of

MOST = 2_000_000  # bytes of one recording as a phone sends it


@dataclass(frozen=True)
class Prompt:
    """One message to be said: its number among all, its words, and what can be heard of it now."""

    number: int
    words: str
    message: str
    mine: str
    machine: str


def _root(group_id: int) -> Group:
    """The community of a group that I am in: prompts belong to all of it."""
    return heard_by(me(), group_id).root


def _messages(code: str) -> list[str]:
    """Every prompt, those for most people first: short ones are on buttons."""
    words = prompts(code)
    return sorted(words, key=lambda message: (len(message), message))


def _prompt(root: Group, number: int) -> Prompt:
    code = current().code
    messages = _messages(code)
    if not 0 <= number < len(messages):
        missing()
    message = messages[number]
    words = prompts(code)[message]
    mine = Recording.of(root, me(), code).get(message)
    machine = cupboard().promise(((code, words),), WORDS) if voice_of(code, wanted()) else ""
    return Prompt(number, words, message, mine.clip if mine else "", machine)


@blueprint.get("/groups/<int:group_id>/voice")
@signed_in
def record(group_id: int) -> ResponseReturnValue:
    """The prompt that she asks for; else the first that she has not said."""
    root = _root(group_id)
    asked = request.args.get("prompt", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else _first_unsaid(root)
    return _page(group_id, root, number, Form({}))


def _first_unsaid(root: Group) -> int:
    said = Recording.of(root, me(), current().code)
    messages = _messages(current().code)
    return next((number for number, message in enumerate(messages) if message not in said), 0)


def _page(group_id: int, root: Group, number: int, form: Form, code: int = 200) -> ResponseReturnValue:
    language = current().code
    page = render_template(
        "speech/record.html", group_id=group_id, root=root, prompt=_prompt(root, number), form=form, address=address,
        leads=standing(me()).is_at_least("admin", root), count=len(_messages(language)), longest=LONGEST,
        done=len(Recording.of(root, me(), language)),
    )  # fmt: skip
    return page, code, {"Cache-Control": "no-store"}


def voiced(view: View[Wrapped]) -> View[Wrapped]:
    """Make the form's `sound` small, before the request's transaction begins. Stands between @signed_in and @writes."""

    @functools.wraps(view)
    def first(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        upload, g.clip = request.files.get("sound"), None
        if upload and upload.filename:
            content = upload.stream.read(MOST + 1)
            with suppress(NotSound):
                g.clip = reencoded(content) if len(content) <= MOST else None
        return view(*args, **kwargs)

    return first


@blueprint.post("/groups/<int:group_id>/voice")
@signed_in
@voiced
@writes
def keep(group_id: int) -> ResponseReturnValue:
    """What she said; then the same prompt again, to listen to it, with the way to the next."""
    root, form = _root(group_id), Form(request.form)
    Measure.let_speak(me(), None, root.id)
    prompt = _prompt(root, form.number("prompt") or 0)
    if "sound" in request.files and request.files["sound"].filename and not g.clip:
        form.wrong["sound"] = _("Nothing could be heard in it. Record it again, for a minute at most.")
        return _page(group_id, root, prompt.number, form, 422)
    if g.clip:
        Recording.keep(root, me(), current().code, prompt.message, cupboard().lay(g.clip))
    return redirect(f"/groups/{group_id}/voice?prompt={prompt.number}", code=303)


@blueprint.get("/groups/<int:group_id>/voices")
@signed_in
def waiting(group_id: int) -> ResponseReturnValue:
    """What people of the community have recorded and nobody has let in yet."""
    root = led_by(me(), group_id).root
    led_by(me(), root.id)
    said = [(one, LANGUAGES[one.language], _words(one)) for one in Recording.waiting_in(root)]
    return render_template("speech/voices.html", group_id=group_id, said=said, address=address)


def _words(one: Recording) -> str:
    """What was to be said; its English where that message is no more."""
    return prompts(one.language).get(one.message, one.message)


@blueprint.post("/recordings/<int:recording_id>/answer")
@signed_in
@writes
def answer(recording_id: int) -> ResponseReturnValue:
    found = db.session.get(Recording, recording_id)
    if found is None:
        missing()
    root = led_by(me(), found.community_id)
    wish = Form(request.form).choice("answer", ANSWERS, "")
    if wish:
        found.decide(me(), wish)
    return redirect(f"/groups/{root.id}/voices", code=303)
