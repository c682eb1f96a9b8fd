"""Who left asks for nothing there any more: her wish to come in is taken back with it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from community.database import db, now
from community.groups.leaving import left
from community.groups.models import Group
from community.invitations.doorway import DoorAnswer, forget
from community.invitations.requests import JoinRequest
from community.people.models import Person


@left.connect
def withdraw(person: Person, quiet: Sequence[Group], **_more: Any) -> None:
    if not quiet:
        return
    below = sa.select(Group.id).where(sa.or_(*(Group.below(group.path) for group in quiet)))
    mine = (JoinRequest.person_id == person.id, JoinRequest.answer.is_(None), JoinRequest.group_id.in_(below))
    forget(DoorAnswer.request_id.in_(sa.select(JoinRequest.id).where(*mine)))
    taken = sa.update(JoinRequest).where(*mine).values(answer="withdrawn", answered_at=now())
    db.session.execute(taken.execution_options(synchronize_session=False))
