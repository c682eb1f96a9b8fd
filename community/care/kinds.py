"""What can lie in the queue: how it looks there, and on which page it is decided.

Another room adds its own with `adds`, and puts a case there with `queue.queue`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from community.care.models import Case

URGENT = ("danger", "child")
SYMBOLS = {
    "danger": "alert",
    "child": "family",
    "hurts": "megaphone",
    "money": "rupee",
    "untrue": "question",
    "private": "eye",
    "much": "repeat",
    "other": "more",
}
WORDS: dict[str, Any] = {
    "danger": _l("Somebody is in danger"),
    "child": _l("It harms a child"),
    "hurts": _l("It hurts or insults"),
    "money": _l("It tricks people out of money"),
    "untrue": _l("It is not true"),
    "private": _l("It shows something private"),
    "much": _l("It is too much, or advertising"),
    "other": _l("Something else"),
}


@dataclass(frozen=True)
class Kind:
    """`page` is where it is decided: by default the case's own page."""

    symbol: str
    word: Any
    page: Callable[[Case], str] = lambda case: f"/cases/{case.id}"


KINDS = {
    "announcement": Kind("megaphone", _l("Announcement")),
    "photo": Kind("photo", _l("Photos")),
    "translation": Kind("language", _l("Language")),
    "person": Kind("me", _l("A person in the group")),
    "group": Kind("groups", _l("Groups")),
    "invitation": Kind("qr", _l("Invitation")),
    "appeal": Kind("undo", _l("Somebody asks you to look again")),
}


def adds(what: str, kind: Kind) -> None:
    """Another kind of case. Its own page, if it has one, asks `queue.before_me` for the case and closes it."""
    KINDS[what] = kind
