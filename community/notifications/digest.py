"""The digest: what had no room on somebody's day rings the next morning, as one message for each phone.

Its promise names the batch that held copies back. Whatever else waits on the same phones comes along, so the digests
of other batches find nothing left; the phones are locked meanwhile, or two of them could each take a part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now
from community.days.spending import Wish
from community.notifications import owed, packing, payload, weighing
from community.notifications.fanout import send, settle
from community.notifications.letter import Letter, Outcome
from community.notifications.models import Delivery
from community.notifications.packing import Wanted
from community.outbox.models import Errand, Outbox
from community.subscriptions.models import Subscription

LASTS = timedelta(hours=24)  # until the next one may come
Copy = Any  # a row of `_copies`


@dataclass
class Bundle:
    """What one phone is told of: copies of announcements that somebody there still wants, the first one first."""

    phone: Wanted
    copies: list[Copy] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.copies[0].id)

    @property
    def subscription_id(self) -> int:
        return self.phone.subscription_id


class Digest(Errand):
    """Its argument is `batch`, the batch that held copies back."""

    def prepare(self, row: Outbox) -> list[Letter]:
        copies = _copies(row, _locked(row))
        said = _said({copy.announcement_id for copy in copies})
        bundles = _bundles(copies, said)
        owed.give_up([copy.id for copy in copies if copy.subscription_id not in bundles], "dropped")
        _drop(copies, bundles)
        return _letters(_with_room(row, bundles), said)

    def perform(self, work: list[Letter]) -> list[Outcome]:
        return send(work)

    def settle(self, row: Outbox, result: list[Outcome]) -> datetime | None:
        for what, state in (("accepted", "digest"), ("gone", "gone"), ("refused", "failed")):
            _tell(row, [one.number for one in result if one.what == what], state)
        # What the push service says of the phone itself is written down as for any copy; `_tell` said the rest.
        return settle([one for one in result if one.what not in ("accepted", "refused")], row.attempts)


def _locked(row: Outbox) -> Sequence[int]:
    """The phones on which this batch held something back that is due, or that this digest has begun with."""
    due = sa.and_(Delivery.batch_id == row.args["batch"], Delivery.state == "full", Delivery.due <= now())
    begun = sa.and_(Delivery.batch_id == row.id, Delivery.state == "bundled")
    phones = sa.select(Delivery.subscription_id).where(sa.or_(due, begun))
    locked = sa.select(Subscription.id).where(Subscription.id.in_(phones), Subscription.ended_at.is_(None))
    return db.session.scalars(locked.order_by(Subscription.id).with_for_update(key_share=True)).all()


def _copies(row: Outbox, phones: Sequence[int]) -> Sequence[Copy]:
    due = sa.and_(Delivery.state == "full", Delivery.due <= now())
    begun = sa.and_(Delivery.batch_id == row.id, Delivery.state == "bundled")
    copies = sa.select(
        Delivery.id, Delivery.announcement_id, Delivery.subscription_id, Subscription.endpoint, Subscription.p256dh,
        Subscription.auth, Subscription.key_id,
    ).join(Subscription, Delivery.subscription_id == Subscription.id)  # fmt: skip
    held = copies.where(Delivery.subscription_id.in_(phones), sa.or_(due, begun))
    return db.session.execute(held.order_by(Delivery.announcement_id)).all() if phones else []


def _said(numbers: Iterable[int]) -> dict[int, Announcement]:
    found = sa.select(Announcement).where(Announcement.id.in_(list(numbers))).options(*Announcement.whole())
    return {one.id: one for one in db.session.scalars(found) if one.is_live}


def _bundles(copies: Sequence[Copy], said: dict[int, Announcement]) -> dict[int, Bundle]:
    """By phone, what is still wanted there: one question for each announcement, not for each phone."""
    bundles: dict[int, Bundle] = {}
    for number, one in sorted(said.items()):
        here = [copy for copy in copies if copy.announcement_id == number]
        wants = packing.wanted(one, {"phones": [copy.subscription_id for copy in here]})
        for copy in here:
            if phone := wants.get(copy.subscription_id):
                bundle = bundles.setdefault(copy.subscription_id, Bundle(phone))
                bundle.copies.append(copy)
                bundle.phone.people.update(phone.people)
    return bundles


def _drop(copies: Sequence[Copy], bundles: dict[int, Bundle]) -> None:
    kept = {copy.id for bundle in bundles.values() for copy in bundle.copies}
    owed.give_up([one.id for one in copies if one.id not in kept and one.subscription_id in bundles], "dropped")


def _with_room(row: Outbox, bundles: dict[int, Bundle]) -> list[Bundle]:
    """Those that may ring now: it is day there, and the day has a place for it. The others wait for another morning."""
    phones = {number: bundle.phone for number, bundle in bundles.items()}
    over = weighing.without_room(Wish(), list(bundles.values()), phones)
    weighing.hold(row, [copy for bundle in over for copy in bundle.copies], phones)
    asleep = [bundle for bundle in bundles.values() if bundle.phone.due and bundle not in over]
    for bundle in asleep:
        _sleep(row, bundle)
    ready = [bundle for bundle in bundles.values() if bundle not in over and bundle not in asleep]
    _note(row, [copy.id for bundle in ready for copy in bundle.copies], state="bundled", due=None)
    return ready


def _sleep(row: Outbox, bundle: Bundle) -> None:
    due = bundle.phone.due or now()
    _note(row, [copy.id for copy in bundle.copies], state="full", due=due)
    Outbox.promise("digest", f"digest:{row.id}:{due:%Y%m%d%H%M}", due, rank=row.rank, batch=row.id)


def _note(row: Outbox, numbers: Sequence[int], **values: Any) -> None:
    if numbers:
        db.session.execute(sa.update(Delivery).where(Delivery.id.in_(numbers)).values(batch_id=row.id, **values))


def _letters(bundles: Iterable[Bundle], said: dict[int, Announcement]) -> list[Letter]:
    return [_letter(bundle, [said[copy.announcement_id] for copy in bundle.copies]) for bundle in bundles]


def _letter(bundle: Bundle, said: Sequence[Announcement]) -> Letter:
    copy = bundle.copies[0]
    is_neutral = bundle.phone.is_shared or said[0].audience.group.sensitive
    body = payload.digest(said[0], len(said), bundle.phone.language, is_neutral=is_neutral)
    return Letter(
        number=copy.id, endpoint=copy.endpoint, p256dh=copy.p256dh, auth=copy.auth, key_id=copy.key_id, body=body,
        ttl=int(LASTS.total_seconds()), urgency="normal", topic="digest",
    )  # fmt: skip


def _tell(row: Outbox, numbers: Sequence[int], state: str) -> None:
    """What became of these digests became of all that was in them."""
    if numbers:
        phones = sa.select(Delivery.subscription_id).where(Delivery.id.in_(numbers)).scalar_subquery()
        mine = (Delivery.batch_id == row.id, Delivery.state == "bundled", Delivery.subscription_id.in_(phones))
        db.session.execute(sa.update(Delivery).where(*mine).values(state=state))
