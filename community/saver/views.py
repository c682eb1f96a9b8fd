"""The switch for what may come by itself, and the page of what Aangan used on this phone."""

from typing import cast

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.form import Form
from community.http import signed_in, writes
from community.languages import current
from community.languages import gettext as _
from community.people.models import Session
from community.people.session import current_session, me
from community.saver.level import LEVELS, asked_the_browser, chosen, level
from community.saver.price import kilobytes

blueprint = Blueprint("saver", __name__)
KINDS = ("photos", "voices", "pages", "app", "pushes", "sent")  # as static/sw/price.js names them


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(saver_level=level, saver_word=lambda: level_word(level()), kilobytes=kilobytes)


def level_word(which: str) -> str:
    return {"everything": _("Everything"), "no-photos": _("No photos"), "words": _("Words only")}[which]


@blueprint.get("/me/saver")
@signed_in
def show() -> ResponseReturnValue:
    now = level()
    words = [(one, level_word(one), one == now) for one in LEVELS]
    return render_template("saver/show.html", levels=words, level=now, by_browser=asked_the_browser())


@blueprint.post("/me/saver")
@signed_in
@writes
def choose() -> ResponseReturnValue:
    """Hers on this phone; her other phones, and who else uses this one, keep their own."""
    own = cast(Session, current_session())
    own.saver = Form(request.form).choice("level", LEVELS, chosen() or "") or None
    return redirect("/me/saver", code=303)


@blueprint.get("/offline/price")
@signed_in
def price() -> ResponseReturnValue:
    """Drawn without a number: only the phone knows them, and static/late/price.js puts them in."""
    digits = "" if me().native_digits else "-u-nu-latn"
    return render_template("saver/price.html", kinds=KINDS, locale=current().code + digits)
