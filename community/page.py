"""What every template may say: who I am, today's name, a photo's address, a picture's word, a text's words."""

import functools
from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from babel.dates import format_date
from flask import Flask, g, request
from jinja2 import Environment
from werkzeug.local import LocalProxy

from community.announcements.translation import ORIGINS
from community.announcements.words import heard
from community.database import now
from community.groups.involvement import silent_groups
from community.http import here
from community.languages import choose, current
from community.languages import gettext as _
from community.languages.numbers import digits
from community.links.drawing import said
from community.media.sound import LONGEST
from community.media.views import photo_url, voice_url
from community.people.language import nastaliq
from community.people.pictures import picture_word
from community.people.session import someone


def init_app(app: Flask) -> None:
    app.before_request(_choose_language)
    app.jinja_env.globals.update(person=LocalProxy(someone), today=LocalProxy(_today))
    app.jinja_env.globals["silent_groups"] = silent_groups
    app.jinja_env.globals.update(here=here, photo_url=photo_url, voice_url=voice_url, lasting=lasting)
    app.jinja_env.globals.update(longest_voice=LONGEST, nastaliq_for=nastaliq)
    app.jinja_env.globals.update(picture_word=picture_word, role_word=role_word, origins=ORIGINS)
    app.jinja_env.filters["said"] = said
    app.jinja_env.filters["heard"] = heard
    app.jinja_env.make_globals = functools.partial(_globals, app.jinja_env)  # type: ignore[method-assign]


def _globals(environment: Environment, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
    """What a template may say before it is told anything. Jinja chains two maps and walks them at each import."""
    return ChainMap(own, environment.globals) if own else environment.globals


def _choose_language() -> None:
    """What the address says; else hers, once she is known; else an earlier choice; else what the browser says."""
    if request.endpoint == "assets.show":
        return
    person = someone()
    mine = person.language if person else None
    g.native_digits = bool(person and person.native_digits)
    g.language = choose(
        request.args.get("lang"), mine, request.cookies.get("language"), accept=request.accept_languages
    )


def lasting(milliseconds: int) -> str:
    """How long something sounds, as players show it: 1:05."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    return digits(f"{minutes}:{seconds:02}")


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
