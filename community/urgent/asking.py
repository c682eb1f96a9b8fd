"""Urgent help: who is told, before anything is asked; and how often one person may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from community.database import db, now
from community.duty.models import Duty
from community.duty.rota import Rota
from community.groups.gates import heard_by
from community.groups.membership import standing
from community.groups.models import Group
from community.http import missing
from community.notifications.ring import can_ring
from community.people.models import Person
from community.questions import routing
from community.questions.models import Question
from community.questions.rings import awake_of, within_reach
from community.urgent.numbers import Service

RUNG = 2  # people who are told at once
AN_HOUR = 3  # times that one person may ask
SHOWN = timedelta(days=30)  # after that what she asked stands on no page
TROUBLES = {  # addresses say the place of one, never its word: another one comes last
    "violence": Service("alert", _l("Violence"), is_icon=True),
    "health": Service("clinic", _l("Health")),
    "food": Service("food", _l("Food")),
    "money": Service("rupee", _l("Money")),
    "child": Service("girl", _l("A child is lost")),
}


def asked_in_by(person: Person, group_id: int) -> Group:
    """The group, if the person may ask for help in it: she hears it, it does not rest. Raises Missing.

    Whoever was muted may: nothing that was decided about her words keeps her from help.
    """
    group = heard_by(person, group_id)
    if group.rests or not standing(person).hears(group):
        missing()
    return group


def groups_of(person: Person) -> list[Group]:
    """Her own, each once, without those that rest."""
    own = {one.group.id: one.group for one in standing(person).memberships}
    return [group for group in own.values() if not group.rests]


def told(group: Group, asker: Person, *, rung: bool = True) -> list[Person]:
    """Whom `routing.lay` rings now, of those trained for urgent help where it would lie; never the asker herself.

    Nobody: nobody would come before the morning, and nothing is promised. Not `rung`: who is awake there, and has no
    phone that can ring.
    """
    rota, but = Rota(group), {asker.id}
    trained = {desk: rota.answering(desk, urgent=True) - but for desk in reversed(rota.line)}
    trained = {desk: trained[desk] for desk in within_reach(trained, rota.groups)}
    there = {desk: rota.on_duty(desk, now(), language=asker.language, urgent=True, but=but) for desk in trained}
    desk = next((desk for desk in there if there[desk]), None) or next(iter(there), None)
    if desk is None:
        return []
    called = [*there[desk], *sorted(trained[desk] - set(there[desk]))]
    rings = can_ring(called, rota.groups[desk])
    chosen = [one for one in awake_of(called) if (one in rings) == rung][:RUNG]
    return [db.session.get_one(Person, one) for one in chosen]


@dataclass(frozen=True)
class Help:
    """From which group help is asked for, who is told at once, and where nobody is, who may look by herself."""

    group: Group
    told: list[Person]
    lookers: list[Person]

    def __bool__(self) -> bool:
        return bool(self.told or self.lookers)


def from_group(group: Group, person: Person) -> Help:
    at_once = told(group, person)
    return Help(group, at_once, [] if at_once else told(group, person, rung=False))


def nearest(person: Person, chosen: Group | None = None) -> Help | None:
    """From the chosen group where somebody is told; else from the first of hers where somebody is. None: nowhere."""
    looks = None
    for group in _trained_above([*([chosen] if chosen else []), *groups_of(person)]):
        way = from_group(group, person)
        if way.told:
            return way
        looks = looks or way or None
    return looks


def _trained_above(groups: Sequence[Group]) -> list[Group]:
    """Those from which somebody trained can be asked; of several that have the same people above them, the first."""
    above = {step for group in groups for step in group.lineage}
    trained = sa.select(Duty.group_id).where(Duty.group_id.in_(above), Duty.urgent, Duty.ended_at.is_(None))
    desks = set(db.session.scalars(trained))
    lines: dict[tuple[int, ...], Group] = {}
    for group in groups:
        lines.setdefault(tuple(step for step in group.lineage if step in desks), group)
    return [group for line, group in lines.items() if line]


def rings(question: Question) -> bool:
    """Whether anybody else who is trained for it, where it lies, has a phone that can ring."""
    if question.desk is None:
        return False
    there = Rota(question.desk, whole=False).answering(question.desk.id, urgent=True)
    return bool(can_ring(there - {question.person_id}, question.desk))


def ask(group: Group, person: Person, *, key: str, trouble: str, **said: Any) -> Question:
    """Only before responders, never before the group. Asked under this key before, it is the same."""
    if found := Question.sent(person, key):
        return found
    made = Question.ask(group, person, key=key, trouble=trouble, shared=False, unnamed=True, **said)
    routing.lay(made)
    return made


def waits_until(person: Person) -> datetime | None:
    """When she may ask again; None: now. Her row is locked meanwhile: she may be asking on two phones at once."""
    db.session.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    hour = timedelta(hours=1)
    lately = (Question.person_id == person.id, Question.trouble.is_not(None), Question.created > now() - hour)
    newest = sa.select(Question.created).where(*lately).order_by(Question.created.desc()).limit(AN_HOUR)
    found = list(db.session.scalars(newest))
    return found[-1] + hour if len(found) == AN_HOUR else None


def mine(person: Person) -> list[Question]:
    """What she asked, the newest first, also what was closed: else she could not say that it did not help. What she
    took back is gone at once: who looks next may be whom she fears."""
    lately = (Question.person_id == person.id, Question.trouble.is_not(None), Question.created > now() - SHOWN)
    wanted = sa.select(Question).where(*lately).options(selectinload(Question.steps)).order_by(Question.id.desc())
    return [one for one in db.session.scalars(wanted.limit(20)) if one.ended_at is None or one.is_closed]


def asked_by(person: Person, question_id: int) -> Question:
    """What she asked herself. Raises Missing."""
    found = db.session.get(Question, question_id)
    if found is None or found.person_id != person.id or found.trouble is None:
        missing()
    return found
