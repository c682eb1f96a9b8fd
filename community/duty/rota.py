"""Who answers in a group at a moment."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from community.database import db, now
from community.duty.hours import begins_next, stands
from community.duty.models import Duty
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import Membership
from community.groups.models import Group, GroupCategory
from community.groups.offices import Office
from community.people.models import Person, Session
from community.people.session import acts_without_roles

FEW = 500  # people who answer in one group: nobody needs more of them


def on_duty(
    group: Group, at: datetime, *, category_id: int | None = None, language: str = "", urgent: bool = False
) -> list[int]:
    """Ids of the people who answer in exactly this group at this moment, those who fit best first.

    Who holds at least the role responder there, by membership or office, now. Where the group has a roster, who stands
    on it at that hour (for this category, or for all); where it has none, all of them. With `urgent` only who is
    trained for it. Those who read the language (Person.language) come first, then who was here last.
    """
    return Rota(group, whole=False).on_duty(group.id, at, category_id=category_id, language=language, urgent=urgent)


def answers_in(group: Group, person_id: int, *, urgent: bool = False) -> bool:
    """Whether this person answers in exactly this group, on duty or not: at least the role responder there, now.

    With `urgent` only who is trained for urgent help there. Nobody answers from a phone on which she came back by a
    code, as long as she is without her roles.
    """
    person = db.session.get(Person, person_id)
    if person is None or acts_without_roles(person):
        return False
    rota = Rota(group, whole=False)
    return person_id in (rota.trained(group.id) if urgent else rota.held[group.id])


def trained_in(group_ids: Collection[int]) -> dict[int, set[int]]:
    """Of each of these groups who is trained for urgent help there, and answers there now.

    One statement, and a few more for each group where who is trained may do so by an office alone.
    """
    trained: dict[int, set[int]] = {group_id: set() for group_id in group_ids}
    if not trained:
        return trained
    held = sa.exists().where(
        Membership.group_id == Duty.group_id, Membership.person_id == Duty.person_id, Membership.role != "member"
    )
    office = sa.exists().where(Office.person_id == Duty.person_id, Office.lasts())
    lines = sa.select(Duty.group_id, Duty.person_id, held).where(Duty.group_id.in_(trained), Duty.urgent)
    lines = lines.where(Duty.ended_at.is_(None), sa.or_(held, office))
    rows = db.session.execute(lines).all()
    for group_id, person_id, is_held in rows:
        if is_held:
            trained[group_id].add(person_id)
    for group_id in {at for at, _person, is_held in rows if not is_held}:
        trained[group_id] = Rota(db.session.get_one(Group, group_id), whole=False).trained(group_id)
    return trained


class Rota:
    """Who answers on the whole line down to a group, and who stands on its rosters: asked in a handful of statements.

    `held` has for each group on the line who holds a role right there, in Python's words of a moment: make a new one
    after something has changed. What rests has nobody. Of these, `muted` may only read what is asked in the group.
    `but` is looked at as somebody who answers nowhere.
    """

    def __init__(self, group: Group, *, whole: bool = True, but: int = 0) -> None:
        self.group, self.line = group, group.lineage if whole else [group.id]
        near = [group] if not whole else db.session.scalars(sa.select(Group).where(Group.id.in_(self.line)))
        self.groups = {one.id: one for one in near}
        self.held: dict[int, set[int]] = {group_id: set() for group_id in self.line}
        self.offices: dict[tuple[int, int], set[int]] = {}  # (group, person): the categories of her offices
        self._members()
        self._officers(group)
        self._leave_out(group)
        for people in self.held.values():
            people.discard(but)
        self.rosters = self._rosters()

    def _members(self) -> None:
        found = sa.select(Membership.group_id, Membership.person_id)
        found = found.where(Membership.group_id.in_(self.line), Membership.role != "member").distinct()
        for group_id, person_id in db.session.execute(found):
            if not self.groups[group_id].rests:
                self.held[group_id].add(person_id)

    def _officers(self, group: Group) -> None:
        """An office holds on a line from the first group that carries its category."""
        given = Office.over(group)
        if not given:
            return
        carried = sa.select(GroupCategory.group_id, GroupCategory.category_id).where(
            GroupCategory.group_id.in_(group.lineage),
            GroupCategory.category_id.in_({one.category_id for one in given}),
        )
        carriers = {(at, category_id) for at, category_id in db.session.execute(carried)}
        for one in given:
            below = group.lineage[group.lineage.index(one.group_id) :]
            first = next((step for step in below if (step, one.category_id) in carriers), None)
            if one.role != "member" and first in self.held and not self.groups[first].rests:
                self.held[first].add(one.person_id)
                self.offices.setdefault((first, one.person_id), set()).add(one.category_id)

    def _leave_out(self, group: Group) -> None:
        """Who holds an office from above may be banned in the middle of the line."""
        people = set().union(*self.held.values())
        banned = sa.select(Ban.group_id, Ban.person_id).where(
            Ban.group_id.in_(group.lineage), Ban.person_id.in_(people), Ban.lasting()
        )
        for at, person_id in db.session.execute(banned) if people else ():
            for step in group.lineage[group.lineage.index(at) :]:
                self.held.get(step, set()).discard(person_id)

    @cached_property
    def muted(self) -> set[int]:
        people = set().union(*self.held.values())
        muted = sa.select(Measure.person_id).join(Person, Person.id == Measure.person_id)
        muted = muted.where(Person.id.in_(people), Person.silenced_until > now(), Measure.kind == "mute")
        muted = muted.where(Measure.lasting(), Measure.group_id.in_(self.group.lineage))
        return set(db.session.scalars(muted)) if people else set()

    def _rosters(self) -> dict[int, list[Duty]]:
        """Lines of people who still answer there."""
        found: dict[int, list[Duty]] = {}
        lines = sa.select(Duty).where(Duty.group_id.in_(self.line), Duty.ended_at.is_(None)).order_by(Duty.id)
        for one in db.session.scalars(lines):
            if one.person_id in self.held[one.group_id]:
                found.setdefault(one.group_id, []).append(one)
        return found

    def on_duty(
        self, group_id: int, at: datetime, *, category_id: int | None = None, language: str = "",
        urgent: bool = False, but: Collection[int] = (),
    ) -> list[int]:  # fmt: skip
        """As `on_duty` says it, of a group on the line; nobody of `but`."""
        zone = self.groups[group_id].zone
        ranks: dict[int, int] = {}
        for person_id, rank in self._fitting(group_id, at, zone, category_id, urgent):
            ranks[person_id] = min(rank, ranks.get(person_id, rank))
        return _best({one: rank for one, rank in ranks.items() if one not in but and one not in self.muted}, language)

    def _fitting(
        self, group_id: int, at: datetime, zone: str, category_id: int | None, urgent: bool
    ) -> Iterable[tuple[int, int]]:
        """(person, how well she fits: 0 best)."""
        roster = self.rosters.get(group_id, [])
        for duty in roster:
            if stands(duty, at, zone) and (duty.urgent or not urgent):
                rank = _rank(duty.category_id, category_id)
                if rank is not None or urgent:
                    yield duty.person_id, 2 if rank is None else rank
        if urgent:
            return
        named = {duty.person_id for duty in roster}
        for person_id in self.held[group_id] - named:
            is_hers = category_id in self.offices.get((group_id, person_id), ())
            if is_hers or not roster:
                yield person_id, 0 if is_hers else 1

    def trained(self, group_id: int) -> set[int]:
        """Who is trained for urgent help there, at whatever hour."""
        return {duty.person_id for duty in self.rosters.get(group_id, []) if duty.urgent}

    def answering(self, group_id: int, *, urgent: bool = False, muted: bool = False) -> set[int]:
        """Who answers there, on duty or not; `muted`: also who may only read for a while."""
        found = self.trained(group_id) if urgent else self.held[group_id]
        return found if muted else found - self.muted

    def whoever(self, people: Collection[int], language: str) -> list[int]:
        """Of these, whether a roster names them for it or not; those who fit best first."""
        return _best(dict.fromkeys(people, 1), language)

    def next_hours(
        self, group_id: int, at: datetime, *, people: Collection[int], category_id: int | None = None
    ) -> datetime | None:
        """When the hours of one of these people begin there the next time, for what is asked in this category."""
        lines = [one for one in self.rosters.get(group_id, []) if one.person_id in people]
        lines = [one for one in lines if _rank(one.category_id, category_id) is not None]
        starts = [begins_next(one, at, self.groups[group_id].zone) for one in lines]
        return min((one for one in starts if one), default=None)


def _rank(of_duty: int | None, asked: int | None) -> int | None:
    """How well a line of the roster fits what is asked; None: not at all. What is asked without a category may be
    anybody's, but is first of those who answer whatever it is."""
    if of_duty == asked:
        return 0
    if of_duty is None:
        return 1
    return 1 if asked is None else None


def _best(ranks: dict[int, int], language: str) -> list[int]:
    if not ranks:
        return []
    last = sa.func.max(Session.seen)
    found = sa.select(Person, last).outerjoin(Session, Session.person_id == Person.id).where(Person.id.in_(ranks))
    rows = db.session.execute(found.group_by(Person.id).limit(FEW)).all()
    seen = {person.id: when.timestamp() if when else 0 for person, when in rows}
    may = [person for person, _when in rows]
    may.sort(key=lambda one: (ranks[one.id], bool(language) and one.language != language, -seen[one.id], one.id))
    return [person.id for person in may]
