"""What a batch owes each phone: written down, taken over, renewed, given up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from community.announcements.models import Announcement
from community.announcements.words import words_in
from community.database import db, now
from community.notifications.models import Delivery, opaque_token
from community.notifications.packing import Wanted
from community.outbox.models import Outbox
from community.subscriptions.models import Subscription

HELD = ("quiet", "full")  # copies that are not on their way yet
DELIVERY: Any = Delivery.__table__
INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def note(row: Outbox, said: Announcement, phones: Iterable[Wanted]) -> None:
    """Write down that this batch owes each of these phones a copy, unless another batch does."""
    phones = sorted(phones, key=lambda one: one.subscription_id)
    at = now()
    words = {language: carried(said, language) for language in {one.language for one in phones}}
    values = [
        {
            "community_id": said.community_id, "announcement_id": said.id,
            "subscription_id": one.subscription_id, "person_id": one.person_id,
            "batch_id": row.id, "token": opaque_token(), "state": "quiet" if one.due else "waiting", "due": one.due,
            "language": words[one.language], "attempts": 0, "created": at,
        }
        for one in phones
    ]  # fmt: skip
    if values:
        insert: Any = INSERT[db.session.get_bind().dialect.name](DELIVERY)
        db.session.execute(insert.on_conflict_do_nothing(), values)


def take_over(row: Outbox, said: Announcement, phones: Mapping[int, Wanted]) -> None:
    """Try anew where sending had failed: those copies are this batch's now."""
    failed = (Delivery.announcement_id == said.id, Delivery.state == "failed")
    again = sa.update(Delivery).where(*failed, Delivery.subscription_id.in_(list(phones)))
    db.session.execute(again.values(state="waiting", batch_id=row.id, attempts=0))


def let_go(row: Outbox, said: Announcement, phones: Mapping[int, Wanted]) -> None:
    """It has become urgent: what was held back for the morning or a digest rings now."""
    held = (Delivery.announcement_id == said.id, Delivery.state.in_(HELD))
    now_on = sa.update(Delivery).where(*held, Delivery.subscription_id.in_(list(phones)))
    db.session.execute(now_on.values(state="waiting", due=None, batch_id=row.id))


def carried(said: Announcement, language: str) -> str:
    """The language of the words that a phone of this language gets."""
    return language if words_in(said, language) else said.language


def renew(row: Outbox, said: Announcement, phones: Mapping[int, Wanted], language: str) -> None:
    """What these phones have in other words they get anew, once, in this language; who sleeps gets it in the morning.

    A phone that shows one line for all of its people shows that line already.
    """
    alone = {number: one.due for number, one in phones.items() if not one.is_shared}
    if said.audience.group.sensitive or not alone:
        return
    mine = (Delivery.announcement_id == said.id, sa.func.coalesce(Delivery.language, "") != language)
    held = sa.update(Delivery).where(*mine, Delivery.subscription_id.in_(list(alone)), Delivery.state.in_(HELD))
    db.session.execute(held.values(language=language))
    for due in set(alone.values()):
        at_once = [number for number, other in alone.items() if other == due]
        there = (Delivery.subscription_id.in_(at_once), Delivery.state.in_(("sent", "failed", "waiting")))
        state = {"state": "quiet" if due else "waiting", "due": due, "batch_id": row.id, "attempts": 0}
        db.session.execute(sa.update(Delivery).where(*mine, *there).values(language=language, **state))


def put_right(row: Outbox, said: Announcement, phones: Mapping[int, Wanted], mark: int) -> None:
    """What these phones were sent they are sent anew as it is now, once; who sleeps gets it in the morning."""
    sent = (Delivery.announcement_id == said.id, Delivery.accepted_at.is_not(None))
    for due in {one.due for one in phones.values()}:
        here = Delivery.subscription_id.in_([number for number, one in phones.items() if one.due == due])
        state = {"state": "quiet" if due else "waiting", "due": due, "batch_id": row.id, "attempts": 0}
        again = sa.update(Delivery).where(*sent, here, sa.func.coalesce(Delivery.correction, 0) < mark)
        db.session.execute(again.values(correction=mark, **state))


def wake(row: Outbox, said: Announcement) -> None:
    """The night of some phones is over: what the batch of the evening held back for them is this batch's now."""
    held = (Delivery.batch_id == row.args["batch"], Delivery.state == "quiet", Delivery.due <= now())
    woken = sa.update(Delivery).where(Delivery.announcement_id == said.id, *held)
    db.session.execute(woken.values(state="waiting", batch_id=row.id, due=None))


def mornings(row: Outbox) -> Sequence[datetime]:
    """When the nights end for which this batch holds copies back."""
    held = sa.select(Delivery.due).where(Delivery.batch_id == row.id, Delivery.state == "quiet")
    return [due for due in db.session.scalars(held.distinct()) if due]


def waiting(row: Outbox) -> Sequence[Any]:
    """The copies that this batch still has to send, each with where to: rows, because a batch has a thousand."""
    held = sa.select(
        Delivery.id, Delivery.token, Delivery.subscription_id, Subscription.endpoint, Subscription.p256dh,
        Subscription.auth, Subscription.key_id,
    ).join(Subscription, Delivery.subscription_id == Subscription.id)  # fmt: skip
    return db.session.execute(held.where(Delivery.batch_id == row.id, Delivery.state == "waiting")).all()


def give_up(numbers: Sequence[int], state: str) -> None:
    """These copies are not sent any more."""
    if numbers:
        db.session.execute(sa.update(Delivery).where(Delivery.id.in_(numbers)).values(state=state))
