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
    seq = connection.execute(sa.select(TalkCounter.seq).where(TalkCounter.group_id == held.group_id)).scalar()
    if not seq:
        return
    mine = (TalkMark.group_id == held.group_id, TalkMark.person_id == held.person_id)
    if not connection.execute(sa.update(TalkMark).where(*mine).values(seq=seq)).rowcount:
        at = {"group_id": held.group_id, "person_id": held.person_id, "community_id": held.community_id}
        connection.execute(sa.insert(TalkMark).values(seq=seq, **at))
