"""What the operator of the server sees of the outbox: a page, a page for machines, and the relay's command.

The operator is nobody in the courtyard. METRICS_TOKEN is the key to both; without one neither is there.
"""

import functools
import hmac
import signal
import sys
from datetime import timedelta

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community import database
from community.database import now
from community.http import Refusal, View, Wrapped, derived, missing, writes
from community.languages import gettext as _
from community.outbox.metrics import MIMETYPE, reading
from community.outbox.standing import figures, in_all, standings, try_again

blueprint = Blueprint("outbox", __name__, cli_group=None)
COOKIE = "operator"
LASTS = timedelta(hours=1)
LATE = timedelta(minutes=5)  # what has waited longer needs a look
ZONE = "Asia/Kolkata"
KINDS = {
    "release": ("megaphone", _l("Announcements coming out")),
    "fan-out": ("share", _l("Looking up the phones")),
    "push": ("bell", _l("Going to the phones")),
    "digest": ("bell", _l("Going to the phones")),
    "sms": ("phone", _l("A code for another phone")),
    "recovery": ("phone", _l("Came back on another phone")),
    "morning": ("sun", _l("Going to the phones after the night")),
    "call": ("hands", _l("Calling who helps with languages")),
    "index": ("eye", _l("Search")),
    "index-people": ("eye", _l("Search")),
    "errand": ("gear", _l("Big tasks")),
    **dict.fromkeys(
        ("read sheet", "bring in", "take out", "forget sheet", "forget names"), ("groups", _l("Places from a sheet"))
    ),
    "machine": ("swap", _l("Asking the machine that translates")),
    **dict.fromkeys(("call-admin", "call-urgent"), ("bell", _l("Calling who looks after a group"))),
    **dict.fromkeys(("role-end", "office-end", "hands-over", "change-hands"), ("shield", _l("Who looks after what"))),
    "merger": ("join", _l("Courtyards come together")),
    "headcount": ("people", _l("How many hear it?")),
    "fold": ("bell", _l("Who was reached")),
    **dict.fromkeys(("care", "care-desks"), ("report", _l("Please look at this"))),
    **dict.fromkeys(("question-up", "question-hours", "question-desks"), ("question", _l("Questions on their way"))),
    **dict.fromkeys(
        ("call-question", "call-help", "call-taker", "call-helper", "call-answered"),
        ("bell", _l("Calling who asks or answers")),
    ),
    **dict.fromkeys(("call-care", "call-rumour"), ("bell", _l("Calling who looks after a group"))),
    **dict.fromkeys(("replies", "ring-replies"), ("bell", _l("Replies"))),
    **dict.fromkeys(("talk", "ring-talk"), ("bell", _l("Talk"))),
    "call-sealed": ("bell", _l("Talk alone")),
    "end-sealed": ("trash", _l("Talk alone")),
    "count": ("people", _l("Counting groups")),
    **dict.fromkeys(
        ("erase", "erase-files", "empty-message", "empty-question", "forget-questions", "let-go", "tidy", "last-call"),
        ("trash", _l("What goes by itself")),
    ),
    "recount": ("people", _l("Counting all groups again, by night")),
}


class NotOperator(Refusal):
    code = 401
    symbol = "lock"
    said = _l("Only who runs this server may come in here.")
    button = _l("I have the key")
    href = "/operator"


def _key() -> str:
    """The operator's key; a refusal, as for any page that is not there, where the server has none."""
    return str(current_app.config["METRICS_TOKEN"]) or missing()


def _fits(said: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), _key().encode())


def _cookie(until: int) -> str:
    """Opens the page until then, and no longer than the key is the key."""
    return f"{until}.{derived('operator', f'{until}:{_key()}')}"


def _is_operator() -> bool:
    """Whether the cookie is one that we made, and not too old."""
    said = request.cookies.get(COOKIE, "")
    until = said.partition(".")[0]
    if not (until.isascii() and until.isdecimal()) or len(until) > 12:
        return False
    return hmac.compare_digest(said.encode(), _cookie(int(until)).encode()) and int(until) > now().timestamp()


def operators(view: View[Wrapped]) -> View[Wrapped]:
    """Let in only who holds the operator's cookie."""

    @functools.wraps(view)
    def gate(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        _key()
        if not _is_operator():
            raise NotOperator
        return view(*args, **kwargs)

    return gate


def _page(template: str, code: int = 200, **shown: object) -> Response:
    answer = make_response(render_template(template, **shown), code)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/operator")
def show() -> ResponseReturnValue:
    _key()
    if not _is_operator():
        return _page("outbox/enter.html", wrong="")
    found = standings()
    kinds = [(*KINDS.get(one.kind, ("gear", one.kind)), one, one.age > LATE) for one in found]
    return _page("outbox/show.html", kinds=kinds, all=in_all(found), zone=ZONE, figures=figures())


@blueprint.post("/operator")
def enter() -> ResponseReturnValue:
    if not _fits(request.form.get("key", "").strip()):
        return _page("outbox/enter.html", 403, wrong=_("That is not the key."))
    answer = redirect("/operator", 303)
    until = int((now() + LASTS).timestamp())
    answer.set_cookie(
        COOKIE, _cookie(until), max_age=LASTS, path="/operator", secure=request.is_secure, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return answer


@blueprint.post("/operator/tries")
@operators
@writes
def again() -> ResponseReturnValue:
    try_again()
    return redirect("/operator", 303)


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    kind, _space, said = request.headers.get("Authorization", "").partition(" ")
    if not _fits(said) or kind.lower() != "bearer":
        return Response(status=401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    return Response(reading(), content_type=MIMETYPE, headers={"Cache-Control": "no-store"})


@blueprint.cli.command("relay")
def relay() -> None:
    """Hand promises on to Celery's workers until SIGTERM."""
    from community.outbox.celery import publish
    from community.outbox.relay import Relay

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if database.age(app) != "head":
        sys.exit("The database is not of the age of this code. Run: make migrate")
    made = Relay(app, publish)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: made.stopping.set())
    made.run()
