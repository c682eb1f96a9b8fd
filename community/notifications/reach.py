"""Who was reached, and why others were not: counted in people, in one question; after thirty days only the counts."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.audience import inside
from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.notifications.discretion import STEPS, Counts, Told, tell
from community.notifications.models import Delivery, ReachCount
from community.notifications.packing import wanted_at
from community.subscriptions.models import Listener, Subscription

LIFE = timedelta(days=7)  # a phone that was not opened for so long gives no sign of life
SENDING = timedelta(minutes=15)  # so long after the release a phone without a copy may still be waiting its turn
# Why somebody was not reached, the first that is true of her.
REASONS = ("way", "silent", "never", "ended", "quiet", "waiting", "failed", "muted")
SENT = ("way", "silent")  # those to whose phone something was sent


def of(said: Announcement) -> Told:
    """What may be said of the announcement's reach."""
    return tell(_kept(said) or counted(said), SENT)


def _kept(said: Announcement) -> Counts | None:
    """The counts as they were when the deliveries were taken away; None while those are there."""
    rows = sa.select(ReachCount.what, ReachCount.people).where(ReachCount.announcement_id == said.id)
    kept = {what: people for what, people in db.session.execute(rows)}
    return _counts(kept["whole"], kept) if kept else None


def counted(said: Announcement) -> Counts:
    """The true counts as things are now. They leave this file by `tell` alone, or as a ReachCount."""
    totals: dict[str, int] = dict.fromkeys((*STEPS, *REASONS), 0)
    whole = 0
    for row in db.session.execute(_totals(said)).mappings():
        whole += row["people"]
        for step in STEPS:
            totals[step] += row[step]
        if row["reason"] in REASONS:
            totals[row["reason"]] = row["people"]
    return _counts(whole, totals)


def _counts(whole: int, found: dict[str, int]) -> Counts:
    return Counts(whole, {step: found[step] for step in STEPS}, {reason: found[reason] for reason in REASONS})


def _totals(said: Announcement) -> sa.Select[Any]:
    each = _each(said).subquery()
    sums = [sa.func.sum(each.c[step]).label(step) for step in STEPS]
    return sa.select(each.c.reason, sa.func.count().label("people"), *sums).group_by(each.c.reason)


def _each(said: Announcement) -> sa.Select[Any]:
    """One row for each person it is for: the steps as 0 or 1, and `reason`."""
    people, phones = _people(said), _phones(said)
    copies, answers = _copies(said), _answers(said)
    answered, explain = _yes(answers.c.answered), _yes(answers.c.explain)
    heard = sa.or_(people.c.heard == 1, answered, people.c.person_id == said.author_id)
    reached = sa.or_(heard, _yes(copies.c.shown))
    accepted, waiting = _yes(copies.c.accepted), sa.literal(_is_going_out(said))
    reason = sa.case(
        (reached, "reached"),
        (sa.and_(accepted, _yes(copies.c.alive)), "way"),
        (accepted, "silent"),
        (phones.c.alive.is_(None), "never"),
        (phones.c.alive == 0, "ended"),
        (_yes(copies.c.quiet), "quiet"),
        (_yes(copies.c.waiting), "waiting"),
        (_yes(copies.c.failed), "failed"),
        (_yes(copies.c.gone), "ended"),
        (sa.or_(people.c.muted == 1, _yes(copies.c.dropped)), "muted"),
        (waiting, "waiting"),
        else_="failed",
    )
    steps = {
        "accepted": accepted, "shown": _yes(copies.c.shown), "opened": _yes(copies.c.opened), "heard": heard,
        "understood": sa.and_(answered, ~explain), "explain": explain,
    }  # fmt: skip
    joined = people.outerjoin(copies, copies.c.person_id == people.c.person_id)
    joined = joined.outerjoin(phones, phones.c.person_id == people.c.person_id)
    joined = joined.outerjoin(answers, answers.c.person_id == people.c.person_id)
    return sa.select(reason.label("reason"), *(_bit(one).label(name) for name, one in steps.items())).select_from(
        joined
    )


def _is_going_out(said: Announcement) -> bool:
    """Whether a phone without a copy may still get one: its turn has not come, or its people's language has not."""
    return now() - (said.released_at or now()) < SENDING or bool(said.waits_until and now() < said.waits_until)


def _bit(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)


def _yes(bit: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(bit, 0) == 1


def _any(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.max(_bit(condition)).label(name)


def _people(said: Announcement) -> sa.Subquery:
    """Whom it is for: heard through any of her groups, muted where she wants it from none of them."""
    later = sa.and_(Membership.muted_until.is_not(None), Membership.muted_until > now())
    wants_not = sa.or_(~wanted_at(said), later)
    heard = _any(Membership.heard_seq >= (said.seq or 0), "heard")
    people = sa.select(Membership.person_id, heard, sa.func.min(_bit(wants_not)).label("muted"))
    people = people.join(Group, Membership.group_id == Group.id).where(*inside(said.audience))
    return people.group_by(Membership.person_id).subquery()


def _copies(said: Announcement) -> sa.Subquery:
    """What became of the copies of each person's phones. A shared phone showed it to all of its people."""
    facts = (
        Delivery.state, Delivery.subscription_id, Delivery.accepted_at,
        sa.func.coalesce(Delivery.shown_at, Delivery.opened_at).label("shown_at"),
    )  # fmt: skip
    own = sa.select(Delivery.person_id, *facts, Delivery.opened_at)
    others = sa.select(Listener.person_id, *facts, sa.null().label("opened_at")).join(
        Listener, Listener.subscription_id == Delivery.subscription_id
    )
    others = others.where(Listener.person_id != Delivery.person_id)
    here = Delivery.announcement_id == said.id
    each = sa.union_all(own.where(here), others.where(here)).subquery()
    seen = sa.and_(Subscription.seen >= now() - LIFE, Subscription.ended_at.is_(None))
    accepted = sa.or_(each.c.accepted_at.is_not(None), each.c.shown_at.is_not(None))
    states = [_any(each.c.state == state, state) for state in ("quiet", "waiting", "failed", "gone", "dropped")]
    copies = sa.select(
        each.c.person_id, _any(accepted, "accepted"), _any(each.c.shown_at.is_not(None), "shown"),
        _any(each.c.opened_at.is_not(None), "opened"), _any(sa.and_(accepted, seen), "alive"), *states,
    )  # fmt: skip
    copies = copies.outerjoin(Subscription, Subscription.id == each.c.subscription_id)
    return copies.group_by(each.c.person_id).subquery()


def _phones(said: Announcement) -> sa.Subquery:
    """Whether each of the people who listen on some phone has one that the push service still knows."""
    people = sa.select(Membership.person_id).join(Group, Membership.group_id == Group.id).where(*inside(said.audience))
    phones = sa.select(Listener.person_id, _any(Subscription.ended_at.is_(None), "alive"))
    phones = phones.join(Subscription, Subscription.id == Listener.subscription_id)
    return phones.where(Listener.person_id.in_(people)).group_by(Listener.person_id).subquery()


def _answers(said: Announcement) -> sa.Subquery:
    given = sa.select(
        Acknowledgement.person_id, _any(sa.true(), "answered"), _any(Acknowledgement.wish == "explain", "explain")
    )
    return given.where(Acknowledgement.announcement_id == said.id).group_by(Acknowledgement.person_id).subquery()
