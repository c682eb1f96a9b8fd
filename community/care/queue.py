"""The queue: what waits for somebody who looks after a group, on which desk, and how it moves up when nobody looks."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.care.desk import LOOK, Desk, desk_for, is_for, people_at
from community.care.models import Case, Report
from community.care.rings import ring_two
from community.database import db, now
from community.groups.membership import Membership, Standing, standing
from community.groups.models import Group
from community.http import missing
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.outbox.standing import Figure
from community.people.models import Person

PATIENCE = timedelta(days=3)  # so long a case lies on one desk
URGENT_PATIENCE = timedelta(hours=12)
SHOWN = 20


def queue(
    what: str, thing_id: int, group: Group, *, reason: str, accused: Person | None = None, other: Person | None = None,
    urgent: bool = False, words: str = "", language: str = "", photo: Photo | None = None, voice: Voice | None = None,
) -> Case:  # fmt: skip
    """The open case of this thing, made if there is none. What was urgent stays so.

    `accused` never sees it, and everybody who may decide stands above her; `other` does not see it either.
    """
    found = Case.open_for(what, thing_id)
    if found is None:
        found = Case(
            community_id=group.community_id, group=group, what=what, thing_id=thing_id, accused=accused,
            other_id=other and other.id, reason=reason, words=words, language=language, photo=photo, voice=voice,
        )  # fmt: skip
        _lay(found, _desk(found))
        db.session.add(found)
        db.session.flush()
        _promise(found)
    if urgent and not found.urgent:
        found.urgent, found.reason = True, reason
        ring_two(found, people_at(_on(found), group, found.accused_id, _apart(found)))
        _promise(found)
    return found


def _desk(case: Case, above: int | None = None) -> Desk:
    group = case.group
    if case.what == "group":
        inside = len(group.lineage) - 1
        above = inside if above is None else min(above, inside)
    return desk_for(group, case.accused_id or (case.accused.id if case.accused else None), _apart(case), above=above)


def _apart(case: Case) -> set[int]:
    """Who may not decide it, besides whom it is about: of a report about a group, whoever leads it."""
    apart = {case.other_id} if case.other_id else set()
    if case.what != "group":
        return apart
    return apart | set(db.session.scalars(_leaders(case.group)))


def _leaders(group: Group) -> sa.Select[int]:
    return sa.select(Membership.person_id).where(Membership.group_id == group.id, Membership.role != "member")


def _lay(case: Case, desk: Desk) -> None:
    case.desk = db.session.get(Group, desk.group_id) if desk.group_id else None
    case.desk_id, case.least = desk


def _on(case: Case) -> Desk:
    return Desk(case.desk_id, case.least)


def _promise(case: Case) -> None:
    """Look again whether somebody looked."""
    due = now() + (URGENT_PATIENCE if case.urgent else PATIENCE)
    Outbox.promise("care", f"care:{case.id}:{case.passed_on}:{case.urgent}", due, case_id=case.id)


def pass_on(case_id: int) -> None:
    """Nobody looked for days: it lies one desk further up from now on, as long as there is one."""
    case = db.session.get(Case, case_id)
    if case is None or case.decided_at or now() - case.created < URGENT_PATIENCE:
        return
    case.passed_on += 1
    settle(case)
    if case.desk_id and case.least != "owner" and case.desk_id in case.group.lineage:
        higher = _desk(case, above=case.group.lineage.index(case.desk_id))
        if higher.group_id:  # at the top it waits; who runs the server is for what nobody else may see
            _lay(case, higher)
            if case.urgent:
                ring_two(case, people_at(higher, case.group, case.accused_id, _apart(case)))
    _promise(case)


def settle(case: Case) -> None:
    """Roles changed: where the desk is empty by now, or somebody there no longer stands above, it lies elsewhere."""
    nearest = _desk(case)
    if case.passed_on and case.desk_id in case.group.lineage and nearest.group_id in case.group.lineage:
        below = case.group.lineage.index(case.desk_id) < case.group.lineage.index(nearest.group_id)
        if below and people_at(_on(case), case.group, case.accused_id, _apart(case)):
            return
    _lay(case, nearest)


def settle_all(community_id: int) -> None:
    """What the outbox does after somebody was given a role there, or lost one."""
    for case in db.session.scalars(Case.undecided().where(Case.community_id == community_id).order_by(Case.id)):
        settle(case)


def waiting_for(person: Person, stand: Standing) -> list[Case]:
    """What lies on her desks, urgent first. Who looks after nothing asks nothing."""
    desks = {held.group_id for held in stand.memberships if held.role in LOOK}
    helps = [office.held_in for office in stand.offices.held if office.role in LOOK]
    if not desks and not helps:
        return []
    there = [Case.desk_id.in_(sa.select(Group.id).where(sa.or_(*helps)))] if helps else []
    mine = Case.undecided().where(sa.or_(Case.desk_id.in_(desks), *there))
    for column in (Case.accused_id, Case.other_id):
        mine = mine.where(sa.or_(column.is_(None), column != person.id))
    found = db.session.scalars(mine.order_by(Case.urgent.desc(), Case.id).limit(SHOWN))
    return [case for case in found if is_for(case, person, stand, exactly=True)]


def before_me(person: Person, case_id: int) -> Case:
    """The case, if this person decides it, decided or not. Raises Missing."""
    found = db.session.get(Case, case_id)
    if found is None or not is_for(found, person, standing(person)):
        missing()
    return found


def before_operator() -> list[Case]:
    """What nobody in its community may decide."""
    return list(db.session.scalars(Case.undecided().where(Case.desk_id.is_(None)).order_by(Case.id).limit(50)))


def figures() -> list[Figure]:
    """How many cases only who runs the server may decide, for the operator's page and its machine."""
    waits = sa.select(sa.func.count()).where(Case.desk_id.is_(None), Case.decided_at.is_(None))
    count = db.session.scalar(waits) or 0
    told = "Reports that nobody in their community may decide."
    return [Figure("aangan_cases", told, "report", _l("Please look at this"), count, is_bad=count > 0)] if count else []


def report(case: Case, person: Person | None, reason: str) -> Report:
    """The person's report of this case: one, however often she taps."""
    same = sa.select(Report).where(Report.case_id == case.id, Report.person_id == (person and person.id))
    found = db.session.scalar(same) if person else None
    if found is None:
        found = Report(case=case, community_id=case.community_id, person=person, reason=reason)
        db.session.add(found)
        db.session.flush()
    return found
