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
    stays: dict[tuple[int, int], list[Membership]] = {}
    for held in session.new:
        if isinstance(held, Membership):
            stays.setdefault((held.group_id, held.person_id), []).append(held)
    for came in stays.values():
        if not _was_here(session.connection(), came):
            _mark(session.connection(), came[0])


def _was_here(connection: sa.Connection, came: list[Membership]) -> bool:
    """She is in the group already, and comes once more for a child."""
    mine = (Membership.group_id == came[0].group_id, Membership.person_id == came[0].person_id)
    before = sa.select(Membership.id).where(*mine, Membership.id.not_in([one.id for one in came]))
    return connection.execute(before.limit(1)).first() is not None


def _mark(connection: sa.Connection, held: Membership) -> None:
    """Where nobody has said anything there is nothing to mark. That of an earlier stay moves on, and rings no more."""
    seq = connection.execute(sa.select(TalkCounter.seq).where(TalkCounter.group_id == held.group_id)).scalar() or 0
    mine = (TalkMark.group_id == held.group_id, TalkMark.person_id == held.person_id)
    moved = connection.execute(sa.update(TalkMark).where(*mine).values(seq=seq, rings=False))
    if seq and not moved.rowcount:
        at = {"group_id": held.group_id, "person_id": held.person_id, "community_id": held.community_id}
        connection.execute(sa.insert(TalkMark).values(seq=seq, **at))
