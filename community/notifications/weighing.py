"""Whether somebody's day has room for an announcement, asked of a batch's copies before they go out.

A copy rings if the day of any of the phone's people has room. What has none waits for the digest of their next day: it
keeps its place on the board, and its batch promises the digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now
from community.days.models import Budget
from community.days.spending import Wish, spend
from community.notifications.models import Delivery
from community.notifications.nights import day_of, digest_due
from community.notifications.packing import Wanted
from community.outbox.models import LATER, Outbox

Copy = Any  # a row with `id` and `subscription_id`
Days = dict[date, set[int]]


def weigh(row: Outbox, said: Announcement, phones: Mapping[int, Wanted], owed: Sequence[Copy]) -> Sequence[Copy]:
    """Of the copies that this batch would send now, those that may; what has no room, now or in the morning, is held.

    `owed` are wanted. Who fell asleep since her copy was packed hears it in the morning.
    """
    asleep = [copy for copy in owed if phones[copy.subscription_id].due]
    _put_to_bed(asleep, phones)
    copies = [*owed, *_sleeping(row, phones)]
    over = without_room(_wish(said), copies, phones) if copies else []
    if over:
        hold(row, over, phones)
    gone = {copy.id for copy in (*asleep, *over)}
    return [copy for copy in owed if copy.id not in gone]


def _wish(said: Announcement) -> Wish:
    most = None if said.is_urgent else Budget.of(said.community_id)
    return Wish(said.id, said.community_id, most, is_urgent=said.is_urgent)


def _put_to_bed(copies: Iterable[Copy], phones: Mapping[int, Wanted]) -> None:
    by_due: dict[datetime | None, list[int]] = {}
    for copy in copies:
        by_due.setdefault(phones[copy.subscription_id].due, []).append(copy.id)
    for due, numbers in by_due.items():
        _hold(numbers, "quiet", due)


def _hold(numbers: Sequence[int], state: str, due: datetime | None, **more: int) -> None:
    db.session.execute(sa.update(Delivery).where(Delivery.id.in_(numbers)).values(state=state, due=due, **more))


def _sleeping(row: Outbox, phones: Mapping[int, Wanted]) -> list[Copy]:
    """What this batch holds for the morning: it takes its place in that day now."""
    if not any(one.due for one in phones.values()):
        return []
    held = sa.select(Delivery.id, Delivery.subscription_id).where(Delivery.batch_id == row.id)
    return [copy for copy in db.session.execute(held.where(Delivery.state == "quiet")) if copy[1] in phones]


def without_room(wish: Wish, copies: Sequence[Copy], phones: Mapping[int, Wanted]) -> list[Copy]:
    """The copies of phones on which nobody's day has room. For the others it is written down that it was used."""
    at = now()
    asked: Days = {}
    for phone in {copy.subscription_id: phones[copy.subscription_id] for copy in copies}.values():
        for person, day in days_of(phone, at):
            asked.setdefault(day, set()).add(person)
    may = {day: spend(wish, people, day) for day, people in sorted(asked.items())}
    rings = {
        number for number in {copy.subscription_id for copy in copies}
        if any(person in may[day] for person, day in days_of(phones[number], at))
    }  # fmt: skip
    return [copy for copy in copies if copy.subscription_id not in rings]


def days_of(phone: Wanted, at: datetime) -> list[tuple[int, date]]:
    """Each of its people, with the day on which it would ring for her."""
    return [(person, day_of(clock, phone.due or at)) for person, clock in phone.people.items()]


def hold(row: Outbox, copies: Sequence[Copy], phones: Mapping[int, Wanted]) -> None:
    """Nobody's day has room: these copies wait for the next morning's digest, whose place is taken at once."""
    at, by_due = now(), dict[datetime, list[Copy]]()
    for copy in copies:
        by_due.setdefault(_digest_due(phones[copy.subscription_id], at), []).append(copy)
    for due, some in by_due.items():
        _hold([copy.id for copy in some], "full", due, batch_id=row.id)
        _keep_room(some, phones, due)
        Outbox.promise("digest", f"digest:{row.id}:{due:%Y%m%d%H%M}", due, rank=LATER, batch=row.id)


def _digest_due(phone: Wanted, at: datetime) -> datetime:
    return min(digest_due(phone.people[person], day, at) for person, day in days_of(phone, at))


def _keep_room(copies: Sequence[Copy], phones: Mapping[int, Wanted], due: datetime) -> None:
    """Where the next day is full already the digest finds out in the morning, and waits for one more day."""
    days: Days = {}
    for number in {copy.subscription_id for copy in copies}:
        for person, clock in phones[number].people.items():
            days.setdefault(day_of(clock, due), set()).add(person)
    for day, people in sorted(days.items()):
        spend(Wish(), people, day)
