"""What her phones are told while it can still be stopped: somebody comes back as her, or a courtyard changes hands."""

from collections.abc import Callable
from functools import partial

from community.database import db
from community.delegation.models import Appointment
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person
from community.people.sign_in import Recovery


class ComesBack(Ring):
    """Its argument: `recovery_id`."""

    def place(self, row: Outbox) -> Group | None:
        """No group calls her: it is her own room."""
        return None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        found = db.session.get(Recovery, row.args["recovery_id"])
        if found is None or found.refused_at or found.restored_at:
            return None
        return found.person, partial(_comes_back, found)


def _comes_back(found: Recovery) -> bytes:
    language = found.person.language
    with speaking(language):
        line = _("Somebody opens your room with a code. If it is not you, stop it.")
    return call(line, language, "/me/phones", f"r{found.id}")


class HandsOver(Ring):
    """Its arguments: `appointment_id` and the `person_id` of an owner."""

    def place(self, row: Outbox) -> Group | None:
        """Whoever can still stop it hears of it, whatever she has left meanwhile."""
        return None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        offer, person = (
            db.session.get(Appointment, row.args["appointment_id"]),
            db.session.get(Person, row.args["person_id"]),
        )
        if offer is None or person is None or not offer.is_pending:
            return None
        return person, partial(_hands_over, offer, person.language)


def _hands_over(offer: Appointment, language: str) -> bytes:
    with speaking(language):
        line = _("Your courtyard changes hands tomorrow. You can stop it.")
    return call(line, language, f"/appointments/{offer.id}", f"h{offer.id}")
