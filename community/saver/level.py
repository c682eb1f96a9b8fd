"""How much may come onto a phone by itself. Hers on this phone; where she has said nothing, as its browser asks.

everything: photos come with their pages, and those of new announcements ahead of them.
no-photos: in the place of a photo stands its price, and it comes when that is tapped. Doors keep their small picture.
words: doors, too, show the drawing of their group and not its photo.
"""

from flask import g, has_request_context, request

from community.people.session import current_session

EVERYTHING, NO_PHOTOS, WORDS = LEVELS = ("everything", "no-photos", "words")


def level() -> str:
    """The level of whoever asks for this page."""
    if "saver" not in g:
        g.saver = _level() if has_request_context() else EVERYTHING
    return str(g.saver)


def chosen() -> str | None:
    """What she has chosen herself on this phone."""
    own = current_session()
    return own.saver if own and own.saver in LEVELS else None


def asked_the_browser() -> bool:
    """Whether this answer would be another one for a browser that (or that does not) save data."""
    return "saver_by_browser" in g


def _level() -> str:
    if "photo" in request.args:  # she tapped one, and has no JavaScript
        return EVERYTHING
    return chosen() or _wish_of_browser()


def _wish_of_browser() -> str:
    g.saver_by_browser = True
    return NO_PHOTOS if request.headers.get("Save-Data", "").strip().lower() == "on" else EVERYTHING
