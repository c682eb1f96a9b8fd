"""Roles, rosters and trees change: in the same commit it is promised to look anew where open questions lie.

Only at what may lie wrong: the rest of two hundred thousand open questions is not touched by one role.
"""

import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from flask import Flask
from sqlalchemy.orm import Session, aliased

from community.database import db, now
from community.duty.models import Duty
from community.duty.rota import Rota
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import Membership
from community.groups.models import Group
from community.groups.offices import Office
from community.outbox.models import Outbox, handles
from community.people.models import Person
from community.questions import routing
from community.questions.models import Question
from community.questions.rings import CallHelp, CallHelper, CallQuestion, CallTaker

SOME = 200  # questions in one commit
ROLE = {"held_role", "role_until"}
PLACE = {"parent_id", "community_id", "archived_at"}
Touched = tuple[int, int, bool]  # community, group, with all below it
IS_OPEN = (Question.ended_at.is_(None), Question.answered_at.is_(None))


def init_app(app: Flask) -> None:
    handles(app, "question-up", routing.pass_up)
    handles(app, "question-hours", routing.ring_at_hours)
    handles(app, "question-desks", settle_all)
    handles(app, "call-question", CallQuestion())
    handles(app, "call-help", CallHelp())
    handles(app, "call-taker", CallTaker())
    handles(app, "call-helper", CallHelper())
    watch()


def watch() -> None:
    """Asking twice is harmless."""
    if not sa.event.contains(db.session, "after_flush", _flushed):
        sa.event.listen(db.session, "after_flush", _flushed)


def _flushed(session: Session, _context: Any) -> None:
    touched = {one for thing in (*session.deleted, *session.new) for one in _of(thing, whole=True)}
    touched |= {one for thing in session.dirty for one in _of(thing, whole=False)}
    closed: list[Measure | Ban]
    closed = [one for one in (*session.new, *session.dirty) if isinstance(one, Measure) and one.kind == "mute"]
    closed += [one for one in (*session.new, *session.deleted, *session.dirty) if isinstance(one, Ban)]
    touched |= {(one.community_id, one.group_id, True) for one in closed if _answers_anywhere(session, one)}
    for community_id, group_id, branch in sorted(touched):
        session.connection().execute(_promise(community_id, group_id, branch=branch))


def _of(thing: Any, *, whole: bool) -> Iterator[Touched]:
    """Where somebody may answer from now on, or no more, by this row. Plain members come and go without it."""
    if isinstance(thing, Membership):
        changed = set(sa.inspect(thing).committed_state) & ROLE
        if changed or (whole and thing.held_role not in (None, "member")):
            yield thing.community_id, thing.group_id, False
    elif isinstance(thing, Duty):
        yield thing.community_id, thing.group_id, False
    elif isinstance(thing, Office):
        yield thing.community_id, thing.group_id, True
    elif isinstance(thing, Group) and not whole and PLACE & set(sa.inspect(thing).committed_state):
        yield thing.community_id, thing.id, True


def _answers_anywhere(session: Session, closed: Measure | Ban) -> bool:
    """Whether who may only read or come in no more from now on, or may again before its time, answers in some group."""
    held = sa.exists().where(Membership.person_id == closed.person_id, Membership.role != "member")
    office = sa.exists().where(Office.person_id == closed.person_id)
    return bool(session.connection().scalar(sa.select(sa.or_(held, office))))


def _promise(community_id: int, group_id: int, *, branch: bool) -> sa.Insert:
    """Only where something is open."""
    values = {
        "kind": "question-desks", "key": f"question-desks:{secrets.token_hex(12)}",
        "args": {"group_id": group_id, "branch": branch}, "created": now(), "run_at": now(), "rank": 0, "attempts": 0,
    }  # fmt: skip
    columns = [sa.literal(value, Outbox.__table__.c[name].type) for name, value in values.items()]
    waits = sa.exists().where(Question.community_id == community_id, *IS_OPEN)
    return sa.insert(Outbox).from_select(list(values), sa.select(*columns).where(waits))


def settle_all(group_id: int, branch: bool = False, after: int = 0) -> None:
    """What the outbox does then, some at a time."""
    group = db.session.get(Group, group_id, populate_existing=True)
    if group is None:
        return
    rotas: dict[int, Rota] = {}
    found = db.session.scalars(_doubtful(group, branch=branch, after=after)).all()
    for question in found:
        asked_in = question.group_id
        rotas[asked_in] = rotas.get(asked_in) or Rota(question.group)
        routing.settle(question, rotas[asked_in])
    if len(found) == SOME:
        key = f"question-desks:{secrets.token_hex(12)}"
        Outbox.promise("question-desks", key, group_id=group_id, branch=branch, after=found[-1].id)


def _doubtful(group: Group, *, branch: bool, after: int) -> sa.Select[Question]:
    """Open questions on this desk (or asked in this branch) that may lie wrong, and those that lie nowhere below it."""
    desk = aliased(Group)
    nowhere = sa.and_(Question.desk_id.is_(None), Group.below(group.path))
    scope = Group.below(group.path) if branch else sa.or_(Question.desk_id == group.id, nowhere)
    elsewhere = sa.func.substr(Group.path, 1, sa.func.length(desk.path)) != desk.path
    wrong = (
        Question.desk_id.is_(None), Question.trouble.is_not(None), desk.rests, elsewhere,
        ~_answers(Membership.person_id != Question.person_id),
        sa.and_(Question.taken_by.is_not(None), ~_answers(Membership.person_id == Question.taken_by)),
    )  # fmt: skip
    found = sa.select(Question).join(Group, Question.group_id == Group.id).outerjoin(desk, Question.desk_id == desk.id)
    found = found.where(*IS_OPEN, scope, sa.or_(*wrong), Question.id > after)
    return found.order_by(Question.id).limit(SOME).with_for_update(of=Question)


def _answers(who: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """By membership and never muted: who has an office, or is muted elsewhere, is found when it is looked at."""
    speaks = sa.or_(Person.silenced_until.is_(None), Person.silenced_until <= now())
    there = (Membership.group_id == Question.desk_id, Membership.role != "member", who)
    return sa.exists().where(Membership.person_id == Person.id, *there, speaks)
