"""On a phone on which people have PINs: who must show hers first, and what no browser may keep by itself."""

from flask import Flask, Response, has_request_context, redirect, request
from flask.typing import ResponseReturnValue

from community.http import SAFE, SignedOut
from community.people import session as signing
from community.people.session import current_session

DOORS = "/phone"
SETTING = "/me/pin"
# Served to whoever asks, or of use before somebody is in.
OPEN = {"assets", "offline", "phones", "invitations", "speech"}
OPEN_PAGES = {"people.door", "people.languages", "urgent.show"}
SAME_FOR_ALL = {"assets.show", "offline.worker", "offline.manifest"}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(has_pins=_has_pins, can_hide=_can_hide)
    app.before_request(_ask_for_pin)
    app.register_error_handler(SignedOut, _to_the_doors)
    app.after_request(_keep_nothing)


def _has_pins() -> bool:
    return has_request_context() and signing.has_pins()


def is_behind_pin() -> bool:
    """Whether a PIN has opened what is looked at."""
    own = current_session()
    return own is not None and own.opened_at is not None


def _can_hide() -> bool:
    """Also on the page without a signal, which the worker carries with it whoever is in."""
    return request.blueprint == "offline" or is_behind_pin()


def _ask_for_pin() -> ResponseReturnValue | None:
    """Nobody stays on such a phone without a PIN of her own: the next one would see her room."""
    if not signing.has_pins() or request.method not in SAFE or _is_open():
        return None
    if current_session() is None:
        return redirect(DOORS, code=303) if request.endpoint == "home.show" else None
    return None if is_behind_pin() else redirect(SETTING, code=303)


def _is_open() -> bool:
    return request.blueprint in OPEN or request.endpoint in OPEN_PAGES


def _to_the_doors(refusal: SignedOut) -> ResponseReturnValue:
    if signing.has_pins() and request.method in SAFE:
        return redirect(DOORS, code=303)
    return refusal.page()


def _keep_nothing(answer: Response) -> Response:
    """The browser keeps pages, photos and voices in the clear; the worker seals what it keeps (static/sw/rooms)."""
    if signing.has_pins() and request.endpoint not in SAME_FOR_ALL:
        answer.headers["Cache-Control"] = "no-store"
    return answer
