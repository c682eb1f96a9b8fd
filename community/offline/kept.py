"""Which pages a phone may keep, and whose they are: the page itself says so.

`<html data-person="…" data-kept>` stands on these pages alone. The worker keeps what bears it, under that mark; an
empty one says that nobody is signed in. Pages with codes, QR, undo tickets or forms never bear it.
"""

from flask import Flask, g, request
from markupsafe import Markup

PAGES = {
    "home.show", "home.groups", "home.group", "home.first", "announcements.show", "people.show", "people.children",
    "saver.price", "talk.show",
}  # fmt: skip
ADDRESSED_BY = {"before"}  # what may follow the "?": another one carries a ticket that is true for a moment


def init_app(app: Flask) -> None:
    app.jinja_env.globals["keeper"] = keeper


def keeper() -> Markup:
    """What the page's first tag says where a phone may keep it; nothing elsewhere."""
    if request.endpoint not in PAGES or not set(request.args) <= ADDRESSED_BY:
        return Markup("")
    return Markup(" data-kept") if g.get("writer") else Markup(' data-person="" data-kept')
