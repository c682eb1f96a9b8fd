"""A question rings who answers: one line, nothing of what it is about. By night it waits; urgent help does not."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from community.database import db, now
from community.groups.measures import Measure
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.nights import night_ends
from community.notifications.payload import call
from community.notifications.ring import Ring, can_ring
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions.gates import is_answered_by
from community.questions.models import Question

MOST = 5
TRAINED = 2  # so many people are rung for urgent help: whose phone can ring, those awake or on call first


def ring(question: Question, people: Sequence[int], until: datetime | None, rung: Sequence[int] = ()) -> list[int]:
    """Ring the first of these people, once for each time that the question is laid or rings again: `until` then.

    Who was `rung` before comes after the others, the latest last. The answer is `rung` with those rung now.
    """
    kind = "call-help" if question.trouble else "call-question"
    people = sorted(people, key=lambda one: rung.index(one) if one in rung else -1)
    chosen = _awake(people, question.desk)[:TRAINED] if question.trouble else people[:MOST]
    turn = int(until.timestamp()) if until else 0
    for person_id in chosen:
        key = f"{kind}:{question.id}:{person_id}:{question.level}:{turn}"
        Outbox.promise(kind, key, question_id=question.id, person_id=person_id)
    return [*(one for one in rung if one not in chosen), *chosen]


def ring_taker(question: Question) -> None:
    """Somebody has handed it over: who has it now is rung."""
    kind = "call-helper" if question.trouble else "call-taker"
    turn = int(question.taken_at.timestamp()) if question.taken_at else 0
    key = f"{kind}:{question.id}:{question.taken_by}:{turn}"
    Outbox.promise(kind, key, question_id=question.id, person_id=question.taken_by)


def awake_of(people: Collection[int]) -> list[int]:
    """Who of them is awake now, or may be woken; in that order."""
    found = db.session.scalars(sa.select(Person).where(Person.id.in_(people))) if people else ()
    awake = {one.id for one in found if not _sleeps(one)}
    return [one for one in people if one in awake]


def within_reach(people: Mapping[int, Collection[int]], groups: Mapping[int, Group]) -> list[int]:
    """Of the groups with these people, in their order: where somebody is awake, or may be woken, whose phone can ring.

    Where there is none, those where somebody is awake at least.
    """
    awake = {number: found for number, there in people.items() if (found := awake_of(there))}
    return [number for number, there in awake.items() if can_ring(there, groups[number])] or list(awake)


def _awake(people: Sequence[int], desk: Group | None) -> list[int]:
    found = {one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_(people)))}
    rings = can_ring(people, desk) if desk else set()
    return sorted((one for one in people if one in found), key=lambda one: (one not in rings, _sleeps(found[one])))


def _sleeps(person: Person) -> bool:
    return not person.on_call and night_ends(person, now()) is not None


class CallQuestion(Ring):
    """Its arguments are `question_id` and `person_id`. Nobody is rung for what somebody has taken by then."""

    is_taken = False  # whether it rings who has taken it

    def place(self, row: Outbox) -> Group | None:
        question = db.session.get(Question, row.args["question_id"])
        return question.desk if question else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        question = db.session.get(Question, row.args["question_id"])
        person = db.session.get(Person, row.args["person_id"])
        if question is None or person is None or not _waits_for(question, person, taken=self.is_taken):
            return None
        return person, partial(_body, question.id, person)


class CallHelp(CallQuestion):
    """The same for urgent help: it passes the quiet hours of who has said that it may."""

    is_urgent_duty = True


class CallTaker(CallQuestion):
    """It was handed over to her, and is hers still."""

    is_taken = True


class CallHelper(CallTaker):
    """The same for urgent help."""

    is_urgent_duty = True


def _waits_for(question: Question, person: Person, *, taken: bool) -> bool:
    is_hers = question.taken_by == (person.id if taken else None)
    if not (question.is_open and is_hers and is_answered_by(question, person)):
        return False
    return Measure.silencing(person, question.group) is None


def _body(question_id: int, person: Person) -> bytes:
    with speaking(person.language):
        words = _("A question waits for you.")
        return call(words, person.language, f"/questions/{question_id}", f"q{question_id}")
