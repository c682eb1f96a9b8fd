"""My PIN on this phone, and who else is on it."""

from datetime import timedelta
from typing import cast

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import now
from community.form import Form
from community.http import missing, signed_in, writes
from community.languages import gettext as _
from community.people.leaving import leave, signed_out
from community.people.looks import offered_looks
from community.people.models import Session
from community.people.pictures import PERSON_PICTURES, ROOMS
from community.people.session import current_session, me, note_pins
from community.phones.digits import digits_in, is_easy
from community.phones.models import Pin
from community.phones.views import blueprint

JUST = timedelta(minutes=10)  # so long ago she may have typed her PIN when she takes it off


@signed_out.connect
def _forget(own: Session) -> None:
    """She is off this phone, from here or from another one: no PIN opens anything for her there."""
    Pin.forget(own.phone_id, own.person_id)


@blueprint.get("/me/pin")
@signed_in
def mine() -> ResponseReturnValue:
    return _page(Form({}), Pin.of(_own().phone_id, me().id))


@blueprint.post("/me/pin")
@signed_in
@writes
def keep() -> ResponseReturnValue:
    """New digits, or only another picture. Whoever a PIN let in shows it again; who came by a code need not."""
    form, pin = Form(request.form), Pin.of(_own().phone_id, me().id)
    picture = form.choice("picture", PERSON_PICTURES, pin.picture if pin else me().picture)
    colour = form.choice("colour", ROOMS, pin.colour if pin else me().colour)
    digits = _chosen(form)
    if pin and _own().opened_at and not form.wrong and not pin.answer(digits_in(form.fields.get("now", ""))):
        form.wrong["now"] = _("That was not right.")
    if form.wrong:
        return _page(form, pin, picture, colour), 422
    _open(Pin.keep(_own().phone_id, me(), digits, picture, colour))
    answer = redirect("/me/pin", code=303)
    answer.headers["Clear-Site-Data"] = '"cache"'  # what the browser kept in the clear before there was a PIN
    return answer


def _chosen(form: Form) -> str:
    digits, again = (digits_in(form.fields.get(name, "")) for name in ("pin", "again"))
    if not digits:
        form.wrong["pin"] = _("Six digits, please.")
    elif is_easy(digits):
        form.wrong["pin"] = _("Others would try that first. Take other digits.")
    elif digits != again:
        form.wrong["again"] = _("Those are not the same digits.")
    return digits


def _open(pin: Pin) -> None:
    _own().opened_at = now()
    note_pins(True)


@blueprint.post("/phone/<int:pin_id>/removal")
@signed_in
@writes
def remove(pin_id: int) -> ResponseReturnValue:
    """Somebody is taken off this phone, by herself or by another on it: what it holds of her is shut for ever.

    Her own PIN is asked for once more: whoever holds an open phone could do without it what asks for it.
    """
    phone = _own().phone_id
    pin = Pin.of(phone, me().id) and Pin.standing_on(phone, pin_id)
    if not pin:
        missing()
    if pin.person_id == me().id and not _has_just_opened():
        return redirect(f"/phone/{pin.id}?next=/me/pin", code=303)
    _take_off(pin)
    note_pins(bool(Pin.on(phone)))
    return redirect("/me/pin", code=303)


def _has_just_opened() -> bool:
    opened = _own().opened_at
    return opened is not None and opened > now() - JUST


def _take_off(pin: Pin) -> None:
    if pin.person_id == me().id:
        _own().opened_at = None
        return Pin.forget(pin.phone_id, pin.person_id)
    for own in Session.of(pin.person):
        if own.phone_id == pin.phone_id:
            leave(own)
    return Pin.forget(pin.phone_id, pin.person_id)


def _own() -> Session:
    """Only behind @signed_in, where there is one."""
    return cast(Session, current_session())


def _page(form: Form, pin: Pin | None, picture: str = "", colour: str = "") -> str:
    pins = Pin.on(_own().phone_id)
    return render_template(
        "phones/mine.html", form=form, pin=pin, others=[one for one in pins if one is not pin],
        asks_now=bool(pin and _own().opened_at), picture=picture or (pin or me()).picture,
        colour=colour or (pin or me()).colour, **offered_looks(),
    )  # fmt: skip
