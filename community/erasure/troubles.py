"""What was said in urgent help goes soon after it is over: words, voices, photos; theirs and what was answered."""

from datetime import timedelta

import sqlalchemy as sa

from community.database import db, now
from community.erasure.erasing import _dropped, _run, _unhang
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.questions.models import Answer, Question

SAID = timedelta(days=30)  # after it was answered, closed or taken back


def let_go() -> None:
    """That it was asked, and how it went on, stays as long as of any question; what stood in it does not."""
    ended = sa.func.coalesce(Question.ended_at, Question.answered_at)
    over = sa.select(Question.id).where(Question.trouble.is_not(None), ended < now() - SAID)
    of_it = (Question.id.in_(over), Answer.question_id.in_(over))
    voices = sa.union(
        sa.select(Question.voice_id).where(of_it[0], Question.voice_id.is_not(None)),
        sa.select(Answer.voice_id).where(of_it[1], Answer.voice_id.is_not(None)),
    )
    photos = sa.select(Question.photo_id).where(of_it[0], Question.photo_id.is_not(None))
    files = _taken(Voice, voices) + _taken(Photo, photos)
    for table, which in zip((Question, Answer), of_it, strict=True):
        _run(sa.update(table).where(which, table.text != "").values(text=""))
    if files:
        Outbox.promise("erase-files", f"erase-files:urgent:{now().timestamp()}", files=files)


def _taken(kind: type[Photo] | type[Voice], shown: sa.SelectBase) -> list[str]:
    """Out of whatever shows them; the names of their files. Read first: what shows them no more would name none."""
    which = sa.select(kind.id).where(kind.id.in_(list(db.session.execute(shown).scalars())))
    _unhang(which, kind.__tablename__)
    return _dropped(which, kind)
