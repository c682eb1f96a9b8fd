"""The ring that asks a second one: is this urgent? It names no group: others may look at her phone, too."""

from collections.abc import Callable
from functools import partial

from community.announcements.urgency import Urgency
from community.database import db
from community.groups.gates import holds_admin
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person


class CallUrgent(Ring):
    """Its arguments: `urgency_id` and `person_id`."""

    is_urgent_duty = True

    def place(self, row: Outbox) -> Group | None:
        found = db.session.get(Urgency, row.args["urgency_id"])
        return found.announcement.audience.group if found else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        found = db.session.get(Urgency, row.args["urgency_id"])
        person = db.session.get(Person, row.args["person_id"])
        if found is None or person is None or not found.is_open:
            return None
        return (
            (person, partial(_body, found, person)) if holds_admin(person, found.announcement.audience.group) else None
        )


def _body(found: Urgency, person: Person) -> bytes:
    with speaking(person.language):
        asks = _("Is this urgent?")
    return call(asks, person.language, f"/urgencies/{found.id}", f"u{found.id}")
