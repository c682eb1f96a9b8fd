"""Erase me: what goes, what stays, and the way back."""

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.erasure.erasing import erase_files, erase_on_the_day
from community.erasure.last_call import LastCall
from community.erasure.models import WAY_BACK, Erasure, held_back
from community.erasure.retention import BACKUPS, forget_questions, tidy
from community.http import Changed, be_sure, signed_in, writes
from community.media.disposal import let_go_unused
from community.outbox.models import handles
from community.people.session import me

blueprint = Blueprint("erasure", __name__)


def init_app(app: Flask) -> None:
    handles(app, "erase", erase_on_the_day)
    handles(app, "erase-files", erase_files)
    handles(app, "let-go", let_go_unused)
    handles(app, "tidy", tidy)
    handles(app, "forget-questions", forget_questions)
    handles(app, "last-call", LastCall())


@blueprint.get("/me/erasure")
@signed_in
def show() -> ResponseReturnValue:
    return render_template(
        "erasure/show.html", found=Erasure.of(me()), held_back=held_back(me()), way_back=WAY_BACK.days,
        backups=BACKUPS.days // 7,
    )  # fmt: skip


@blueprint.post("/me/erasure")
@signed_in
@writes
def ask() -> ResponseReturnValue:
    """From now on seven days are left to take it back."""
    be_sure()
    if held_back(me()):
        raise Changed(_l("You are the last admin here. Make somebody else an admin first."))
    Erasure.ask(me(), takes_voices=request.form.get("voices") != "stay")
    return redirect("/me/erasure", code=303)


@blueprint.post("/me/erasure/undo")
@signed_in
@writes
def undo() -> ResponseReturnValue:
    if found := Erasure.of(me()):
        found.undo()
    return redirect("/me/erasure", code=303)
