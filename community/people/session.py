"""Who is signed in. The only file that knows Flask-Login.

`get_id()` carries the session's token, so a cookie replayed after sign-out opens nothing.
"""

from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, Response, g, has_request_context, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from community.database import db, now
from community.people.leaving import leave
from community.people.models import Person, Phone, Session

YEAR = timedelta(days=400)  # the longest that browsers keep a cookie
MONTH = timedelta(days=30)  # so often it is given anew: who comes back stays signed in


class _SignedIn:
    """What Flask-Login carries: a session of ours, and the token that the cookie holds."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, own: Session, token: str) -> None:
        self.session = own
        self.token = token

    def get_id(self) -> str:
        return f"{self.session.id}:{self.token}"


class _AnyClock(TimestampSigner):
    """A cookie from a server whose clock was ahead is no forgery. One that is too old still is refused."""

    def unsign(self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        value, made = super().unsign(signed_value, None, True)
        if max_age is not None and (now() - made).total_seconds() > max_age:
            raise SignatureExpired("too old", payload=value, date_signed=made)
        return (value, made) if return_timestamp else value


class _Cookies(SecureCookieSessionInterface):
    """`__Host-` and Secure wherever the request came over https; plain names on a plain LAN."""

    def __init__(self, app: Flask) -> None:
        self.serializer_of_app = super().get_signing_serializer(app)
        if self.serializer_of_app:
            self.serializer_of_app.signer = _AnyClock

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-aangan" if request.is_secure else "aangan"

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self.serializer_of_app

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """When something changed, and once a month."""
        due = session.permanent and abs(now().timestamp() - session.get("given", 0)) > MONTH.total_seconds()
        if due:
            session["given"] = int(now().timestamp())
        return due or super().should_set_cookie(app, session)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Files are the same for everybody: they must not vary by a cookie, or signing in would fetch them anew.

        A page that is there already brings no cookie for its month alone: the next one that changed does.
        """
        if request.endpoint != "assets.show" and (response.status_code != 304 or session.modified):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = _Cookies(app)
    app.config.update(
        PERMANENT_SESSION_LIFETIME=YEAR,
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # a page must not need the database to say that it is gone
    manager.session_protection = None  # a phone changes its address all day
    manager.user_loader(_load)


def _load(user_id: str) -> _SignedIn | None:
    number, _, token = user_id.partition(":")
    own = Session.proven(int(number), token) if number.isdecimal() else None
    return _SignedIn(own, token) if own else None


def current_session() -> Session | None:
    return current_user.session if current_user.is_authenticated else None


def known_session() -> Session | None:
    """As `current_session`, of a request that has asked for it already; it never asks the database itself."""
    return current_session() if has_request_context() and "_login_user" in g else None


def someone() -> Person | None:
    """The person who is signed in, or nobody."""
    found = current_session()
    return found.person if found else None


def acts_without_roles(person: Person) -> bool:
    """Whether this request comes from a phone on which she has only just come back. Never so for work done later."""
    own = known_session()
    return own is not None and own.without_roles and own.person_id == person.id


def me() -> Person:
    """The person who is signed in. Only behind @signed_in, where there is one."""
    return cast(Person, someone())


def one_tap_at_a_time() -> None:
    """Wait for what this phone sent before: a second tap sees what the first one left. On SQLite all writers do."""
    if own := current_session():
        db.session.execute(sa.select(Session.id).where(Session.id == own.id).with_for_update())


def was_here() -> bool:
    """Whether the browser holds a cookie of somebody: one that no longer opens anything included."""
    return "_user_id" in session


def sign_in(person: Person) -> Session:
    """Open a session for the person on this phone. An earlier one ends, or is locked where a PIN can open it."""
    if earlier := current_session():
        earlier.lock()
    own, token = Session.open(person, _this_phone())
    own.saver, own.recovery_id, own.without_roles = _before(own)
    _end_locked(own)
    _forget_all_but("pins")
    session.permanent = True
    session["phone"] = own.phone_id
    login_user(_SignedIn(own, token))
    g.language = person.language
    return own


def _before(own: Session) -> tuple[str | None, int | None, bool]:
    """How it was on this phone the last time: what may come by itself, which must not cost her more to come back; and
    whether it was without her roles, which no way back onto the same phone takes away by itself.
    """
    fields = sa.select(Session.saver, Session.recovery_id, Session.without_roles)
    before = fields.where(Session.phone_id == own.phone_id, Session.person_id == own.person_id, Session.id != own.id)
    found = db.session.execute(before.order_by(Session.id.desc()).limit(1)).first()
    return (found.saver, found.recovery_id, found.without_roles) if found else (None, None, False)


def _end_locked(own: Session) -> None:
    """The room that she opens anew is not locked beside it."""
    locked = sa.update(Session).where(Session.phone_id == own.phone_id, Session.person_id == own.person_id)
    locked = locked.where(Session.id != own.id, Session.opened_at.is_not(None), Session.ended_at.is_(None))
    db.session.execute(locked.values(ended_at=now()))


def _forget_all_but(*names: str) -> None:
    kept = {name: session[name] for name in names if name in session}
    session.clear()
    session.update(kept)


def this_phone() -> int | None:
    """The number of the phone that asks, if it was ever signed in: the cookie says so under our own hand."""
    known = session.get("phone")
    return known if isinstance(known, int) else None


def has_pins() -> bool:
    """Whether people have PINs on this phone. The browser's own cookie says it: nothing has to be asked."""
    return bool(session.get("pins"))


def note_pins(there: bool) -> None:
    if there:
        session["pins"] = True
    else:
        session.pop("pins", None)


def lock() -> None:
    """Nobody is in on this phone; who was stays on it."""
    if own := current_session():
        own.lock()
    _forget_all_but("phone", "pins")
    session.permanent = True
    g.pop("_login_user", None)


def sign_out() -> None:
    if own := current_session():
        leave(own)
    _forget_all_but("phone", "pins")
    session.permanent = has_pins()  # else the others of this phone would be lost with the browser's window
    g.pop("_login_user", None)


def _this_phone() -> Phone:
    known = session.get("phone")
    phone = db.session.get(Phone, known) if isinstance(known, int) else None
    if phone is None:
        phone = Phone(label=_label(request.user_agent.string))
        db.session.add(phone)
    return phone


def _label(agent: str) -> str:
    """What kind of browser it is, in two words that its owner recognises."""
    makes = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    browsers = ("Firefox", "SamsungBrowser", "OPR", "Edg", "Chrome", "Safari")
    return " · ".join(next((word for word in words if word in agent), "?") for words in (makes, browsers))
