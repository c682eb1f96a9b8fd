"""Who answers is rung once: a line that says nothing of what it is about."""

from collections.abc import Callable
from functools import partial

from community.database import db
from community.groups.membership import Standing
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person
from community.rumours.answering import may_answer
from community.rumours.models import Rumour


class CallRumour(Ring):
    """Its arguments are `rumour_id` and `person_id`."""

    def place(self, row: Outbox) -> Group | None:
        rumour = db.session.get(Rumour, row.args["rumour_id"])
        return rumour.desk if rumour else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        rumour, person = db.session.get(Rumour, row.args["rumour_id"]), db.session.get(Person, row.args["person_id"])
        if rumour is None or person is None or rumour.answered_at:
            return None
        return (person, partial(_body, rumour, person)) if may_answer(rumour, Standing.of(person)) else None


def _body(rumour: Rumour, person: Person) -> bytes:
    with speaking(person.language):
        return call(_("A question waits for you."), person.language, f"/rumours/{rumour.id}", f"r{rumour.id}")
