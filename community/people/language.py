"""Which language someone reads and hears, and how her script writes numbers."""

from datetime import timedelta

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from community.assets import assets
from community.http import local_path, missing, writes
from community.languages import choose, number, offered, speak, speaking
from community.languages import gettext as _
from community.people.blueprint import blueprint
from community.people.session import someone

FONT, CALLIGRAPHIC = "nastaliq.woff2", ("ur", "ks")  # Sindhi has letters that this font lacks
PRICE = 116_000  # bytes of that font, at most
KEPT = timedelta(days=400)  # the longest that browsers keep a cookie


@blueprint.get("/language")
def languages() -> ResponseReturnValue:
    return render_template("people/language.html", next=local_path(request.args.get("next")), marks=_marks())


def _marks() -> dict[str, str]:
    """What stands under the name of a language whose words nobody of hers has read: in that language."""
    return {tongue.code: _mark(tongue.code) for tongue in offered() if not tongue.reviewed}


def _mark(code: str) -> str:
    with speaking(code):
        return _("Not checked yet")


@blueprint.post("/language")
@writes
def choose_language() -> ResponseReturnValue:
    """Hers on every phone once she is signed in; this browser's until then."""
    code = request.form.get("language", "")
    if code not in {tongue.code for tongue in offered()}:
        missing()
    if person := someone():
        person.language = code
    return _remember(code, redirect(local_path(request.form.get("next")), code=303))


def speak_unless_chosen(code: str) -> None:
    """Speak that language to who has chosen none: an invitation carries the language of its group.

    A choice is her own, this browser's, or one in the address.
    """
    said = {request.args.get("lang"), request.cookies.get("language")}
    if someone() is None and not said & {tongue.code for tongue in offered()}:
        speak(choose(code, accept=request.accept_languages))


def _remember(code: str, answer: Response) -> Response:
    answer.set_cookie("language", code, max_age=KEPT, samesite="Lax", secure=request.is_secure)
    return answer


def nastaliq(code: str) -> bool:
    """Whether who reads this page wants words of this language in Nastaliq. Never where no such font was made."""
    person = someone()
    return bool(person and person.nastaliq and code in CALLIGRAPHIC and has_nastaliq())


def has_nastaliq() -> bool:
    return FONT in assets().url


def own_digits() -> str:
    """One, two, three as the script of this page writes them: "123" where that is its own way."""
    before, g.native_digits = g.get("native_digits", False), True
    try:
        return number(123)
    finally:
        g.native_digits = before
