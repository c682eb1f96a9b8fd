"""Who left, is in by another way, or may not come in, asks for nothing there any more: wish and answers go."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from community.database import db, now
from community.groups.bans import banned
from community.groups.leaving import left
from community.groups.membership import Membership, admitted
from community.groups.models import Group
from community.invitations.doorway import DoorAnswer, forget
from community.invitations.requests import JoinRequest
from community.people.models import Person


@left.connect
def withdraw(person: Person, quiet: Sequence[Group], **_more: Any) -> None:
    if quiet:
        _end(person, _inside(quiet))


@banned.connect
def shut(person: Person, group: Group, **_more: Any) -> None:
    _end(person, _inside([group]))


@admitted.connect
def is_in(person: Person, held: Membership, **_more: Any) -> None:
    """For a child she still asks, where she came in for herself or another one."""
    _end(person, JoinRequest.group_id == held.group_id, JoinRequest.child_id.is_not_distinct_from(held.child_id))


def _inside(groups: Sequence[Group]) -> sa.ColumnElement[bool]:
    return JoinRequest.group_id.in_(sa.select(Group.id).where(sa.or_(*(Group.below(group.path) for group in groups))))


def _end(person: Person, *which: sa.ColumnElement[bool]) -> None:
    taken = sa.update(JoinRequest).where(JoinRequest.person_id == person.id, JoinRequest.answer.is_(None), *which)
    taken = taken.values(answer="withdrawn", answered_at=now())
    ended = db.session.scalars(taken.returning(JoinRequest.id).execution_options(synchronize_session=False)).all()
    if ended:
        forget(DoorAnswer.request_id.in_(ended))
