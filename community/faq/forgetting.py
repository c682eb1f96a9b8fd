"""What goes by itself: entries that ended a year ago, with their voices; an asker's own words, once she is erased."""

from datetime import datetime

import sqlalchemy as sa

from community.database import db
from community.faq.models import Entry, Permit, forget_words
from community.media.disposal import let_go
from community.media.models import Voice
from community.people.models import Person
from community.questions.models import Question


def of_person(person: Person) -> None:
    """What was kept in her words ends, and the words go."""
    hers = sa.select(Question.id).where(Question.person_id == person.id)
    forget_words(Entry.question_id.in_(hers))
    gone = sa.delete(Permit).where(Permit.question_id.in_(hers))
    db.session.execute(gone.execution_options(synchronize_session=False))


def old(_sender: object, at: datetime) -> None:
    """Whatever ended before this moment. What is the same in other languages stays, each for itself."""
    ended = db.session.execute(sa.select(Entry.id, Entry.voice_id).where(Entry.ended_at < at).limit(1000)).all()
    numbers = [one.id for one in ended]
    for statement in (
        sa.update(Entry).where(Entry.same_id.in_(numbers)).values(same_id=None),
        sa.delete(Entry).where(Entry.id.in_(numbers)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    let_go(Voice, [one.voice_id for one in ended])
