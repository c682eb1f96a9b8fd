"""What of a question its group sees only after somebody's look. Its responders have it at once."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.database import db, now
from community.groups.membership import Standing
from community.holding.kinds import Kind
from community.holding.models import Held
from community.holding.why import gives_away, newness
from community.media.models import Photo
from community.people.models import Person
from community.questions.models import Question


def look_at(question: Question, stand: Standing) -> None:
    """Hold it back from the group, where its words give a reason."""
    if not question.shared:
        return
    group, text = question.group, question.text
    why = gives_away(text, group.zone) + newness(stand, group, text, has_spoken=_has_spoken(question))
    held = Held.hold("question", question.id, group=group, person=question.person, text=text, why=why)
    question.held_id = held.id if held else None


def remove(question: Question, by: Person | None) -> None:
    """What the group saw of it goes; she and the responders keep it."""
    if question.removed_at is None:
        question.removed_at, question.removed_by = now(), by.id if by else None
        question.group.note("removed", by, question=question.id)


def put_back(question: Question, by: Person | None) -> None:
    if question.removed_at:
        question.removed_at = question.removed_by = None
        question.group.note("put back", by, question=question.id)


def _has_spoken(question: Question) -> bool:
    """Whether a group has seen anything that she asked in this community."""
    cls = Question
    before = (cls.person_id == question.person_id, cls.community_id == question.community_id, cls.shared)
    seen = (cls.held_id.is_(None), cls.removed_at.is_(None), cls.id != question.id)
    return db.session.scalar(sa.select(cls.id).where(*before, *seen).limit(1)) is not None


def _of(held: Held) -> Question:
    return db.session.get_one(Question, held.subject_id, with_for_update=True)


def _let(held: Held) -> bool:
    question = _of(held)
    question.held_id = None
    return question.ended_at is None


def _refuse(held: Held) -> None:
    question = _of(held)
    question.held_id, question.removed_at = None, question.removed_at or now()


def _again(held: Held) -> bool:
    question = _of(held)
    if question.ended_at:
        return False
    question.removed_at, question.held_id = None, held.id
    return True


class Whole(NamedTuple):
    """What whoever looks sees of it, as of an announcement."""

    original: Question
    photo: Photo | None


def _wholes(waiting: Sequence[Held]) -> dict[int, Whole]:
    """With photo and voice; of what is over meanwhile nothing."""
    numbers = {held.subject_id: held.id for held in waiting}
    found = sa.select(Question).where(Question.id.in_(numbers), Question.ended_at.is_(None))
    whole = (joinedload(Question.photo), joinedload(Question.voice))
    return {numbers[one.id]: Whole(one, one.photo) for one in db.session.scalars(found.options(*whole))}


def _anew(held: Held) -> str:
    return f"/groups/{held.group_id}/questions/new"


def _hides(held: Held) -> bool:
    """Who asks unnamed is unnamed to who looks, too."""
    question = db.session.get(Question, held.subject_id)
    return question is not None and question.unnamed


KIND = Kind(let=_let, refuse=_refuse, again=_again, hides=_hides, wholes=_wholes, anew=_anew)
