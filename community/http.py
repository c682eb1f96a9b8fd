"""Requests and answers: who may write, one commit each, same-origin, refusals as pages."""

import functools
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, ParamSpec
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from community.database import db, let_go, now, writing
from community.environment import is_loopback
from community.people.session import current_session, one_tap_at_a_time, someone

Wrapped = ParamSpec("Wrapped")
View = Callable[Wrapped, ResponseReturnValue]
SAFE = ("GET", "HEAD", "OPTIONS")
PLACES = re.compile(r"(?:^|&)((?:in|page|photo)=[0-9]{1,15})(?=&|$)")  # of a query: which page it is


class Refusal(HTTPException):
    """A no, as a page: a picture, one sentence, one button. Raise it, or return `page()` to keep what was written."""

    code = 404
    scene = "ended"
    symbol = "door"
    said: LazyString = _l("This is not here, or not for you.")
    button: LazyString = _l("To the courtyard")
    href = "/"

    def __init__(self, said: LazyString | str | None = None, code: int | None = None) -> None:
        super().__init__()
        self.said = said or type(self).said
        self.code = code or type(self).code

    def page(self) -> Response:
        answer = make_response(render_template("refusal.html", refusal=self), self.code)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def get_response(self, *_args: Any, **_kwargs: Any) -> Response:
        return self.page()


class Missing(Refusal):
    """Not there, or not yours: nobody can tell which."""


class SignedOut(Refusal):
    code = 401
    symbol = "lock"
    said = _l("Open your invitation link, or say your code.")
    button = _l("I have a code")
    href = "/code"


class Foreign(Refusal):
    code = 403
    symbol = "shield"
    said = _l("This came from another site, so it was stopped. Try it from here.")


class TooMany(Refusal):
    code = 429
    symbol = "clock"
    said = _l("Too many tries. Wait for an hour, or ask the person who invited you.")


class Changed(Refusal):
    """What was asked for made sense once, and no more."""

    code = 409
    symbol = "repeat"
    said = _l("Something changed in between. Look again.")


class NotYet(Refusal):
    """She came back by a code, and nobody above has said yet that it is she."""

    code = 403
    symbol = "shield"
    said = _l("You came back with a code. The rest opens when somebody who looks after more says that it is you.")


def missing() -> NoReturn:
    raise Missing


def be_sure() -> None:
    """What is private, opens more phones or closes hers is not for a phone on which she came back by a code."""
    if (own := current_session()) and own.without_roles:
        raise NotYet


def signed_in(view: View[Wrapped]) -> View[Wrapped]:
    """Let in only who is signed in; anybody else gets 401, whatever the address."""

    @functools.wraps(view)
    def gate(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        if someone() is None:
            raise SignedOut
        return view(*args, **kwargs)

    return gate


def writes(view: View[Wrapped]) -> View[Wrapped]:
    """One commit a request, and one replay when a slow phone's second tap, or anybody else's, collides with it."""

    @functools.wraps(view)
    def commit(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        try:
            return _once(view, *args, **kwargs)
        except DBAPIError as error:
            let_go(error)
            g.pop("standing", None)
            return _once(view, *args, **kwargs)

    return commit


def _once(view: View[Wrapped], *args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
    with writing():
        try:
            one_tap_at_a_time()
            answer = view(*args, **kwargs)
            if own := current_session():
                own.seen = now()
            db.session.commit()
            return answer
        except BaseException:
            db.session.rollback()
            raise


def is_same_origin() -> bool:
    """Whether an unsafe request comes from a page of ours (or from no page at all, by the browser's word).

    Browsers leave Sec-Fetch-Site out on plain http at a LAN address: there Origin has to be ours.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = urlsplit(request.headers.get("Origin", ""))
    return bool(origin.netloc) and (origin.scheme, origin.netloc) == (request.scheme, request.host)


def local_path(wanted: str | None, default: str = "/") -> str:
    """A path of ours to go back to: whatever leads elsewhere becomes `default`."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or len(wanted) > 300:
        return default
    return default if any(ord(letter) < 33 or letter == "\\" for letter in wanted) else wanted


def here() -> str:
    """The page that is looked at, as a path to come back to: what a form is answered with stands where the form did.

    Of a query it keeps what says which page it is; a ticket to undo something, and what only asks how, stay behind.
    """
    if request.method in SAFE:
        return local_path(_with_place(request.path, request.query_string.decode("ascii", "replace")))
    host, _slash, rest = (request.referrer or "").partition("://")[2].partition("/")
    path, _mark, query = rest.partition("#")[0].partition("?")
    return local_path(_with_place(f"/{path}", query)) if host == request.host else "/"


def _with_place(path: str, query: str) -> str:
    """Of the query numbers alone: what an address says does not come back on a page."""
    kept = "&".join(PLACES.findall(query[:1000]))
    return f"{path}?{kept}" if kept else path


def public_url() -> str:
    """The address that posters carry, without a slash at its end.

    Raises Refusal outside the demo where PUBLIC_URL is not set: a poster with a wrong address can not be called back.
    """
    if url := current_app.config["PUBLIC_URL"]:
        return str(url)
    if not current_app.config["DEMO"]:
        raise Refusal(_l("This server does not know its public address yet. Its operator sets PUBLIC_URL."), 503)
    return request.host_url.rstrip("/")


def poster_host_is_reachable() -> bool:
    return not is_loopback(urlsplit(public_url()).hostname or "")


@dataclass(frozen=True)
class Undo:
    """Something that was just done and can be taken back, carried to the next page in its address."""

    kind: str
    number: int


class Number(IntegerConverter):
    """A number in an address that a database can hold; a longer one leads nowhere, like any unknown address."""

    def __init__(self, map: Map, **settings: Any) -> None:
        super().__init__(map, **{"max": (1 << 62) - 1, **settings})


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Number
    app.log_exception = functools.partial(_log_exception, app)  # type: ignore[method-assign]
    app.before_request(_refuse_foreign)
    app.register_error_handler(HTTPException, _as_page)
    app.register_error_handler(500, _as_page)


def _log_exception(app: Flask, *found: Any) -> None:
    """As Flask does it, but with the route and not with the address: that may hold a code."""
    route = request.url_rule or "an unknown address"
    app.logger.error("Exception on %s [%s]", route, request.method, exc_info=found[-1])


def _refuse_foreign() -> None:
    if request.method not in SAFE and not is_same_origin():
        raise Foreign


def _as_page(error: HTTPException) -> ResponseReturnValue:
    """Werkzeug's own refusals, in our words."""
    if isinstance(error, Refusal):
        return error.page()
    if error.code is not None and 300 <= error.code < 400:
        return error
    words = {
        405: _l("This address is opened in another way."),
        413: _l("This is too big to send. A smaller one will do."),
        400: _l("Something was missing in what the phone sent. Try it again."),
        500: _l("Something broke here. It is not your fault; try it again."),
    }
    return Refusal(words.get(error.code or 500), error.code).page()


def derived(key: str, text: str) -> str:
    """A value that only this server can make from `text`: hex of HMAC-SHA256 under its secret."""
    return hmac.new(current_app.secret_key.encode(), f"{key}:{text}".encode(), hashlib.sha256).hexdigest()  # type: ignore[union-attr]
