"""Whoever comes into a group finds what was said before to read, and nothing of it is new: her mark stands at now."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy.orm import Session

from community.database import db
from community.groups.membership import Membership
from community.talk.models import TalkCounter, TalkMark


def watch() -> None:
    """Asking twice is harmless."""
    if not sa.event.contains(db.session, "after_flush", _flushed):
        sa.event.listen(db.session, "after_flush", _flushed)


def _flushed(session: Session, _context: Any) -> None:
    for held in session.new:
        if isinstance(held, Membership):
            _mark(session.connection(), held)


def _mark(connection: sa.Connection, held: Membership) -> None:
    """Where nobody has said anything there is nothing to mark. A mark of an earlier stay moves on."""
    mark, counter = TalkMark.__table__, TalkCounter.__table__
    last = sa.select(counter.c.seq).where(counter.c.group_id == held.group_id)
    seq = connection.execute(last).scalar()
    if not seq:
        return
    mine = (mark.c.group_id == held.group_id, mark.c.person_id == held.person_id)
    if not connection.execute(sa.update(mark).where(*mine).values(seq=seq)).rowcount:
        at = {"group_id": held.group_id, "person_id": held.person_id, "community_id": held.community_id}
        connection.execute(sa.insert(mark).values(seq=seq, **at))
