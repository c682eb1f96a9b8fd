"""The ring that calls somebody to words: please say this, or look at what was said. One line, nothing of the news."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from community.database import db, now
from community.languages import LANGUAGES, speaking
from community.languages import gettext as _
from community.notifications.packing import night_ends
from community.notifications.payload import call
from community.notifications.sender import Letter, Outcome, sender
from community.outbox.models import Errand, Outbox
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription
from community.translating.models import OPEN_FOR, TranslationRequest

TRIES = 3


@dataclass(frozen=True)
class Post:
    letters: list[Letter]
    due: datetime | None = None  # when her night is over


class Call(Errand):
    """Its arguments: `request_id`, and `person_id` of who is called: the one who was asked, or the one who asked."""

    def prepare(self, row: Outbox) -> Post:
        request = db.session.get(TranslationRequest, row.args["request_id"])
        person = db.session.get(Person, row.args["person_id"])
        if request is None or person is None or not _is_wanted(request, person):
            return Post([])
        if due := night_ends(person, now()):
            return Post([], due)
        return Post([_letter(phone, _body(request, person)) for phone in _phones(person)])

    def perform(self, work: Post) -> tuple[list[Outcome], datetime | None]:
        return (sender().send(work.letters) if work.letters else []), work.due

    def settle(self, row: Outbox, result: tuple[list[Outcome], datetime | None]) -> datetime | None:
        outcomes, due = result
        gone = [one.number for one in outcomes if one.what == "gone"]
        if gone:
            ended = sa.update(Subscription).where(Subscription.id.in_(gone), Subscription.ended_at.is_(None))
            db.session.execute(ended.values(ended_at=now()).execution_options(synchronize_session=False))
        waits = [one for one in outcomes if one.what in ("later", "ours")]
        return due or (now() + OPEN_FOR / 72 if waits and row.attempts < TRIES else None)


def _is_wanted(request: TranslationRequest, person: Person) -> bool:
    """Whether there is still something to do for her."""
    asked = request.person_id == person.id and (request.sent_at is None or request.answer == "returned")
    return request.is_open and (asked or (request.asked_by == person.id and request.is_sent))


def _phones(person: Person) -> list[Subscription]:
    """Hers alone: what others look at, too, rings only for news."""
    others = sa.select(sa.func.count()).where(Listener.subscription_id == Subscription.id).correlate(Subscription)
    mine = sa.select(Subscription).join(Listener, Listener.subscription_id == Subscription.id)
    mine = mine.where(Listener.person_id == person.id, Subscription.ended_at.is_(None), others.scalar_subquery() == 1)
    return list(db.session.scalars(mine))


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


def _letter(phone: Subscription, body: bytes) -> Letter:
    return Letter(
        number=phone.id, endpoint=phone.endpoint, p256dh=phone.p256dh, auth=phone.auth, key_id=phone.key_id, body=body,
        ttl=int(OPEN_FOR.total_seconds()), urgency="normal", topic="",
    )  # fmt: skip
