"""What is held of answers that she keeps for others, and of what she asked: is this true?"""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.belongings.part import PLACE, Part, Wanted
from community.faq.models import Entry
from community.groups.models import Group
from community.media.models import Photo, Voice
from community.rumours.models import Rumour, RumourFlag


def _kept(who: int) -> Wanted:
    one = Entry
    fields = (
        one.question.label("asked"), one.language, one.created.label("moment"), one.ended_at, Voice.key.label("voice"),
    )  # fmt: skip
    hers = sa.select(one.answer.label("words"), *PLACE, *fields).join(Group, one.group_id == Group.id)
    return hers.outerjoin(Voice, one.voice_id == Voice.id).where(one.person_id == who).order_by(one.id)


def _asked(who: int) -> Wanted:
    """Words that she brought; of anything else that she asked, and what was found."""
    one = Rumour
    fields = (one.what, one.language, RumourFlag.created.label("moment"), one.verdict, Photo.key.label("photo"))
    hers = sa.select(one.text.label("words"), *PLACE, *fields).join(RumourFlag, RumourFlag.rumour_id == one.id)
    hers = hers.join(Group, one.group_id == Group.id).outerjoin(Photo, one.photo_id == Photo.id)
    return hers.where(RumourFlag.person_id == who).order_by(RumourFlag.id)


PARTS = (
    Part("good_answers", _l("Good answers"), ("good_answer",), _kept, "words"),
    Part("rumours", _l("Is this true?"), ("rumour_flag",), _asked, "words"),
)
