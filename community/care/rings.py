"""What is urgent rings two people: those awake or on call who were here last. One line, nothing of what it is about."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from community.care.desk import is_for
from community.care.models import Case
from community.database import db, now
from community.groups.membership import Standing
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.nights import night_ends
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person, Session

RUNG = 2
AGAIN = timedelta(hours=1)  # so long one case rings nobody a second time


def ring_two(case: Case, people: Sequence[int]) -> None:
    """Ring two of these people, now or when their night is over; but not for every further report."""
    if case.rung_at and case.rung_at > now() - AGAIN:
        return
    case.rung_at = now()
    seen = sa.func.max(Session.seen)
    last = sa.select(Person).join(Session, Session.person_id == Person.id, isouter=True).where(Person.id.in_(people))
    found = list(db.session.scalars(last.group_by(Person.id).order_by(seen.desc().nulls_last(), Person.id).limit(50)))
    for person in sorted(found, key=_sleeps)[:RUNG]:
        key = f"call-care:{case.id}:{person.id}:{case.passed_on}"
        Outbox.promise("call-care", key, case_id=case.id, person_id=person.id)


def _sleeps(person: Person) -> bool:
    return not person.on_call and night_ends(person, now()) is not None


class CallCare(Ring):
    """Its arguments are `case_id` and `person_id`."""

    is_urgent_duty = True

    def place(self, row: Outbox) -> Group | None:
        case = db.session.get(Case, row.args["case_id"])
        return case.desk if case else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        case, person = db.session.get(Case, row.args["case_id"]), db.session.get(Person, row.args["person_id"])
        if case is None or person is None or case.decided_at or not is_for(case, person, Standing.of(person)):
            return None
        return person, partial(_body, case, person)


def _body(case: Case, person: Person) -> bytes:
    with speaking(person.language):
        return call(
            _("Something urgent waits for you. Please look."), person.language, f"/cases/{case.id}", f"u{case.id}"
        )
