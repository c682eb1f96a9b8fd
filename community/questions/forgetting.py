"""What is forgotten of questions: with the person who asked, and a year after they ended."""

from datetime import datetime

import sqlalchemy as sa

from community.database import db, now
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions.models import Answer, Question, Step

SOME = 500  # questions a night


def of_person(person: Person) -> None:
    """What she asked and still waits has ended; her words go, and answers that nobody but her was to read."""
    hers = Question.person_id == person.id
    still = (hers, Question.ended_at.is_(None))
    _run(sa.update(Question).where(*still).values(ended_at=now(), taken_by=None, taken_at=None))
    _empty(list(db.session.scalars(sa.select(Question.id).where(hers))))


def forget(before: datetime) -> None:
    """Of what ended, or was answered, before this moment: words, photos, voices and who did what when."""
    over = sa.func.coalesce(Question.ended_at, Question.answered_at) < before
    kept = sa.or_(
        Question.text != "", Question.voice_id.is_not(None), Question.photo_id.is_not(None),
        sa.exists().where(Step.question_id == Question.id),
    )  # fmt: skip
    found = list(db.session.scalars(sa.select(Question.id).where(over, kept).order_by(Question.id).limit(SOME)))
    _empty(found, all_answers=True)
    _run(sa.delete(Step).where(Step.question_id.in_(found)))


def _empty(ids: list[int], *, all_answers: bool = False) -> None:
    asked = Question.id.in_(ids)
    of_these: sa.ColumnElement[bool] = Answer.question_id.in_(ids)
    if not all_answers:  # what a group has read with its answer stays with whoever answered
        of_these = sa.and_(of_these, Answer.question_id.in_(sa.select(Question.id).where(~Question.shared)))
    voices = [*_shown(Question.voice_id, asked), *_shown(Answer.voice_id, of_these)]
    photos = _shown(Question.photo_id, asked)
    _run(sa.update(Question).where(asked).values(text="", voice_id=None, photo_id=None))
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
