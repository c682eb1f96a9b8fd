"""Whether a forward is genuine, the card that is passed on, and who may read more than the verdict."""

import sqlalchemy as sa
from flask import Blueprint, Flask, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.models import Announcement
from community.announcements.views import seen_by_me
from community.compression import leave_plain
from community.database import db, now
from community.form import Form
from community.genuine import card
from community.genuine.code import code_of, pictures_of, typed
from community.genuine.models import OpenNews
from community.genuine.verdict import Verdict
from community.groups.gates import led_by
from community.http import TooMany, missing, public_url, signed_in, writes
from community.invitations.digits import household
from community.people.attempts import Attempts
from community.people.language import speak_unless_chosen
from community.people.models import fingerprint
from community.people.qr import qr
from community.people.session import me, someone

blueprint = Blueprint("genuine", __name__)
TRIES = 60  # wrong addresses an hour and household; after that right ones are refused as well


def init_app(app: Flask) -> None:
    """`three_pictures(said)` for the announcement's page."""
    app.jinja_env.globals["three_pictures"] = lambda said: pictures_of(said.id)


@blueprint.get("/f")
def ask() -> ResponseReturnValue:
    """Where the end of an address is typed by hand."""
    code = typed(request.args.get("code", "")[:200])
    return redirect(f"/f/{code}") if code else render_template("genuine/ask.html")


@blueprint.get("/f/<code>")
def show(code: str) -> ResponseReturnValue:
    if _has_guessed():
        return TooMany().page()
    verdict = Verdict.on(code)
    if verdict.said is None:
        return _not_ours()
    if verdict.is_open:
        speak_unless_chosen(verdict.said.audience.group.language)
    return _page(verdict, pictures_of(verdict.said.id))


def _page(verdict: Verdict, pictures: tuple[str, ...] = ()) -> ResponseReturnValue:
    said = verdict.said if verdict.is_open else None
    page = render_template(
        "genuine/verdict.html", verdict=verdict, said=said, group=said and said.audience.group, pictures=pictures,
        inside=verdict.said and someone() and verdict.said.id,
    )  # fmt: skip
    return page, 200, {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}


def _has_guessed() -> bool:
    tried = sa.select(Attempts.count).where(Attempts.key == fingerprint(_tries()))
    count = db.session.scalar(tried.where(Attempts.hour == int(now().timestamp()) // 3600))
    return (count or 0) >= TRIES


def _tries() -> str:
    return f"genuine:{household()}"


@writes
def _not_ours() -> ResponseReturnValue:
    """Counted: nobody shall find by trying what was said here."""
    Attempts.count_one(_tries())
    return _page(Verdict.on(""))


@blueprint.get("/f/<code>/card.png")
def picture(code: str) -> ResponseReturnValue:
    """What is passed on to other apps. Of what was withdrawn there is none."""
    if _has_guessed():
        return TooMany().page()
    verdict = Verdict.on(code)
    if verdict.said is None:
        return _no_card()
    if verdict.what == "withdrawn":
        missing()
    answer = make_response(card.of(verdict.said, public_url() + f"/f/{code}", is_open=verdict.is_open))
    answer.mimetype = "image/png"
    answer.headers["Cache-Control"] = "private, no-cache"  # a correction looks otherwise
    answer.add_etag()
    return answer.make_conditional(request)


@writes
def _no_card() -> ResponseReturnValue:
    Attempts.count_one(_tries())
    missing()


@blueprint.get("/announcements/<int:announcement_id>/forward")
@signed_in
def forward(announcement_id: int) -> ResponseReturnValue:
    """How it is passed on so that whoever gets it can look whether it is genuine."""
    found = seen_by_me(announcement_id)
    if not found.is_live:
        missing()
    address = f"{public_url()}/f/{code_of(found.id)}"
    leave_plain()
    page = render_template(
        "genuine/forward.html", said=found, group=found.audience.group, address=address, drawn=qr(address),
        is_open=_is_read_by_all(found),
    )  # fmt: skip
    return page, 200, {"Cache-Control": "private, no-cache"}


def _is_read_by_all(said: Announcement) -> bool:
    return Verdict.on(code_of(said.id)).is_open


@blueprint.get("/groups/<int:group_id>/forwards")
@signed_in
def forwards(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id, "admin")
    return render_template("genuine/forwards.html", group=group, is_open=OpenNews.holds(group))


@blueprint.post("/groups/<int:group_id>/forwards")
@signed_in
@writes
def decide(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id, "admin")
    who = Form(request.form).choice("who", ("members", "everybody"), "members")
    OpenNews.decide(group, me(), open_to_all=who == "everybody" and not group.sensitive)
    return redirect(f"/groups/{group.id}/settings", code=303)
