"""Roles change: in the same commit it is promised to look anew on whose desk each open case lies."""

import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy.orm import Session

from community.care.models import Case
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.groups.offices import Office
from community.outbox.models import Outbox

ROLE = {"held_role", "role_until"}


def watch() -> None:
    """Asking twice is harmless."""
    if not sa.event.contains(db.session, "after_flush", _flushed):
        sa.event.listen(db.session, "after_flush", _flushed)


def _flushed(session: Session, _context: Any) -> None:
    touched = {one for thing in (*session.deleted, *session.new) for one in _of(thing, whole=True)}
    touched |= {one for thing in session.dirty for one in _of(thing, whole=False)}
    for community_id in sorted(touched):
        session.connection().execute(_promise(community_id))


def _of(thing: Any, *, whole: bool) -> Iterator[int]:
    """The community in which somebody may hold another role by this row. Plain members come and go without it."""
    if isinstance(thing, Membership):
        changed = set(sa.inspect(thing).committed_state) & ROLE
        if changed or (whole and thing.held_role not in (None, "member")):
            yield thing.community_id
    elif isinstance(thing, Office) or (isinstance(thing, Group) and not whole and _moved(thing)):
        yield thing.community_id


def _moved(group: Group) -> bool:
    return bool({"parent_id", "community_id"} & set(sa.inspect(group).committed_state))


def _promise(community_id: int) -> sa.Insert:
    """Only where something is open."""
    values = {
        "kind": "care-desks", "key": f"care-desks:{secrets.token_hex(12)}", "args": {"community_id": community_id},
        "created": now(), "run_at": now(), "rank": 0, "attempts": 0,
    }  # fmt: skip
    columns = [sa.literal(value, Outbox.__table__.c[name].type) for name, value in values.items()]
    waits = sa.exists().where(Case.community_id == community_id, Case.decided_at.is_(None))
    return sa.insert(Outbox).from_select(list(values), sa.select(*columns).where(waits))
