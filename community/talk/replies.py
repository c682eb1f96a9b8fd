"""What is said under an announcement: whoever hears it may answer, until its author or an admin ends it."""

from dataclasses import dataclass

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.announcements.views import may_pin, seen_by_me
from community.database import db
from community.groups.measures import Measure
from community.groups.membership import Standing, standing
from community.http import missing
from community.people.blocks import Block
from community.people.models import Person
from community.people.session import me
from community.talk.gates import is_answered, is_still_hers
from community.talk.models import Message
from community.talk.reading import COUNTED, Shown, mine_still, shown, whole

PAGE = 20
OUT = (Message.held_id.is_(None), Message.removed_at.is_(None))  # for everybody who hears it


@dataclass
class Below:
    """The newest replies, oldest first; and of her own what others do not see. `before` is where earlier ones begin,
    `count` goes up to COUNTED + 1.
    """

    replies: list[Shown]
    waiting: list[Message]
    count: int
    before: int | None


def answered_by_me(announcement_id: int) -> Announcement:
    """The announcement, if I may answer it now. Raises Missing, or Silenced with the way to why."""
    found = heard_by_me(announcement_id)
    return found if may_answer(standing(me()), found) else missing()


def heard_by_me(announcement_id: int) -> Announcement:
    """The announcement, if it stands and I hear it or said it: whether it is closed to replies by now comes after my
    words were read, which the refusal brings back. Raises Missing, or Silenced with the way to why.
    """
    found = seen_by_me(announcement_id)
    if not found.is_live or not _hears(standing(me()), found):
        missing()
    Measure.let_speak(me(), found.audience.group)
    return found


def may_answer(stand: Standing, said: Announcement) -> bool:
    """Whoever hears it, or said it and is still there."""
    return is_answered(stand, said) and not said.audience.group.rests and _hears(stand, said)


def _hears(stand: Standing, said: Announcement) -> bool:
    return stand.hears(said.audience.group) or is_still_hers(stand, said)


def switched_by_me(announcement_id: int) -> Announcement:
    """The announcement, if I may say whether it is answered: its author, and the group's admins. Raises Missing."""
    found = seen_by_me(announcement_id)
    return found if may_switch(found) else missing()


def may_switch(said: Announcement) -> bool:
    return said.is_live and (may_pin(said) or is_still_hers(standing(me()), said))


def below(said: Announcement, reader: Person, before: int | None = None) -> Below:
    """Nothing under what is removed or over, nor where there shall be no replies; nothing of whom she has blocked."""
    if not is_answered(standing(reader), said):
        return Below([], [], 0, None)
    wanted = _seen(said, reader).where(Message.id < before) if before else _seen(said, reader)
    found = list(db.session.scalars(wanted.options(*whole()).order_by(Message.id.desc()).limit(PAGE + 1)))
    page = found[:PAGE][::-1]
    waiting = [one for one in page if one.held_id or one.removed_at]
    out = [one for one in page if one not in waiting]
    count = len(out) if len(found) <= PAGE and not before else _count(said, reader)
    return Below(shown(out, standing(reader)), waiting, count, page[0].id if len(found) > PAGE else None)


def _seen(said: Announcement, reader: Person) -> sa.Select[Message]:
    """What is out; of her own also what waits for a look, and what she may still bring back."""
    seen = sa.select(Message).where(Message.announcement_id == said.id, sa.or_(sa.and_(*OUT), mine_still(reader)))
    blocked = Block.ids(reader)
    return seen.where(Message.person_id.not_in(blocked)) if blocked else seen


def _count(said: Announcement, reader: Person) -> int:
    some = _seen(said, reader).where(*OUT).with_only_columns(Message.id).limit(COUNTED + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
