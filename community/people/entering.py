"""Coming in on another phone, by the link that one's own phone (or the demo) made."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.http import Refusal, writes
from community.people.blueprint import blueprint
from community.people.phones import unkept
from community.people.session import sign_in
from community.people.sign_in import SignInCode


class Closed(Refusal):
    """Used, ended, too old or never there: one answer."""

    code = 410
    said = _l("This link is closed. Make a new one on your other phone.")
    button = _l("I have a code")
    href = "/code"


@blueprint.get("/enter/<code>")
def door(code: str) -> ResponseReturnValue:
    """Writes nothing: whose room it is, and one button."""
    return unkept(render_template("people/enter.html", code=code, whose=_live(code).person))


@blueprint.post("/enter/<code>")
@writes
def enter(code: str) -> ResponseReturnValue:
    found = _live(code)
    if not found.spend():
        raise Closed
    found.mark(sign_in(found.person))
    return redirect("/", code=303)


def _live(code: str) -> SignInCode:
    if found := SignInCode.find(code):
        return found
    raise Closed
