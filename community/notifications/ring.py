"""One ring for one person: a line that calls her to a page. Not by night, and only on phones that are hers alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from community.database import db, now
from community.notifications.packing import night_ends
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
    """`called` says who is called and what her phone shows."""

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        """Whom it rings for, and what makes the payload; None where nobody has to be called any more."""
        raise NotImplementedError

    def prepare(self, row: Outbox) -> Post:
        found = self.called(row)
        if found is None:
            return Post([])
        person, body = found
        if due := night_ends(person, now()):
            return Post([], due)
        packed = body()
        return Post([_letter(phone, packed) for phone in _phones(person)])

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
    others = sa.select(sa.func.count()).where(Listener.subscription_id == Subscription.id).correlate(Subscription)
    mine = sa.select(Subscription).join(Listener, Listener.subscription_id == Subscription.id)
    mine = mine.where(Listener.person_id == person.id, Subscription.ended_at.is_(None), others.scalar_subquery() == 1)
    return list(db.session.scalars(mine))


def _letter(phone: Subscription, body: bytes) -> Letter:
    return Letter(
        number=phone.id, endpoint=phone.endpoint, p256dh=phone.p256dh, auth=phone.auth, key_id=phone.key_id, body=body,
        ttl=int(LASTS.total_seconds()), urgency="normal", topic="",
    )  # fmt: skip
