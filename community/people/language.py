"""Which language someone reads and hears, and how her script writes numbers."""

from datetime import timedelta

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from community.http import local_path, missing, writes
from community.languages import number, offered
from community.people.blueprint import blueprint
from community.people.session import someone

KEPT = timedelta(days=400)  # the longest that browsers keep a cookie


@blueprint.get("/language")
def languages() -> ResponseReturnValue:
    return render_template("people/language.html", next=local_path(request.args.get("next")))


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


def _remember(code: str, answer: Response) -> Response:
    answer.set_cookie("language", code, max_age=KEPT, samesite="Lax", secure=request.is_secure)
    return answer


def own_digits() -> str:
    """One, two, three as the script of this page writes them: "123" where that is its own way."""
    before, g.native_digits = g.get("native_digits", False), True
    try:
        return number(123)
    finally:
        g.native_digits = before
