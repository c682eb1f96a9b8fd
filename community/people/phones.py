"""The phones that I am signed in on, and the way onto another one."""

from datetime import timedelta

from blinker import signal
from flask import Response, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from community.compression import leave_plain
from community.http import be_sure, missing, poster_host_is_reachable, public_url, signed_in, writes
from community.people.blueprint import blueprint
from community.people.leaving import leave
from community.people.models import Session
from community.people.qr import qr
from community.people.session import current_session, me, sign_out
from community.people.sign_in import Recovery, SignInCode

MOVING = timedelta(minutes=10)
opens_another = signal("opens another phone")  # sent with the Person, who may have to prove first that it is she
ZONE = "Asia/Kolkata"  # groups have a time zone, people do not


@blueprint.get("/me/phones")
@signed_in
def phones() -> ResponseReturnValue:
    return render_template(
        "people/phones.html", sessions=Session.of(me()), this=current_session(), codes=SignInCode.given_to(me()),
        zone=ZONE, comes_back=Recovery.refusable(current_session() or missing()),
    )  # fmt: skip


@blueprint.post("/sessions/<int:session_id>/end")
@signed_in
@writes
def end_session(session_id: int) -> ResponseReturnValue:
    own = Session.owned(me(), session_id) or missing()
    if own is current_session():
        sign_out()
        return redirect("/", code=303)
    be_sure()
    leave(own)
    return redirect("/me/phones", code=303)


@blueprint.get("/me/phones/new")
@signed_in
def another_phone() -> ResponseReturnValue:
    return render_template("people/move.html")


@blueprint.post("/me/phones/new")
@signed_in
@writes
def show_way() -> ResponseReturnValue:
    """The page itself and no 303: the code stands on it, this once, and nowhere else."""
    be_sure()
    opens_another.send(me())
    link = f"{public_url()}/enter/{SignInCode.issue(me(), issuer=None, lasts=MOVING)}"
    return unkept(
        render_template(
            "people/moving.html", qr=qr(link), minutes=_minutes(MOVING), unreachable=not poster_host_is_reachable()
        )
    )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def unkept(page: str) -> Response:
    """A page that no phone stores, and whose length says nothing: there is a code on it."""
    leave_plain()
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer
