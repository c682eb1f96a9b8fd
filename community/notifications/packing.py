"""Who gets an announcement now: the phones of a batch, asked anew each time that the batch begins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.audience import inside
from community.announcements.models import Announcement
from community.announcements.words import words_in
from community.database import db, now
from community.groups.bans import Ban
from community.groups.membership import Membership
from community.groups.models import Group
from community.notifications.models import Delivery, opaque_token
from community.outbox.models import Outbox
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription

Asked = Mapping[str, Any]
INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Wanted:
    """One phone that shall have the announcement, and one of its people for whom."""

    subscription_id: int
    person_id: int
    language: str
    is_shared: bool
    reports: bool
    due: datetime | None  # when her night is over; None where it is day


def wanted(said: Announcement, asked: Asked) -> dict[int, Wanted]:
    """The phones of this range that shall have it, by subscription. Whoever has read it already is left in peace."""
    found: dict[int, Wanted] = {}
    for row in db.session.execute(_rows(said, asked)):
        due = None if said.is_urgent else night_ends(row, now())
        one = Wanted(row.subscription_id, row.id, row.language, row.listeners > 1, row.reports, due)
        kept = found.setdefault(one.subscription_id, one)
        if kept.due and (one.due is None or one.due < kept.due):
            found[one.subscription_id] = one
    return found


def _rows(said: Announcement, asked: Asked) -> sa.Select[Any]:
    others = sa.select(sa.func.count()).where(Listener.subscription_id == Subscription.id).correlate(Subscription)
    return (
        sa.select(
            Subscription.id.label("subscription_id"), Person.id, Person.language, Person.zone, Person.quiet_from,
            Person.quiet_until, Person.reports, others.scalar_subquery().label("listeners"),
        )
        .join(Listener, Listener.subscription_id == Subscription.id)
        .join(Person, Listener.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Group, Membership.group_id == Group.id)
        .where(*inside(said.audience), *_range(asked), *_listening(said, asked))
        .where(Subscription.ended_at.is_(None), ~_banned())
        .order_by(Subscription.id, Person.id)
    )  # fmt: skip


def _range(asked: Asked) -> list[sa.ColumnElement[bool]]:
    if "group" not in asked:
        return [Group.path > asked["after"], Group.path <= asked["upto"]]
    window = [Group.id == asked["group"], Membership.person_id > asked["above"]]
    return [*window, Membership.person_id <= asked["until"]] if "until" in asked else window


def _listening(said: Announcement, asked: Asked) -> list[sa.ColumnElement[bool]]:
    """Memberships that want it: loud enough, not muted, held when it was said, in time; not its author's own.

    Not who has read it; where it is said in her language only now, not who has understood it.
    """
    return [
        wanted_at(said),
        sa.or_(Membership.muted_until.is_(None), Membership.muted_until <= now()),
        *(_not_understood(said) if "language" in asked else [Membership.heard_seq < said.seq]),
        Membership.person_id != said.author_id,
        *in_time(said, asked.get("language")),
    ]


def in_time(said: Announcement, language: str | None) -> list[sa.ColumnElement[bool]]:
    """Those for whom this push is: of one language; of those in which it is said, while it waits for others; or all."""
    if language:
        return [Person.language == language]
    if said.waits_until and now() < said.waits_until:
        return [Person.language.in_([words.language for words in said.translations if not words.stale_at])]
    return []


def _not_understood(said: Announcement) -> list[sa.ColumnElement[bool]]:
    """Who was there when it was said, and may have seen it, but has not said that she understood."""
    given = (Acknowledgement.announcement_id == said.id, Acknowledgement.wish == "understood")
    understood = sa.exists().where(*given, Acknowledgement.person_id == Person.id).correlate(Person)
    return [Membership.created <= said.released_at, ~understood, *_there_when(said)]


def _there_when(said: Announcement) -> list[sa.ColumnElement[bool]]:
    """Not the groups of a community that came below this one only afterwards."""
    path = said.audience.group.path
    came = sa.select(Group.path).where(Group.below(path), Group.path != path, Group.joined.is_not(None))
    came = came.where(Group.merged_at > said.released_at)
    return [~Group.below(later) for later in db.session.scalars(came)]


def wanted_at(said: Announcement) -> sa.ColumnElement[bool]:
    """Whether a membership's level lets this announcement ring."""
    return Membership.level.in_(("everything", "urgent") if said.is_urgent else ("everything",))


