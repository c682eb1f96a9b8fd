"""Who wrote what a phone sends later: never somebody else who is signed in on it by then.

A page says of its reader only a mark that means nothing elsewhere (`<html data-person>`); what is written on it carries
that mark, and is refused as long as another, or nobody, is signed in. 401: the phone keeps it until she is back.
"""

from flask import Flask, g, request
from flask_babel import lazy_gettext as _l

from community.http import Refusal, derived
from community.people.models import Session
from community.people.session import current_session


class Another(Refusal):
    code = 401
    symbol = "people"
    said = _l("Somebody else has opened this phone by now. What was written waits for its writer.")


def init_app(app: Flask) -> None:
    app.before_request(_note_who_reads)
    app.before_request(_refuse_another)


def mark_of(own: Session) -> str:
    """The person's mark on her phones: always the same, and nothing can be read from it."""
    return mark_of_person(own.person_id)


def mark_of_person(person_id: int) -> str:
    return derived("phone", str(person_id))[:16]


def _note_who_reads() -> None:
    if request.endpoint != "assets.show":
        own = current_session()
        g.writer = mark_of(own) if own else ""


def _refuse_another() -> None:
    """A photo of a stranger is not even read: nothing with one can be sent by who is not signed in."""
    if request.method != "POST" or (not g.writer and request.mimetype == "multipart/form-data"):
        return
    if (wrote := request.form.get("written_by")) and wrote != g.writer:
        raise Another
