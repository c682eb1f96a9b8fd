"""Counts groups from the rows themselves, some hundred at a time: own numbers, and why a group needs somebody.

Nothing here reads a word that was said: of announcements it knows when and where, of people that they are there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from community.announcements.audience import EVERYBODY, Audience, ids_in
from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group, GroupCategory
from community.groups.offices import Office
from community.notifications.models import Delivery
from community.oversight.models import OWN
from community.oversight.need import bits, has_died, score
from community.oversight.pressing import Waits, counted
from community.oversight.pressing import own as own_waits
from community.people.models import Session
from community.subscriptions.models import Listener, Subscription

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
ASLEEP = timedelta(days=14)  # an admin who was not here for so long
SETTLED = timedelta(days=2)  # so old must news be to ask who has heard it
PATIENCE = timedelta(days=3)  # so long may somebody wait for an answer
Numbers = dict[str, int]


@dataclass(frozen=True)
class Place:
    """A group's place in the tree, and nothing of what it looks like."""

    id: int
    community_id: int
    parent_id: int | None
    ancestors: list[int]
    rests: bool

    @property
    def lineage(self) -> list[int]:
        return [*self.ancestors, self.id]


def places(where: Iterable[sa.ColumnElement[bool]], most: int | None = None) -> list[Place]:
    """The groups as they stand now, parents first."""
    columns = (Group.id, Group.community_id, Group.parent_id, Group.ancestors, Group.rests)
    rows = db.session.execute(sa.select(*columns).where(*where).order_by(Group.path).limit(most))
    return [Place(of, community, parent, above, rests) for of, community, parent, above, rests in rows]


def recounted(community_id: int, groups: Collection[Place]) -> dict[int, Numbers]:
    """The true numbers of these groups of one community, by their ids."""
    awake = [place for place in groups if not place.rests]
    ids = [place.id for place in awake]
    led, newest = _led([*ids, *(place.parent_id for place in awake if place.parent_id)]), _newest(awake)
    numbers = {
        "people": _people(ids), "new_7": _people(ids, since=now() - WEEK), "new_30": _people(ids, since=now() - MONTH),
        "phones": _phones(ids, Subscription.ended_at.is_(None), Subscription.seen > now() - WEEK),
        "died": _phones(ids, Subscription.ended_at > now() - MONTH),
        "reached": _reached(community_id, ids), "heard": _heard(newest), "said": _said(ids),
    }  # fmt: skip
    pressed, served = counted(ids), _served(community_id, awake)
    found = {place.id: _nothing() for place in groups}
    for place in awake:
        waits = own_waits(pressed, place.id)
        own = {name: by_group.get(place.id, 0) for name, by_group in numbers.items()} | waits
        is_led = _is_led(place, led) or place.id in served
        facts = _facts(own, led.get(place.id, (0, 0)), is_led, place.id in newest, _is_late(pressed, place))
        found[place.id] = _nothing() | own | _weighed(own["people"], facts) | {"admins": led.get(place.id, (0, 0))[0]}
    return found


def _nothing() -> Numbers:
    """What a group counts that rests."""
    return dict.fromkeys((*OWN, "why", "need", "admins", "press", "press_plain"), 0)


def _is_late(pressed: Mapping[str, Waits], place: Place) -> bool:
    """Whether somebody waits to come in for longer than she should."""
    since = pressed["waiting"].get(place.id, (0, 0))[1]
    return bool(since) and since < (now() - PATIENCE).timestamp()


def _is_led(place: Place, led: Mapping[int, tuple[int, int]]) -> bool:
    """Without an admin of its own, the group right above may look after it."""
    return any(led.get(one or 0, (0, 0))[0] for one in (place.id, place.parent_id))


def _facts(own: Numbers, led: tuple[int, int], is_led: bool, is_told: bool, is_late: bool) -> dict[str, bool]:
    """Which reasons there are. `led` are the group's own admins, and those of them who were here lately."""
    admins, awake = led
    return {
        "nobody": not is_led,
        "asleep": bool(admins and not awake),
        "unheard": is_told and own["people"] > 1 and not own["heard"],
        "waiting": is_late,
        "died": has_died(own["died"], own["people"]),
    }


def _weighed(people: int, facts: dict[str, bool]) -> Numbers:
    why = bits(reason for reason, is_so in facts.items() if is_so)
    return {
        "groups": 1, "asleep": int(facts["asleep"]), "needs": int(why > 0), "why": why, "need": score(why, people),
    }  # fmt: skip


def _held(ids: Collection[int], *where: sa.ColumnElement[bool]) -> sa.CTE:
    """The memberships of these groups. In two halves: each has an index of its own, and there is none for both."""
    columns = (Membership.group_id, Membership.person_id, Membership.heard_seq, Membership.created)
    here = sa.select(*columns).where(Membership.group_id.in_(ids), *where)
    halves = (here.where(Membership.child_id.is_(None)), here.where(Membership.child_id.is_not(None)))
    return sa.union_all(*halves).cte("inside")


def _by_group(query: sa.Select[Any, int]) -> dict[int, int]:
    return {group: count for group, count in db.session.execute(query)}


def _people(ids: Collection[int], since: Any = None) -> dict[int, int]:
    """How many different people are in each; with `since` those who came first then or later."""
    held = _held(ids)
    each = sa.select(held.c.group_id, sa.func.min(held.c.created).label("came"))
    came = each.group_by(held.c.group_id, held.c.person_id).subquery()
    counted = sa.select(came.c.group_id, sa.func.count()).group_by(came.c.group_id)
    return _by_group(counted.where(came.c.came > since) if since else counted)