def _banned() -> sa.ColumnElement[bool]:
    """Banned from the group of this row, or from one above it."""
    above = sa.orm.aliased(Group)
    begins = sa.func.substr(Group.path, 1, sa.func.length(above.path)) == above.path
    banned = sa.select(Ban.id).join(above, Ban.group_id == above.id).where(Ban.person_id == Person.id, begins)
    return banned.correlate(Person, Group).exists()


def night_ends(person: Any, at: datetime) -> datetime | None:
    """When the person's quiet hours are over, if they are now. Equal hours mean that she has none."""
    try:
        zone = ZoneInfo(person.zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("Asia/Kolkata")
    there = at.astimezone(zone)
    begins, ends = person.quiet_from, person.quiet_until
    night = (there.hour - begins) % 24 < (ends - begins) % 24
    if not night:
        return None
    morning = there.replace(hour=ends, minute=0, second=0, microsecond=0)
    return (morning if morning > there else morning + timedelta(days=1)).astimezone(at.tzinfo)


def note(row: Outbox, said: Announcement, phones: Iterable[Wanted]) -> None:
    """Write down that this batch owes each of these phones a copy, unless another batch does."""
    values = [
        {
            "community_id": said.community_id, "announcement_id": said.id,
            "subscription_id": one.subscription_id, "person_id": one.person_id,
            "batch_id": row.id, "token": opaque_token(), "state": "quiet" if one.due else "waiting", "due": one.due,
            "language": carried(said, one), "attempts": 0, "created": now(),
        }
        for one in sorted(phones, key=lambda one: one.subscription_id)
    ]  # fmt: skip
    if values:
        insert: Any = INSERT[db.session.get_bind().dialect.name](Delivery)
        db.session.execute(insert.on_conflict_do_nothing(), values)


def take_over(row: Outbox, said: Announcement, phones: Mapping[int, Wanted]) -> None:
    """Try anew where sending had failed: those copies are this batch's now."""
    failed = (Delivery.announcement_id == said.id, Delivery.state == "failed")
    again = sa.update(Delivery).where(*failed, Delivery.subscription_id.in_(list(phones)))
    db.session.execute(again.values(state="waiting", batch_id=row.id, attempts=0))


def carried(said: Announcement, phone: Wanted) -> str:
    """The language of the words that this phone gets."""
    return phone.language if words_in(said, phone.language) else said.language


def renew(row: Outbox, said: Announcement, phones: Mapping[int, Wanted], language: str) -> None:
    """What these phones have in other words they get anew, once, in this language; who sleeps gets it in the morning.

    A phone that shows one line for all of its people shows that line already.
    """
    alone = {number: one.due for number, one in phones.items() if not one.is_shared}
    if said.audience.group.sensitive or not alone:
        return
    mine = (Delivery.announcement_id == said.id, sa.func.coalesce(Delivery.language, "") != language)
    held = sa.update(Delivery).where(*mine, Delivery.subscription_id.in_(list(alone)), Delivery.state == "quiet")
    db.session.execute(held.values(language=language))
    for due in set(alone.values()):
        at_once = [number for number, other in alone.items() if other == due]
        there = (Delivery.subscription_id.in_(at_once), Delivery.state.in_(("sent", "failed", "waiting")))
        state = {"state": "quiet" if due else "waiting", "due": due, "batch_id": row.id, "attempts": 0}
        db.session.execute(sa.update(Delivery).where(*mine, *there).values(language=language, **state))


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
