"""The ring that calls somebody to words: please say this, or look at what was said. One line, nothing of the news."""

from collections.abc import Callable
from functools import partial

from community.database import db
from community.groups.models import Group
from community.languages import LANGUAGES, speaking
from community.languages import gettext as _
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.blocks import Block
from community.people.models import Person
from community.translating.models import TranslationRequest


class Call(Ring):
    """Its arguments: `request_id`, and `person_id` of who is called: the one who was asked, or the one who asked."""

    def place(self, row: Outbox) -> Group | None:
        request = db.session.get(TranslationRequest, row.args["request_id"])
        return request.announcement.audience.group if request else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        request = db.session.get(TranslationRequest, row.args["request_id"])
        person = db.session.get(Person, row.args["person_id"])
        if request is None or person is None or not _is_wanted(request, person):
            return None
        return person, partial(_body, request, person)


def _is_wanted(request: TranslationRequest, person: Person) -> bool:
    """Whether there is still something to do for her."""
    if request.person_id == person.id and request.asked_by in Block.ids(person):
        return False
    asked = request.person_id == person.id and (request.sent_at is None or request.answer == "returned")
    return request.is_open and (asked or (request.asked_by == person.id and request.is_sent))


def _body(request: TranslationRequest, person: Person) -> bytes:
    tongue = LANGUAGES[request.language].autonym
    asked = request.person_id == person.id
    place = f"/announcements/{request.announcement_id}/languages/{request.language}"
    with speaking(person.language):
        please = _("Please say this in %(language)s", language=tongue)
        there = _("Somebody said it in %(language)s. Please look.", language=tongue)
    return call(
        please if asked else there, person.language, f"/translations/{request.id}" if asked else place, f"t{request.id}"
    )
