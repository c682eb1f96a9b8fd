"""What is held of a person's talk: what she has said in groups, what she gave a picture, how far she has read."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.belongings.part import PLACE, Part, Wanted
from community.groups.models import Group
from community.media.models import Photo, Voice
from community.talk.models import Message, Reaction, TalkMark


def _said(who: int) -> Wanted:
    one = Message
    fields = (
        one.id, one.language, one.parent_id, one.announcement_id, one.created.label("moment"), one.removed_at,
        Photo.key.label("photo"), Voice.key.label("voice"),
    )  # fmt: skip
    said = sa.select(one.text.label("words"), *PLACE, *fields).join(Group, one.group_id == Group.id)
    said = said.outerjoin(Photo, one.photo_id == Photo.id).outerjoin(Voice, one.voice_id == Voice.id)
    return said.where(one.person_id == who).order_by(one.id)


def _given(who: int) -> Wanted:
    one = Reaction
    given = sa.select(*PLACE, one.message_id, one.picture, one.created.label("moment"))
    given = given.join(Message, one.message_id == Message.id).join(Group, Message.group_id == Group.id)
    return given.where(one.person_id == who).order_by(one.message_id)


def _read(who: int) -> Wanted:
    one = TalkMark
    read = sa.select(*PLACE, one.seq).join(Group, one.group_id == Group.id)
    return read.where(one.person_id == who).order_by(one.group_id)


PARTS = (
    Part("talk", _l("Talk"), ("message",), _said, "words"),
    Part("reactions", _l("Talk"), ("reaction",), _given, "picture"),
    Part("talk_read", _l("Talk"), ("talk_mark",), _read),
)
