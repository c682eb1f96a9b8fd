"""Hear it on this phone: begin, renew by itself, stop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from zoneinfo import available_timezones

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.form import Form
from community.http import Changed, Refusal, signed_in, writes
from community.people.leaving import signed_out
from community.people.models import Phone, Session
from community.people.session import current_session, me
from community.subscriptions import endpoint
from community.subscriptions.models import Dead, Listener, Subscription

blueprint = Blueprint("subscriptions", __name__)
LONGEST = {"endpoint": 2048, "p256dh": 120, "auth": 40, "key_id": 16}


class NotPushed(Refusal):
    """What the browser said cannot be pushed to: foreign host, broken keys, somebody else's address."""

    code = 422
    symbol = "bell-off"
    said = _l("This browser cannot be called. Try it in Chrome or Firefox on this phone.")
    button = _l("Try again")
    href = "/subscriptions"


class Off(Refusal):
    """The phone renews what nobody wants any more."""

    code = 410
    symbol = "bell-off"
    said = _l("Nobody hears the news on this phone any more.")
    button = _l("Hear it on this phone")
    href = "/subscriptions"


@dataclass(frozen=True)
class Keys:
    """Our keys towards the push services, which the sender keeps."""

    newest: Callable[[], tuple[str, str]]  # its id, and its public half as applicationServerKey
    knows: Callable[[str], bool]


def init_app(app: Flask, keys: Keys) -> None:
    app.extensions["push_keys"] = keys


def _keys() -> Keys:
    found: Keys = current_app.extensions["push_keys"]
    return found


@signed_out.connect
def _forget(own: Session) -> None:
    Listener.remove(own.phone_id, own.person_id)


@blueprint.get("/subscriptions")
@signed_in
def show() -> ResponseReturnValue:
    return render_template("subscriptions/show.html", is_on=Listener.is_on(_phone().id, me().id))


@blueprint.get("/subscriptions/key")
@signed_in
def key() -> ResponseReturnValue:
    """The key that a subscription is made with, and its id."""
    key_id, public = _keys().newest()
    return {"key_id": key_id, "key": public}


@blueprint.post("/subscriptions")
@signed_in
@writes
def create() -> ResponseReturnValue:
    """She listens on this phone. With `again` the phone renews it by itself, and nobody new begins to listen."""
    said = _said()
    try:
        if not request.form.get("again"):
            Subscription.save(_phone(), me(), **said)
        elif not Subscription.renew(_phone(), **said):
            raise Off
    except Dead:
        raise Changed from None  # the phone makes another one and comes again
    except ValueError:
        raise NotPushed from None
    if (zone := request.form.get("zone")) in _zones():
        me().zone = str(zone)  # her quiet hours are those of the phone's clock
    return "", 204


@blueprint.post("/subscriptions/end")
@signed_in
@writes
def end() -> ResponseReturnValue:
    Listener.remove(_phone().id, me().id)
    return redirect("/subscriptions", code=303)


def _phone() -> Phone:
    """The phone that asks. Only behind @signed_in, where there is one."""
    return cast(Session, current_session()).phone


def _said() -> dict[str, str]:
    """The fields, checked. Raises NotPushed."""
    form = Form(request.form)
    said = {field: form.line(field, most=most) for field, most in LONGEST.items()}
    try:
        endpoint.check(said["endpoint"])
        endpoint.check_keys(said["p256dh"], said["auth"])
    except endpoint.Refused:
        raise NotPushed from None
    said["key_id"] = said["key_id"] or _keys().newest()[0]
    if form.wrong or not _keys().knows(said["key_id"]):
        raise NotPushed
    return said


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
