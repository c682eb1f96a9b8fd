"""Marks what has to be counted anew, in the commit that changes it. The only place that knows what counters hang on.

It listens to the session, so whoever writes a membership, a group or an audit entry need not know of counters. What is
written past the session (COPY, an UPDATE of many rows) is found by the night's recount, or says so with `mark_branch`.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlalchemy.orm import Session

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.care.models import Case
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.invitations.requests import JoinRequest
from community.outbox.models import LATER, Outbox
from community.oversight.models import CounterChange

RANK = LATER - 1  # no other promise has it: whether one is open is seen at once
PAUSE = timedelta(seconds=20)  # in which changes gather
Mark = tuple[int, int, bool]  # community, group, with all below it
MARKS: dict[type, Callable[[Any], Iterable[Mark]]] = {}  # what rooms further down add
HERS = {"heard_seq", "level", "muted_until"}  # what somebody changes about her own membership all day
WIDE = ("archived", "brought back", "imported", "office given", "office ended")  # done to a branch as a whole


def marks(kind: type, of: Callable[[Any], Iterable[Mark]]) -> None:
    """A row of this kind, new, changed or gone, leaves these marks."""
    MARKS[kind] = of


def watch() -> None:
    """Mark from now on. Asking twice is harmless."""
    if not sa.event.contains(db.session, "after_flush", _flushed):
        sa.event.listen(db.session, "after_flush", _flushed)


def _flushed(session: Session, _context: Any) -> None:
    marks = {mark for thing in (*session.new, *session.deleted) for mark in _marks(thing, whole=True)}
    marks |= {mark for thing in session.dirty for mark in _marks(thing, whole=False)}
    if marks:
        write(session, marks)


def write(session: Session, marks: set[Mark]) -> None:
    rows = [dict(zip(("community_id", "group_id", "branch"), mark, strict=True)) for mark in sorted(marks)]
    session.connection().execute(sa.insert(CounterChange), rows)
    session.connection().execute(_promise(now() + PAUSE))


def promise_count() -> None:
    """There is more to count."""
    db.session.connection().execute(_promise(now()))


def _promise(at: datetime) -> sa.Insert:
    """To count then, unless that is promised already. Two promises are harmless, and neither waits for the other."""
    values = {
        "kind": "count", "key": f"count:{secrets.token_hex(12)}", "args": {}, "created": now(),
        "run_at": at, "rank": RANK, "attempts": 0,
    }  # fmt: skip
    columns = [sa.literal(value, Outbox.__table__.c[name].type) for name, value in values.items()]
    return sa.insert(Outbox).from_select(list(values), sa.select(*columns).where(~_is_promised()))


def _is_promised() -> sa.ColumnElement[bool]:
    open_one = (Outbox.done_at.is_(None), Outbox.rank == RANK, Outbox.kind == "count", Outbox.lease_until.is_(None))
    return sa.exists().where(*open_one)


def _marks(thing: Any, *, whole: bool) -> Iterator[Mark]:
    """What becomes untrue by this row: by all of it, where it is new or gone, else by what changed in it."""
    if isinstance(thing, Membership):
        if whole or set(sa.inspect(thing).committed_state) - HERS:
            yield thing.community_id, thing.group_id, False
    elif isinstance(thing, Group):
        yield from _of_group(thing, whole)
    elif isinstance(thing, AuditEntry):
        yield thing.community_id, thing.group_id, thing.action in WIDE
        yield from ((thing.community_id, before, False) for before in (_moved_from(thing),) if before)
    elif isinstance(thing, JoinRequest):
        yield thing.community_id, thing.group_id, False
    elif isinstance(thing, Case):
        yield from _of_case(thing)
    elif isinstance(thing, Announcement) and changed(thing, "seq"):
        yield thing.community_id, thing.audience.group_id, False
    elif of := MARKS.get(type(thing)):
        yield from of(thing)


def _moved_from(entry: AuditEntry) -> int | None:
    return entry.details.get("before") if entry.action == "moved" else None


def _of_group(group: Group, whole: bool) -> Iterator[Mark]:
    """A new place counts there, and no more where it was."""
    if whole or changed(group, "rests"):
        yield group.community_id, group.id, False
    elif changed(group, "parent_id"):
        yield group.community_id, group.id, False
        before = sa.orm.attributes.get_history(group, "parent_id").deleted
        yield from ((group.community_id, place, False) for place in before or () if place)


def _of_case(case: Case) -> Iterator[Mark]:
    """The desk on which it lies, and the one on which it lay."""
    yield from ((case.community_id, desk, False) for desk in desks(case) if desk)


def desks(thing: Any) -> set[int | None]:
    """Where this row lies, and where it lay before it was changed."""
    before = sa.orm.attributes.get_history(thing, "desk_id", sa.orm.PassiveFlag.PASSIVE_NO_INITIALIZE).deleted or ()
    return {thing.desk_id, *before}


def changed(thing: Any, name: str) -> bool:
    """Whether this flush changes it."""
    return bool(sa.orm.attributes.get_history(thing, name, sa.orm.PassiveFlag.PASSIVE_NO_INITIALIZE).has_changes())


def mark_branch(group: Group) -> None:
    """Everything in this branch was changed past the session."""
    write(db.session(), {(group.community_id, group.id, True)})
