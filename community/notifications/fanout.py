"""The batches of a fan-out: pack, send, settle. The one place where announcements leave the house."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.announcements.words import words_in
from community.database import db, now
from community.notifications import folding, owed, packing, payload, weighing
from community.notifications.models import Delivery
from community.notifications.ranges import is_told
from community.notifications.sender import Letter, Outcome, sender
from community.outbox.models import LATER, Errand, Outbox
from community.subscriptions.models import Subscription

log = logging.getLogger(__name__)
LIVES, URGENT_LIVES = timedelta(hours=72), timedelta(hours=24)  # how long a push service keeps it, and how long we try
PATIENCE = timedelta(seconds=30)  # before the second try; twice as long each time, at most an hour
SHOUT = timedelta(minutes=10)  # until we try again after a push service has refused our keys


def lives(said: Announcement) -> timedelta:
    return URGENT_LIVES if said.is_urgent else LIVES


@dataclass(frozen=True)
class Post:
    """What a batch takes along: letters, and the moment at which it set out."""

    letters: list[Letter]


class Push(Errand):
    """One batch: the phones of a range of groups. Its arguments are those of `packing.wanted`."""

    def prepare(self, row: Outbox) -> Post:
        folding.fold_daily()
        said = db.session.get_one(Announcement, row.args["announcement_id"])
        phones = packing.wanted(said, row.args) if _is_due(said, row.args) else {}
        self.take(row, said, phones)
        letters = _letters(row, said, phones, spends="correction" not in row.args)
        self.hold_back(row)
        return Post(letters)

    def take(self, row: Outbox, said: Announcement, phones: dict[int, packing.Wanted]) -> None:
        """Make the copies of these phones this batch's own."""
        if mark := row.args.get("correction"):
            owed.put_right(row, said, phones, mark)
        else:
            self.take_new(row, said, phones)

    def take_new(self, row: Outbox, said: Announcement, phones: dict[int, packing.Wanted]) -> None:
        owed.note(row, said, phones.values())
        if row.args.get("again") and row.attempts == 1:
            owed.take_over(row, said, phones)
        if language := row.args.get("language"):
            owed.renew(row, said, phones, language)
        if row.args.get("raised"):
            owed.let_go(row, said, phones)

    def hold_back(self, row: Outbox) -> None:
        """Promise the morning to those who sleep."""
        for due in owed.mornings(row):
            asked = row.args | {"batch": row.id}
            Outbox.promise("morning", f"morning:{row.id}:{due:%Y%m%d%H%M}", due, rank=LATER, **asked)

    def perform(self, work: Post) -> list[Outcome]:
        return send(work.letters)

    def settle(self, row: Outbox, result: list[Outcome]) -> datetime | None:
        return settle(result, row.attempts)


def send(letters: list[Letter]) -> list[Outcome]:
    return sender().send(letters) if letters else []


def _is_due(said: Announcement, asked: packing.Asked) -> bool:
    """Not what was removed, nor words in a language that were taken back."""
    return is_told(said, asked) and ("language" not in asked or words_in(said, asked["language"]) is not None)


class Morning(Push):
    """What a batch held back in the night. Whoever has read it meanwhile, or left, is not woken for it."""

    def take(self, row: Outbox, said: Announcement, phones: dict[int, packing.Wanted]) -> None:
        owed.wake(row, said)


def _letters(row: Outbox, said: Announcement, phones: dict[int, packing.Wanted], *, spends: bool) -> list[Letter]:
    """A letter for each copy that is still wanted and for which the day has room; what nobody wants is given up.

    What only takes the place of something that has rung already spends nothing of anybody's day.
    """
    copies = owed.waiting(row)
    owed.give_up([copy.id for copy in copies if copy.subscription_id not in phones], "dropped")
    copies = [copy for copy in copies if copy.subscription_id in phones]
    mark = row.args.get("correction")
    age = now() - (datetime.fromtimestamp(mark / 1000, UTC) if mark else said.released_at or now())
    if age > lives(said):
        owed.give_up([copy.id for copy in copies], "failed")
        return []
    if spends:
        copies = weighing.weigh(row, said, phones, copies)
    bodies = _Bodies(said, is_silent=mark is not None)
    seconds = max(60, int((lives(said) - age).total_seconds()))
    return [_letter(copy, said, bodies.of(copy.token, phones[copy.subscription_id]), seconds) for copy in copies]


class _Bodies:
    """The payloads of one announcement: made once for each language, then addressed."""

    def __init__(self, said: Announcement, *, is_silent: bool) -> None:
        self.said, self.is_silent = said, is_silent
        self.packed: dict[tuple[str, bool], bytes] = {}

    def of(self, token: str, phone: packing.Wanted) -> bytes:
        kind = (phone.language, phone.is_shared or self.said.audience.group.sensitive)
        if kind not in self.packed:
            self.packed[kind] = payload.template(self.said, kind[0], is_neutral=kind[1], is_silent=self.is_silent)
        return payload.addressed(self.packed[kind], token if phone.reports else None)


def _letter(copy: sa.Row[Any], said: Announcement, body: bytes, seconds: int) -> Letter:
    return Letter(
        number=copy.id, endpoint=copy.endpoint, p256dh=copy.p256dh, auth=copy.auth, key_id=copy.key_id, body=body,
        ttl=seconds, urgency="high" if said.is_urgent else "normal", topic=f"a{said.id}",
    )  # fmt: skip


def settle(outcomes: list[Outcome], attempts: int) -> datetime | None:
    """Write down what became of each copy; the moment at which some shall be tried again, or None."""
    by_what: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_what.setdefault(one.what, []).append(one)
    _write(by_what.get("accepted", []), state="sent", accepted_at=now())
    _write(by_what.get("refused", []), state="failed")
    _forget(by_what.get("gone", []))
    return _again(by_what.get("later", []), by_what.get("ours", []), attempts)


def _write(outcomes: list[Outcome], **values: Any) -> None:
    numbers = [one.number for one in outcomes]
    if numbers:
        db.session.execute(sa.update(Delivery).where(Delivery.id.in_(numbers)).values(**values))


def _forget(outcomes: list[Outcome]) -> None:
    """The push service knows these phones no more: they get nothing until they subscribe anew.

    A phone that was here since the copy was noted may have subscribed anew already: the next push will tell.
    """
    _write(outcomes, state="gone")
    numbers = [one.number for one in outcomes]
    copies = sa.select(Delivery.subscription_id).where(Delivery.id.in_(numbers), Delivery.created >= Subscription.seen)
    if outcomes:
        known = Subscription.id.in_(copies.correlate(Subscription))
        ended = sa.update(Subscription).where(known, Subscription.ended_at.is_(None))
        db.session.execute(ended.values(ended_at=now()).execution_options(synchronize_session=False))


def _again(later: list[Outcome], ours: list[Outcome], attempts: int) -> datetime | None:
    """When the first of these may be tried again. A push service that named a time is taken at its word."""
    if ours:
        log.critical("push: the push services refuse our VAPID keys (%s messages wait)", len(ours))
    _write([*later, *ours], attempts=Delivery.attempts + 1)
    patience = min(PATIENCE * 2 ** min(attempts, 7), timedelta(hours=1))
    waits = [timedelta(seconds=one.retry_after) if one.retry_after else patience for one in later]
    waits += [SHOUT] * bool(ours)
    return now() + min(waits) if waits else None
