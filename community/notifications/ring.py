"""One ring for one person: a line that calls her to a page, and only on phones that are hers alone.

Not by night; but an urgent duty passes the quiet hours of who has said that it may.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from community.database import db, now
from community.groups.models import Group
from community.groups.silences import Silence
from community.notifications.nights import night_ends
from community.notifications.packing import has_pins
from community.notifications.sender import Letter, Outcome, sender
from community.outbox.models import Errand, Outbox
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription

LASTS = timedelta(days=3)  # as long as a push would still be taken
TRIES = 3


@dataclass(frozen=True)
class Post:
    letters: list[Letter]
    due: datetime | None = None  # when her night is over


class Ring(Errand):
    """`called` says who is called and what her phone shows, `place` which group it is about.

    Who has left that group, or all of the community, is not rung for ninety days.
    """

    is_urgent_duty = False

    def place(self, row: Outbox) -> Group | None:
        """None where no group asks: something of her own."""
        raise NotImplementedError

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        """Whom it rings for, and what makes the payload; None where nobody has to be called any more."""
        raise NotImplementedError

    def prepare(self, row: Outbox) -> Post:
        found = self.called(row)
        if found is None:
            return Post([])
        person, body = found
        place = self.place(row)
        if place and Silence.holds(person, place):
            return Post([])
        if not (self.is_urgent_duty and person.on_call) and (due := night_ends(person, now())):
            return Post([], due)
        packed = body()
        urgency = "high" if self.is_urgent_duty else "normal"
        return Post([_letter(phone, packed, urgency) for phone in _phones(person)])

    def perform(self, work: Post) -> tuple[list[Outcome], datetime | None]:
        return (sender().send(work.letters) if work.letters else []), work.due

    def settle(self, row: Outbox, result: tuple[list[Outcome], datetime | None]) -> datetime | None:
        outcomes, due = result
        gone = [one.number for one in outcomes if one.what == "gone"]
        if gone:
            ended = sa.update(Subscription).where(Subscription.id.in_(gone), Subscription.ended_at.is_(None))
            db.session.execute(ended.values(ended_at=now()).execution_options(synchronize_session=False))
        waits = [one for one in outcomes if one.what in ("later", "ours")]
        return due or (now() + LASTS / 72 if waits and row.attempts < TRIES else None)


def _phones(person: Person) -> list[Subscription]:
    """Hers alone: what others look at, too, rings only for news."""
    mine = sa.select(Subscription).join(Listener, Listener.subscription_id == Subscription.id)
    return list(db.session.scalars(mine.where(Listener.person_id == person.id, *_of_one())))


def _of_one() -> tuple[sa.ColumnElement[bool], ...]:
    others = sa.select(sa.func.count()).where(Listener.subscription_id == Subscription.id).correlate(Subscription)
    return Subscription.ended_at.is_(None), others.scalar_subquery() == 1, ~has_pins()


def can_ring(people: Collection[int], place: Group) -> set[int]:
    """Of these people, those who have a phone that a ring about this group makes ring, by day or by night."""
    near = sa.select(Listener.person_id).join(Subscription, Listener.subscription_id == Subscription.id)
    near = near.where(Listener.person_id.in_(people), *_of_one())
    return set(db.session.scalars(near)) - Silence.held(people, place)


def _letter(phone: Subscription, body: bytes, urgency: str) -> Letter:
    return Letter(
        number=phone.id, endpoint=phone.endpoint, p256dh=phone.p256dh, auth=phone.auth, key_id=phone.key_id, body=body,
        ttl=int(LASTS.total_seconds()), urgency=urgency, topic="",
    )  # fmt: skip
