"""Taking a role on: the one moment at which an offer becomes a role, in one commit; and handing a branch over."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from community.database import db, now
from community.delegation.ending import promise_end, promise_office_end
from community.delegation.models import Appointment, Void
from community.groups.membership import ROLES, LastAdmin, Membership, Standing, admit, forget_standing
from community.groups.offices import Office
from community.people.models import Person


def take_on(offer: Appointment, person: Person) -> None:
    """The role is hers from now on. A second tap changes nothing; of two people one gets it. Raises Void."""
    if offer.answer == "accepted" and offer.answered_by == person.id:
        return
    offer.lock(person)
    if not offer.is_live or not offer.is_for(person) or not gives(offer, person):
        raise Void
    offer.settle("accepted", person)
    held = admit(offer.group, person)
    if offer.hands_over:
        _hand_over(offer, held)
    elif offer.category_id:
        _give_office(offer, held)
    else:
        held.appoint(offer.role, offer.issuer, offer.until)
        promise_end(held)
    forget_standing()


def gives(offer: Appointment, person: Person) -> bool:
    """Whether it would make her more than she is: an offer never takes anything away."""
    if offer.until and offer.until <= now():
        return False
    stand = Standing.of(person)
    if offer.category_id:
        return not stand.is_at_least(offer.role, offer.group)
    here = [held.role for held in stand.here(offer.group)]
    return offer.hands_over or ROLES.index(offer.role) > max(map(ROLES.index, here), default=0)


def _give_office(offer: Appointment, held: Membership) -> None:
    """A stronger or longer one takes the place of what she has."""
    here = (Office.group_id == offer.group_id, Office.category_id == offer.category_id, Office.ended_at.is_(None))
    for old in db.session.scalars(sa.select(Office).where(Office.person_id == held.person_id, *here)).all():
        old.end(offer.issuer)
    given = Office(
        community_id=offer.community_id, group=offer.group, category=offer.category, person=held.person,
        role=offer.role, until=offer.until, giver=offer.issuer,
    )  # fmt: skip
    db.session.add(given)
    held.has_office = True
    db.session.flush()
    given.note("office given", offer.issuer)
    promise_office_end(given)


def _hand_over(offer: Appointment, held: Membership) -> None:
    """All that the issuer holds in the branch ends, and the other looks after it, as long as she would have."""
    giver = Standing.of(offer.issuer)
    hers = [one for one in giver.inside(offer.group) if one.role != "member"]
    until = min((one.role_until for one in giver.here(offer.group) if one.role_until), default=None)
    before = [_was(one) for one in [*hers, held]]
    offices = [one for one in giver.offices.held if one.group.path.startswith(offer.group.path)]
    held.appoint("admin", offer.issuer, until)
    for one in hers:
        one.appoint("member", offer.issuer)
    for office in offices:
        office.end(offer.issuer)
    promise_end(held)
    offer.person = held.person  # both find it on their courtyards as long as it can be taken back
    for person in (offer.issuer, held.person):
        person.asked_until = max(person.asked_until or offer.undo_until, offer.undo_until)
    left = [[*_was(one), _written(one.role_since)] for one in [*hers, held]]
    offer.before = {"roles": before, "left": left, "offices": [office.id for office in offices]}


def _was(held: Membership) -> list[Any]:
    return [held.id, held.role, _written(held.role_until)]


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def can_be_undone(offer: Appointment, person: Person) -> bool:
    """For a day after the hand-over, by either of the two."""
    done = offer.answer == "accepted" and offer.hands_over and offer.undo_until > now()
    return done and person.id in (offer.issuer_id, offer.answered_by)


def take_back(offer: Appointment, by: Person) -> None:
    """As it was before the hand-over. Raises Void where anything about their roles was changed since, by whomever."""
    if not can_be_undone(offer, by) or offer.before is None:
        raise Void
    offer.lock(db.session.get_one(Person, offer.answered_by))
    held = [db.session.get(Membership, one[0]) for one in offer.before["roles"]]
    if [one and [*_was(one), _written(one.role_since)] for one in held] != offer.before["left"]:
        raise Void
    offer.answer = "undone"
    try:
        _put_back(offer, [one for one in held if one], by)
    except LastAdmin:
        raise Void from None
    offer.note("undone", by, offer.answered_by)
    forget_standing()


def _put_back(offer: Appointment, held: list[Membership], by: Person) -> None:
    roles = (offer.before or {})["roles"]
    for one, (_number, role, until) in zip(held, roles, strict=True):
        one.appoint(role, by, datetime.fromisoformat(until) if until else None)
        promise_end(one)
    for number in (offer.before or {})["offices"]:
        office = db.session.get_one(Office, number)
        if not office.is_held_anew:
            office.begin_again(by)
