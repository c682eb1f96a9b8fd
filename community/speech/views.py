"""Hear a page: its words and controls one by one, each with its picture; and the clips themselves."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.assets import FOREVER
from community.groups.membership import standing
from community.http import Refusal, local_path, missing, signed_in, writes
from community.languages import LANGUAGES, Language, offered
from community.people.session import me, someone
from community.speech.clip import MIMETYPE
from community.speech.hearing import Heard, cupboard, heard_on, message, name_clip, speaker, wanted
from community.speech.machine import Speechless
from community.speech.refused import remember
from community.speech.voices import voice_of

blueprint = Blueprint("speech", __name__)


class Busy(Refusal):
    """The machine speaks for too many at once, or could not read it."""

    code = 503
    symbol = "clock"
    said = _l("The voice is busy. Try it again in a moment.")


@blueprint.get("/listen")
def show() -> ResponseReturnValue:
    """What can be heard on the page that the phone comes from. Its address is never in ours: it may hold a code."""
    path = _came_from()
    parts, lends = _each_once(path), _community_to_lend_to()
    page = render_template("speech/show.html", parts=parts, lends=lends, back_to=path, speaker=speaking_here())
    return page, 200, {"Cache-Control": "no-store"}


def _community_to_lend_to() -> int | None:
    """A group of mine: what I record is heard in all its community."""
    person = someone()
    held = standing(person).memberships if person else []
    return held[0].group_id if held else None


def _each_once(path: str) -> list[Heard]:
    """The same words once, the first of them in sight before one that is not."""
    heard = sorted(heard_on(path), key=lambda one: one.part.hidden)
    return list({one.words: one for one in reversed(heard)}.values())[::-1]


def _came_from() -> str:
    """The page of ours on which the button was tapped; the courtyard where the browser does not say."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        return "/"
    if parts.netloc != request.host or parts.path == "/sw.js":  # a worker asks in its own name
        return "/"
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


@blueprint.get("/speech/<clip>.ogg")
def play(clip: str) -> ResponseReturnValue:
    """A clip that was promised on a page, to whoever saw its name there: it can not be guessed."""
    try:
        content = cupboard().clip(clip)
    except Speechless:
        raise Busy from None
    return sound(content) if content else missing()


def sound(content: bytes) -> Response:
    """Bytes of a clip, whole or as a player asks for them, kept for ever: under its name it is always the same."""
    answer = make_response(content)
    answer.mimetype = MIMETYPE
    answer.headers["Cache-Control"] = FOREVER.replace("public", "private")
    if "Range" in request.headers:
        answer.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return answer


@blueprint.get("/me/voice")
@signed_in
def voices() -> ResponseReturnValue:
    """Which language speaks to me where mine has no voice."""
    return render_template("speech/choose.html", speaking=[one for one in offered() if can_say(one.code)])


@blueprint.post("/me/voice")
@signed_in
@writes
def choose_voice() -> ResponseReturnValue:
    code = request.form.get("language", "")
    if code not in {one.code for one in offered() if can_say(one.code)}:
        missing()
    me().heard_in = code
    return redirect("/me/voice", code=303)


def speaking_here() -> Language:
    """The language in which this page is heard."""
    return LANGUAGES[speaker()]


def _remember(answer: Response) -> Response:
    remember(answer, cupboard())
    return answer


def can_say(code: str) -> bool:
    """Whether a machine voice for this language is on, for templates."""
    return voice_of(code, wanted()) is not None


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(can_say=can_say, speaking_here=speaking_here, message_here=message)
    app.jinja_env.globals["name_clip"] = name_clip
    app.after_request(_remember)
