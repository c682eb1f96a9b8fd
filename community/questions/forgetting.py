"""What is forgotten of questions: with the person who asked, when they were taken back, and a year after they ended.

What goes by night goes some at a time: each part answers the number after which the next one begins, or 0: all done.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community.database import db, now
from community.holding.models import Held
from community.media.models import Photo, Voice
from community.outbox.models import LATER, Outbox
from community.people.models import Person
from community.questions.models import TAKE_BACK, Answer, Question, Step

SOME = 500  # questions in one commit


def of_person(person: Person) -> None:
    """What she asked and still waits has ended; her words go, and answers that nobody but her was to read."""
    hers = Question.person_id == person.id
    _end(db.session.scalars(sa.select(Question).where(hers, Question.ended_at.is_(None)).order_by(Question.id)).all())
    _empty(list(db.session.scalars(sa.select(Question.id).where(hers))))


def _end(these: Sequence[Question]) -> list[int]:
    """They are over, and nobody's. Row by row, so that whoever counts hears of it."""
    for one in these:
        one.ended_at, one.taken_at, one.taken_by = now(), None, None
    db.session.flush()
    return [one.id for one in these]


def take_back(question: Question) -> bool:
    """She wants it no more: nobody sees it, and its words go when it can not be asked again."""
    if not question.withdraw():
        return False
    at = question.ended_at or now()
    key = f"empty-question:{question.id}:{at.timestamp()}"
    Outbox.promise("empty-question", key, at + TAKE_BACK, rank=LATER, question_id=question.id)
    return True


def empty(question_id: int) -> None:
    """What the outbox does then. Twice is harmless."""
    found = db.session.get(Question, question_id, with_for_update=True)
    if found and found.is_withdrawn and not found.can_be_asked_again:
        _empty([found.id], all_answers=True)


def forget(before: datetime, *which: sa.ColumnElement[bool], after: int = 0) -> int:
    """Of what ended, or was answered, before this moment: words, photos, voices and who did what when."""
    over = sa.and_(sa.func.coalesce(Question.ended_at, Question.answered_at) < before, *which)
    kept = sa.or_(
        Question.text != "", Question.voice_id.is_not(None), Question.photo_id.is_not(None),
        sa.exists().where(Step.question_id == Question.id, ~_says_withdrawn()),
    )  # fmt: skip
    found = sa.select(Question.id).where(over, kept, Question.id > after).order_by(Question.id).limit(SOME)
    ids = list(db.session.scalars(found))
    _forget(ids)
    return _rest(ids)


def forget_unanswered(before: datetime, *which: sa.ColumnElement[bool], after: int = 0) -> int:
    """What nobody has answered, and of which nothing was heard since that moment, is over and forgotten."""
    ids = _end(_silent(before, *which, after=after))
    _forget(ids)
    return _rest(ids)


def close_unanswered(before: datetime, *which: sa.ColumnElement[bool], after: int = 0) -> int:
    """The same is closed, where nobody has taken it: she who asked is told so, and can say that it did not help."""
    found = _silent(before, Question.taken_by.is_(None), *which, after=after)
    for one in found:
        one.close(None)
    return _rest([one.id for one in found])


def _silent(before: datetime, *which: sa.ColumnElement[bool], after: int) -> Sequence[Question]:
    step = sa.select(sa.func.max(Step.created)).where(Step.question_id == Question.id).scalar_subquery()
    silent = sa.func.coalesce(step, Question.created) < before
    waits = (Question.ended_at.is_(None), Question.answered_at.is_(None), silent, Question.id > after)
    return db.session.scalars(sa.select(Question).where(*waits, *which).order_by(Question.id).limit(SOME)).all()


def _rest(ids: list[int]) -> int:
    return ids[-1] if len(ids) == SOME else 0


def _forget(ids: list[int]) -> None:
    _empty(ids, all_answers=True)
    _run(sa.delete(Step).where(Step.question_id.in_(ids), ~_says_withdrawn()))


def _says_withdrawn() -> sa.ColumnElement[bool]:
    """The one step that stays: what was taken back is not taken for closed."""
    ends = aliased(Step)
    last = sa.select(sa.func.max(ends.id)).where(
        ends.question_id == Step.question_id, ends.what.in_(("withdrawn", "closed"))
    )
    return sa.and_(Step.what == "withdrawn", Step.id == last.scalar_subquery())


def _empty(ids: list[int], *, all_answers: bool = False) -> None:
    asked = Question.id.in_(ids)
    of_these: sa.ColumnElement[bool] = Answer.question_id.in_(ids)
    if not all_answers:  # what a group has read with its answer stays with whoever answered
        of_these = sa.and_(of_these, Answer.question_id.in_(sa.select(Question.id).where(~Question.shared)))
    voices = [*_shown(Question.voice_id, asked), *_shown(Answer.voice_id, of_these)]
    photos = _shown(Question.photo_id, asked)
    _run(sa.update(Question).where(asked).values(text="", voice_id=None, photo_id=None))
    _run(sa.update(Held).where(Held.kind == "question", Held.subject_id.in_(ids)).values(text=""))
    _run(sa.update(Answer).where(of_these).values(text="", voice_id=None))
    _let_go(Voice, voices)
    _let_go(Photo, photos)


def _shown(column: sa.orm.InstrumentedAttribute[int | None], where: sa.ColumnElement[bool]) -> list[int]:
    return [one for one in db.session.scalars(sa.select(column).where(where, column.is_not(None))) if one]


def _let_go(kind: type[Photo] | type[Voice], ids: list[int]) -> None:
    """Their rows and files, except of what something else shows, too."""
    rows = kind.__table__
    free = [one for one in set(ids) if not _is_shown(kind, one)]
    found = db.session.execute(sa.select(rows.c.key, rows.c.sizes).where(rows.c.id.in_(free))).all()
    _run(sa.delete(kind).where(rows.c.id.in_(free)))
    files = [f"{one.key}/{rendition}" for one in found for rendition in one.sizes]
    if files:
        Outbox.promise("erase-files", f"erase-files:questions:{min(free)}:{now().timestamp()}", files=files)


def _is_shown(kind: type[Photo] | type[Voice], number: int) -> bool:
    """Whether any table still names it."""
    for table in db.metadata.sorted_tables:
        for column in table.c:
            leads = any(key.column.table is kind.__table__ for key in column.foreign_keys)
            if leads and db.session.scalar(
                sa.select(sa.literal(1)).select_from(table).where(column == number).limit(1)
            ):
                return True
    return False


def _run(statement: sa.Executable) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
