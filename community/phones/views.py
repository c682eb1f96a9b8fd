"""The doors of a shared phone: choosing one's own, six digits, the page that says nothing, and the key."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import now
from community.http import Refusal, SignedOut, local_path, missing, signed_in, writes
from community.languages import gettext as _
from community.people.session import (
    current_session,
    has_pins,
    lock,
    note_pins,
    sign_in,
    this_phone,
)
from community.phones.calendar import month_of
from community.phones.digits import digits_in
from community.phones.models import Pin
from community.writer import mark_of, mark_of_person

blueprint = Blueprint("phones", __name__)
KEY_LASTS = timedelta(minutes=5)  # a slow phone fetches its key within this time after its PIN
ZONE = ZoneInfo("Asia/Kolkata")


class AskAgain(Refusal):
    """The key was given out when the PIN was typed; a phone that has lost it since asks for the PIN."""

    code = 410
    symbol = "lock"
    said = _l("This room is locked. Tap your picture.")
    button = _l("People on this phone")
    href = "/phone"


@blueprint.get("/phone")
def doors() -> ResponseReturnValue:
    """Who is on this phone, each as the picture that she chose for it, and no name."""
    phone = this_phone()
    pins = Pin.on(phone) if phone and has_pins() else []
    if has_pins() and not pins:
        note_pins(False)  # the last one was taken off from another phone
    return render_template("phones/doors.html", pins=pins) if pins else redirect("/", code=303)


@blueprint.get("/phone/<int:pin_id>")
def door(pin_id: int) -> ResponseReturnValue:
    return render_template("phones/door.html", pin=_here(pin_id), wrong="", next=local_path(request.args.get("next")))


@blueprint.post("/phone/<int:pin_id>")
@writes
def come_in(pin_id: int) -> ResponseReturnValue:
    """A wrong one is a page and no error: what was counted is committed with it."""
    pin = _here(pin_id)
    digits = digits_in(request.form.get("pin", ""))
    if not digits:
        return _again(pin, _("Six digits, please."))
    if not pin.answer(digits):
        return _again(pin, _("That was not right."))
    own = sign_in(pin.person)
    own.opened_at = now()
    note_pins(True)
    return redirect(local_path(request.form.get("next")), code=303)


def _here(pin_id: int) -> Pin:
    phone = this_phone()
    if phone is None:
        raise SignedOut
    return Pin.standing_on(phone, pin_id) or missing()


def _again(pin: Pin, wrong: str) -> ResponseReturnValue:
    return render_template("phones/door.html", pin=pin, wrong=wrong, next=local_path(request.form.get("next"))), 422


@blueprint.post("/phone/hide")
@writes
def hide() -> ResponseReturnValue:
    """One tap: the room is locked, and a page is shown that says nothing of anybody."""
    own = current_session()
    if own and own.opened_at:
        lock()
    return redirect("/calendar", code=303)


@blueprint.get("/calendar")
def calendar() -> ResponseReturnValue:
    """This month, as it hangs on any wall."""
    today = datetime.now(ZONE).date()
    return render_template("phones/calendar.html", month=month_of(today), today=today.day)


@blueprint.get("/phone/key")
@signed_in
def key() -> ResponseReturnValue:
    """What her phone seals her things with: for the room whose PIN was just typed here, and for nobody else."""
    own = current_session()
    pin = own and own.opened_at and Pin.of(own.phone_id, own.person_id)
    if not own or not own.opened_at or not pin:
        missing()
    if own.opened_at < now() - KEY_LASTS:
        raise AskAgain
    people = [mark_of_person(one.person_id) for one in Pin.on(own.phone_id)]
    return jsonify(mark=mark_of(own), keys=pin.keys(), people=people)
