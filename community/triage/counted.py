"""What of questions counts in the counters: before whom they lie, and since when. Not a word of them is read."""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from community.database import db
from community.oversight.changes import Mark, desks, marks
from community.oversight.pressing import counts
from community.questions.models import Question, Step


def count_questions() -> None:
    """From now on. Asking twice is harmless."""
    counts("urgent", lambda ids: _open(ids, Question.trouble.is_not(None)))
    counts("questions", lambda ids: _open(ids, Question.trouble.is_(None)))
    marks(Question, _of_question)
    marks(Step, _of_step)


def _open(ids: Collection[int], kind: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """On the desk where they lie; where nobody answers, they lie where they were asked."""
    waits = (Question.ended_at.is_(None), Question.answered_at.is_(None), kind)
    laid = sa.select(Question.desk_id.label("place"), Question.created).where(Question.desk_id.in_(ids), *waits)
    stranded = sa.select(Question.group_id.label("place"), Question.created)
    stranded = stranded.where(Question.desk_id.is_(None), Question.group_id.in_(ids), *waits)
    both = sa.union_all(laid, stranded).cte("open_ones")
    return sa.select(both.c.place, sa.func.count(), sa.func.min(both.c.created)).group_by(both.c.place)


def _of_question(question: Question) -> Iterator[Mark]:
    """Where it lies and lay, and where it was asked: there it counts while nobody answers."""
    yield from ((question.community_id, place, False) for place in {question.group_id, *desks(question)} if place)


def _of_step(step: Step) -> Iterator[Mark]:
    """A statement past the session leaves its step: then the desks that earlier steps name are counted anew, too."""
    places = {step.question.group_id, step.desk_id}
    if step.what == "moved up":
        earlier = sa.select(Step.desk_id).where(Step.question_id == step.question.id).distinct()
        places |= set(db.session.connection().scalars(earlier))
    yield from ((step.community_id, place, False) for place in places if place)
