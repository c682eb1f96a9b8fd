"""A sealed thread has something new: one neutral line. And its time is over, or a backup has it still: it goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from community.database import db, now
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import LATER, Outbox
from community.people.models import Person
from community.sealed.models import LASTS, SealedThread
from community.sealed.sides import takes_part

PAUSE = 600  # seconds within which one thread rings somebody once


class CallSealed(Ring):
    """Its arguments are `thread_id` and `person_id`."""

    def place(self, row: Outbox) -> Group | None:
        thread = db.session.get(SealedThread, row.args["thread_id"])
        return thread.question.group if thread else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        thread, person = (
            db.session.get(SealedThread, row.args["thread_id"]),
            db.session.get(Person, row.args["person_id"]),
        )
        if thread is None or person is None or thread.erased_at:
            return None
        if not takes_part(thread.question, person):
            return None
        return person, partial(_body, thread, person.language)


def _body(thread: SealedThread, language: str) -> bytes:
    with speaking(language):
        line = _("There is something new in the courtyard.")
    return call(line, language, f"/questions/{thread.question_id}/sealed", f"s{thread.id}")


def ring(thread: SealedThread, person: Person | None) -> None:
    if person:
        key = f"call-sealed:{thread.id}:{person.id}:{int(now().timestamp()) // PAUSE}"
        Outbox.promise("call-sealed", key, thread_id=thread.id, person_id=person.id)


def promise_end(thread: SealedThread) -> None:
    """Looked at in the night after its time; a later word puts it off."""
    day = ((thread.erased_at or thread.last_at) + LASTS).date() + timedelta(days=1)
    at = datetime.combine(day, datetime.min.time(), UTC)
    Outbox.promise("end-sealed", f"end-sealed:{thread.id}:{day}", at, rank=LATER, thread_id=thread.id)


def end(thread_id: int) -> None:
    """What the outbox does: nothing of the thread stays once its time is over."""
    thread = db.session.get(SealedThread, thread_id, with_for_update=True, populate_existing=True)
    if thread and thread.is_over:
        db.session.delete(thread)
    elif thread:
        promise_end(thread)


def end_again(thread_id: int, came: datetime) -> None:
    """A backup has brought it back, and it was erased since."""
    thread = db.session.get(SealedThread, thread_id)
    if thread and thread.created == came:
        db.session.delete(thread)
