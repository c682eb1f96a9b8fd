"""Office bearers come in: cards to print, the way in that a card opens, and the yes of who appoints them."""

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from community.bringing.bearers import Bearer, Ended
from community.bringing.views import blueprint
from community.database import db
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import forget_standing
from community.groups.proof import prove
from community.http import Changed, missing, poster_host_is_reachable, public_url, signed_in, writes
from community.invitations.consent import Consent
from community.invitations.views import OFFERED, EndedPage, newcomer
from community.people.language import speak_unless_chosen
from community.people.phones import unkept
from community.people.pictures import COLOURS, PERSON_PICTURES
from community.people.qr import qr
from community.people.session import me, someone

PAGE = 48  # cards: six sheets of A4


@dataclass(frozen=True)
class Card:
    """One card of a printed sheet."""

    bearer: Bearer
    address: str
    qr: Markup


@blueprint.get("/groups/<int:group_id>/bearers")
@signed_in
def bearers(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    waiting = Bearer.waiting_below(group)
    cards = db.session.scalar(
        sa.select(sa.func.count()).select_from(Bearer.open_below(group).order_by(None).subquery())
    )
    page = render_template("bringing/bearers.html", group=group, waiting=waiting, cards=cards or 0, most=PAGE)
    return page, 200, {"Cache-Control": "no-store"}


@blueprint.get("/groups/<int:group_id>/cards")
@signed_in
def cards(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    page = min(Form(request.args).number("page") or 0, 10_000)
    found = list(db.session.scalars(Bearer.open_below(group).offset(page * PAGE).limit(PAGE)))
    made = [_card(one) for one in found]
    return unkept(render_template(
        "bringing/cards.html", group=group, root=group.root, cards=made,
        elsewhere=poster_host_is_reachable(),
    ))  # fmt: skip


def _card(bearer: Bearer) -> Card:
    address = f"{public_url()}/office/{bearer.code}"
    return Card(bearer, address, qr(address))


@blueprint.get("/office/<code>")
def show_office(code: str) -> ResponseReturnValue:
    """Writes nothing, as the page of an invitation."""
    bearer, person = _with(code), someone()
    speak_unless_chosen(bearer.group.language)
    if bearer.person_id and (person is None or person.id != bearer.person_id):
        raise EndedPage
    if person is None and "visit" not in session:
        session["visit"] = secrets.token_urlsafe(12)
    return unkept(render_template(
        "bringing/office.html", bearer=bearer, code=code, group=bearer.group, person=person, form=Form({}),
        pictures=PERSON_PICTURES[:OFFERED], colours=COLOURS,
    ))  # fmt: skip


def _with(code: str) -> Bearer:
    try:
        return Bearer.with_code(code)
    except Ended:
        raise EndedPage from None


@blueprint.post("/office/<code>")
@writes
def take_office(code: str) -> ResponseReturnValue:
    """She came; now she waits until somebody who knows her has said yes."""
    bearer = _with(code)
    speak_unless_chosen(bearer.group.language)
    if bearer.person_id and bearer.person_id != getattr(someone(), "id", None):
        raise EndedPage
    try:
        person = newcomer()
        bearer.take(person)
    except Ended:
        raise EndedPage from None
    Consent.note(person, bearer.group)
    return redirect(f"/office/{code}", code=303)


def _answerable(bearer_id: int) -> Bearer:
    """Somebody who came with a card for a place that I look after."""
    found = db.session.get(Bearer, bearer_id) or missing()
    led_by(me(), found.group_id)
    return found


@blueprint.post("/bearers/<int:bearer_id>/yes")
@signed_in
@prove
@writes
def confirm(bearer_id: int) -> ResponseReturnValue:
    found = _answerable(bearer_id)
    try:
        found.confirm(me())
    except Ended:
        raise Changed(_l("There is no place left, or the door was closed to this person.")) from None
    forget_standing()
    return redirect(_list(), code=303)


@blueprint.post("/bearers/<int:bearer_id>/no")
@signed_in
@writes
def turn_away(bearer_id: int) -> ResponseReturnValue:
    _answerable(bearer_id).turn_away(me())
    return redirect(_list(), code=303)


def _list() -> str:
    """The list that the button stood on: that of the group, or of one above it."""
    return f"/groups/{Form(request.form).number('list') or 0}/bearers"
