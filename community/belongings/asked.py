"""What is held of what a person asked, and of what she answered others."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.belongings.part import PLACE, Part, Wanted
from community.groups.models import Group
from community.media.models import Photo, Voice
from community.questions.models import Answer, Question, Step


def _questions(who: int) -> Wanted:
    """Not urgent help: what she takes along may fall into the hands of whoever she asked for help against."""
    one = Question
    fields = (
        one.text.label("words"), one.language, one.shared, one.unnamed, one.named, one.created.label("moment"),
        one.answered_at, one.ended_at, Photo.key.label("photo"), Voice.key.label("voice"),
    )  # fmt: skip
    asked = sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).outerjoin(Photo, one.photo_id == Photo.id)
    asked = asked.outerjoin(Voice, one.voice_id == Voice.id)
    return asked.where(one.person_id == who, one.trouble.is_(None)).order_by(one.id)


def _answers(who: int) -> Wanted:
    """What she said; not what she was asked."""
    one = Answer
    fields = (one.text.label("words"), one.language, one.created.label("moment"), Voice.key.label("voice"))
    said = sa.select(*fields).outerjoin(Voice, one.voice_id == Voice.id)
    said = said.join(Question, one.question_id == Question.id).where(Question.trouble.is_(None))
    return said.where(one.person_id == who).order_by(one.id)


def _steps(who: int) -> Wanted:
    """Taken, let go, handed over, answered: when, and nothing of what it was about; of her own urgent help nothing."""
    one = Step
    steps = sa.select(one.what, one.created.label("moment")).join(Question, one.question_id == Question.id)
    hers = sa.and_(Question.trouble.is_not(None), Question.person_id == who)
    return steps.where(one.person_id == who, ~hers).order_by(one.id)


PARTS = (
    Part("questions", _l("Questions"), ("question",), _questions, "words"),
    Part("answers", _l("What I answered"), ("answer",), _answers, "words"),
    Part("question_steps", _l("What became of questions"), ("question_step",), _steps, "what"),
)