def _phones(ids: Collection[int], *where: sa.ColumnElement[bool]) -> dict[int, int]:
    """How many different phones of its people."""
    held = _held(ids)
    joined = held.join(Listener, Listener.person_id == held.c.person_id)
    joined = joined.join(Subscription, Subscription.id == Listener.subscription_id)
    phones = sa.func.count(sa.distinct(Subscription.id))
    return _by_group(sa.select(held.c.group_id, phones).select_from(joined).where(*where).group_by(held.c.group_id))


def _reached(community_id: int, ids: Collection[int]) -> dict[int, int]:
    """People whose phone showed news of this community."""
    held = _held(ids)
    shown = sa.func.coalesce(Delivery.shown_at, Delivery.opened_at) > now() - MONTH
    copy = sa.exists().where(
        Delivery.person_id == held.c.person_id, shown, Announcement.id == Delivery.announcement_id,
        Announcement.community_id == community_id,
    )  # fmt: skip
    people = sa.func.count(sa.distinct(held.c.person_id))
    return _by_group(sa.select(held.c.group_id, people).where(copy).group_by(held.c.group_id))


def _led(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many admins each has, and how many of them were here lately."""
    held = _held(set(ids), Membership.role == "admin")
    seen = sa.exists().where(Session.person_id == held.c.person_id, Session.seen > now() - ASLEEP)
    people = sa.func.count(sa.distinct(held.c.person_id))
    awake = sa.func.count(sa.distinct(sa.case((seen, held.c.person_id))))
    query = sa.select(held.c.group_id, people, awake).group_by(held.c.group_id)
    return {group: (admins, lately) for group, admins, lately in db.session.execute(query)}


def _served(community_id: int, groups: Collection[Place]) -> set[int]:
    """Those that an office looks after: its holder is an admin of all groups with a category in a branch."""
    lasting = (Office.community_id == community_id, Office.role == "admin", Office.lasts())
    offices = db.session.execute(sa.select(Office.group_id, Office.category_id).where(*lasting)).all()
    if not offices:
        return set()
    carried = _carried([place.id for place in groups])
    return {
        place.id for place in groups for at, category in offices
        if at in place.lineage and category in carried.get(place.id, ())
    }  # fmt: skip


def _said(ids: Collection[int]) -> dict[int, int]:
    lately = (Announcement.released_at > now() - MONTH, Announcement.removed_at.is_(None))
    said = sa.select(Audience.group_id, sa.func.count()).join(Announcement, Announcement.audience_id == Audience.id)
    return _by_group(said.where(Audience.group_id.in_(ids), *lately).group_by(Audience.group_id))


def _newest(groups: Collection[Place]) -> dict[int, int]:
    """The seq of the newest settled news that each group was to hear, from itself or above. None: it is not there."""
    above = {group_id for place in groups for group_id in place.lineage}
    said = _last_said(above)
    carried = _carried([place.id for place in groups])
    found = {}
    for place in groups:
        here = [
            seq for group_id in place.lineage for narrowed, seq in said.get(group_id, ())
            if not narrowed or narrowed & carried.get(place.id, frozenset())
        ]  # fmt: skip
        if here:
            found[place.id] = max(here)
    return found


def _last_said(ids: Collection[int]) -> dict[int, list[tuple[frozenset[int], int]]]:
    """For each of these groups the newest of each of its audiences for everybody: categories (none: all) and seq."""
    here = (Announcement.audience_id == Audience.id, Announcement.removed_at.is_(None))
    settled = (Announcement.released_at < now() - SETTLED, Announcement.released_at > now() - MONTH)
    last = sa.select(Announcement.seq).where(*here, *settled).order_by(Announcement.seq.desc()).limit(1)
    query = sa.select(Audience.group_id, Audience.narrowed, last.correlate(Audience).scalar_subquery())
    found: dict[int, list[tuple[frozenset[int], int]]] = {}
    for group_id, narrowed, seq in db.session.execute(
        query.where(Audience.group_id.in_(ids), Audience.role == EVERYBODY)
    ):
        if seq is not None:
            found.setdefault(group_id, []).append((ids_in(narrowed), seq))
    return found


def _carried(ids: Collection[int]) -> dict[int, frozenset[int]]:
    query = sa.select(GroupCategory.group_id, GroupCategory.category_id).where(GroupCategory.group_id.in_(ids))
    found: dict[int, frozenset[int]] = {}
    for group_id, category in db.session.execute(query):
        found[group_id] = found.get(group_id, frozenset()) | {category}
    return found


def _heard(newest: Mapping[int, int]) -> dict[int, int]:
    """How many different people of each group have heard so far."""
    if not newest:
        return {}
    number = sa.BigInteger()
    rows = sa.values(sa.column("group_id", number), sa.column("seq", number), name="told").data(list(newest.items()))
    told, held = rows.cte("told"), _held(newest)
    joined = held.join(told, told.c.group_id == held.c.group_id)
    people = sa.func.count(sa.distinct(held.c.person_id))
    query = sa.select(held.c.group_id, people).select_from(joined).where(held.c.heard_seq >= told.c.seq)
    return _by_group(query.group_by(held.c.group_id))
