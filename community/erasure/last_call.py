"""The ring before somebody is erased whom nobody has seen for years. It names no group."""

from collections.abc import Callable
from functools import partial

from community.database import db
from community.erasure.models import Erasure
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person


class LastCall(Ring):
    """Its argument is `erasure_id`."""

    def place(self, row: Outbox) -> Group | None:
        """From nobody's group: from the house."""
        return None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        found = db.session.get(Erasure, row.args["erasure_id"])
        if found is None or found.undone_at or found.done_at:
            return None
        return found.person, partial(_body, found)


def _body(found: Erasure) -> bytes:
    language = found.person.language
    with speaking(language):
        return call(
            _("Open this within two days, or your room here is erased."), language, "/me/erasure", f"e{found.id}"
        )
