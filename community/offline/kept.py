"""Which pages a phone may keep, and whose they are: the page itself says so.

`<html data-kept="…">` stands on these pages alone. The worker keeps what bears it, under that mark; an empty one says
that nobody is signed in. Pages with codes, QR, undo tickets or forms never bear it.
"""

from flask import Flask, request
from markupsafe import Markup

from community.http import derived
from community.people.models import Session
from community.people.session import known_session

PAGES = {"home.show", "home.groups", "home.group", "announcements.show", "people.show", "people.children"}
ADDRESSED_BY = {"before"}  # what may follow the "?": another one carries a ticket that is true for a moment


def init_app(app: Flask) -> None:
    app.jinja_env.globals["keeper"] = keeper


def mark_of(own: Session) -> str:
    """The person's mark on phones: always the same, and nothing can be read from it."""
    return derived("phone", str(own.person_id))[:16]


def keeper() -> Markup:
    """What the page's first tag says of whose it is; nothing where no phone may keep it. Never asks the database."""
    if request.endpoint not in PAGES or not set(request.args) <= ADDRESSED_BY:
        return Markup("")
    own = known_session()
    return Markup(' data-kept="{}"').format(mark_of(own) if own else "")
