"""Who gets an announcement now: the phones of a batch, asked anew each time that the batch begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.audience import EVERYBODY, inside
from community.announcements.models import Announcement
from community.database import db, now
from community.groups.bans import Ban
from community.groups.membership import Membership
from community.groups.models import Group
from community.notifications.models import Delivery
from community.notifications.nights import Clock, Nights
from community.people.blocks import Block
from community.people.models import Person, Session
from community.phones.models import Pin
from community.subscriptions.models import Listener, Subscription

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """One phone that shall have the announcement, and one of its people for whom."""

    subscription_id: int
    person_id: int
    language: str
    is_shared: bool  # several people listen there, or have PINs: others look at it, too
    reports: bool
    due: datetime | None  # when her night is over; None where it is day
    people: dict[int, Clock] = field(default_factory=dict)  # all of its people for whom it is, each by her own clock


def wanted(said: Announcement, asked: Asked) -> dict[int, Wanted]:
    """The phones of this range that shall have it, by subscription. Whoever has read it already is left in peace."""
    found: dict[int, Wanted] = {}
    nights = Nights(now())
    for row in db.session.execute(_rows(said, asked)):
        clock = Clock(row.zone, row.quiet_from, row.quiet_until)
        due = nights.end(clock) if "correction" in asked or not said.is_urgent else None
        one = Wanted(row.subscription_id, row.id, row.language, row.listeners > 1 or row.pins, row.reports, due, {})
        kept = found.setdefault(one.subscription_id, one)
        kept.people[row.id] = clock
        if kept.due and (one.due is None or one.due < kept.due):
            found[one.subscription_id] = replace(one, people=kept.people)
    return found


def _rows(said: Announcement, asked: Asked) -> sa.Select[Any]:
    others = sa.select(sa.func.count()).where(Listener.subscription_id == Subscription.id).correlate(Subscription)
    return (
        sa.select(
            Subscription.id.label("subscription_id"), Person.id, Person.language, Person.zone, Person.quiet_from,
            Person.quiet_until, Person.reports, others.scalar_subquery().label("listeners"), has_pins().label("pins"),
        )
        .join(Listener, Listener.subscription_id == Subscription.id)
        .join(Person, Listener.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Group, Membership.group_id == Group.id)
        .where(*inside(said.audience), *_range(asked), *_listening(said, asked))
        .where(Subscription.ended_at.is_(None), ~_banned(), *_with_roles(said))
        .order_by(Subscription.id, Person.id)
    )  # fmt: skip


def _with_roles(said: Announcement) -> list[sa.ColumnElement[bool]]:
    """What is for those with a role does not ring on a phone on which she acts without hers."""
    if said.audience.role == EVERYBODY:
        return []
    here = (Session.phone_id == Subscription.phone_id, Session.person_id == Person.id, Session.ended_at.is_(None))
    return [~sa.exists().where(*here, Session.without_roles).correlate(Subscription, Person)]


def has_pins() -> sa.ColumnElement[bool]:
    """Whether people have PINs on the phone of this row's subscription."""
    return sa.exists().where(Pin.phone_id == Subscription.phone_id).correlate(Subscription)


def _range(asked: Asked) -> list[sa.ColumnElement[bool]]:
    if "phones" in asked:
        return [Subscription.id.in_(asked["phones"])]
    if "group" not in asked:
        return [Group.path > asked["after"], Group.path <= asked["upto"]]
    window = [Group.id == asked["group"], Membership.person_id > asked["above"]]
    return [*window, Membership.person_id <= asked["until"]] if "until" in asked else window


def _listening(said: Announcement, asked: Asked) -> list[sa.ColumnElement[bool]]:
    """Memberships that want it: loud enough, not muted, held when it was said, in time; not its author's own.

    Not who has read it; where it is said in her language only now, not who has understood it. What was put right goes
    to each phone that was sent it, however its people listen now: it makes no sound.
    """
    if "correction" in asked:
        return [Membership.person_id != said.author_id, _was_sent(said)]
    return [
        wanted_at(said),
        sa.or_(Membership.muted_until.is_(None), Membership.muted_until <= now()),
        *(_not_understood(said) if "language" in asked else [Membership.heard_seq < said.seq]),
        Membership.person_id != said.author_id,
        *([~Block.between(said.author_id)] if said.author_role == "member" else []),
        *in_time(said, asked.get("language")),
    ]


def _was_sent(said: Announcement) -> sa.ColumnElement[bool]:
    accepted = (Delivery.announcement_id == said.id, Delivery.accepted_at.is_not(None))
    return sa.exists().where(*accepted, Delivery.subscription_id == Subscription.id).correlate(Subscription)


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
    banned = sa.select(Ban.id).join(above, Ban.group_id == above.id)
    banned = banned.where(Ban.person_id == Person.id, begins, Ban.lasting())
    return banned.correlate(Person, Group).exists()
