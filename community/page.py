"""What every template may say: who I am, today's name, a photo's address, a picture's word, a text's links."""

import functools
import re
from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from babel.dates import format_date
from flask import Flask, g, request
from jinja2 import Environment
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from community.database import now
from community.groups.involvement import silent_groups
from community.languages import choose, current
from community.languages import gettext as _
from community.media.views import photo_url
from community.people.pictures import picture_word
from community.people.session import someone

# A sentence of Hindi or Urdu ends where its mark stands, also when no space follows; no browser agrees on backslashes.
LINK = re.compile(r"https?://[^\s<>\"'\\।॥۔؟،؛]+(?<![.,;:!?)\]])", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


def init_app(app: Flask) -> None:
    app.before_request(_choose_language)
    app.jinja_env.globals.update(person=LocalProxy(someone), today=LocalProxy(_today))
    app.jinja_env.globals["silent_groups"] = silent_groups
    app.jinja_env.globals.update(photo_url=photo_url, picture_word=picture_word, role_word=role_word)
    app.jinja_env.filters["said"] = said
    app.jinja_env.make_globals = functools.partial(_globals, app.jinja_env)  # type: ignore[method-assign]


def _globals(environment: Environment, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
    """What a template may say before it is told anything. Jinja chains two maps and walks them at each import."""
    return ChainMap(own, environment.globals) if own else environment.globals


def _choose_language() -> None:
    """Hers, once she is known; else what the link or an earlier choice said; else what the browser says."""
    if request.endpoint == "assets.show":
        return
    person = someone()
    mine = person.language if person else None
    g.native_digits = bool(person and person.native_digits)
    g.language = choose(
        request.args.get("lang"), mine, request.cookies.get("language"), accept=request.accept_languages
    )


def role_word(role: str) -> str:
    """What somebody with this role does, for people who never heard of roles."""
    words = {
        "admin": _("looks after the group"),
        "moderator": _("helps in the group"),
        "responder": _("answers questions"),
    }
    return words.get(role, "")


def _today() -> str:
    from zoneinfo import ZoneInfo

    return format_date(now().astimezone(ZoneInfo("Asia/Kolkata")), "EEEE", locale=current().locale)


def said(text: str) -> Markup:
    """Plain text as a page may show it: escaped, lines kept, addresses tappable and naming their real host."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        parts += [escape(text[end : found.start()]), _link(found.group())]
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts).replace("\n", Markup("<br>"))


def _link(address: str) -> Markup:
    """A link that shows where it leads: a look-alike host stands there in its plain letters.

    It stays text where an eye could take something else for the host.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return escape(address)
    if "@" in parts.netloc or not HOST.fullmatch(host):
        return escape(address)
    shown = address if host == parts.hostname else f"{host} · {address}"
    return Markup('<a class="link" href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>').format(
        urlunsplit(parts._replace(netloc=host + port)), shown
    )
