"""Who reads talk, and who may talk. A role above gives no reading: it takes a membership in the group itself."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.announcements.models import Announcement
from community.announcements.views import seen_by_me
from community.database import db
from community.groups.gates import heard_by
from community.groups.measures import Measure
from community.groups.membership import Standing, standing
from community.groups.models import Group
from community.http import missing
from community.people.models import Person
from community.talk.models import Message


def talked_in_by(person: Person, group_id: int) -> Group:
    """The group, if the person is a member of exactly this one. Raises Missing."""
    group = heard_by(person, group_id)
    return group if standing(person).here(group) else missing()


def may_talk(stand: Standing, group: Group) -> bool:
    """Whether she may write here at this moment."""
    if group.rests or not stand.here(group) or Measure.silencing(stand.person, group):
        return False
    return group.talking == "everyone" or stand.is_at_least("moderator", group)


def written_in_by(person: Person, group_id: int) -> Group:
    """The group, if the person may write in its talk now. Raises Missing, or Silenced with the way to why."""
    group = spoken_in_by(person, group_id)
    return group if may_talk(standing(person), group) else missing()


def spoken_in_by(person: Person, group_id: int) -> Group:
    """The group, if the person reads its talk and is not silenced: whether it is closed to her by now comes after her
    words were read, which the refusal brings back. Raises Missing, or Silenced with the way to why.
    """
    group = talked_in_by(person, group_id)
    Measure.let_speak(person, group)
    return group


def read_by(person: Person, message_id: int) -> Message:
    """The message, if she sees it: in a group of hers, or under an announcement that is for her; or her own."""
    wanted = sa.select(Message).where(Message.id == message_id)
    found = db.session.scalar(wanted.options(joinedload(Message.group), joinedload(Message.person)))
    if found is None or not (found.is_out or found.person_id == person.id):
        missing()
    if found.announcement_id:
        if not is_answered(standing(person), seen_by_me(found.announcement_id)):
            missing()
    else:
        talked_in_by(person, found.group_id)
    return found


def is_answered(stand: Standing, said: Announcement) -> bool:
    """Whether replies stand under it for her who sees it: none for its author, once she has gone."""
    return said.is_live and said.replies and (said.author_id != stand.person.id or is_still_hers(stand, said))


def is_still_hers(stand: Standing, said: Announcement) -> bool:
    """She said it, and has not left or been put out since: she hears the group, or looks after it from above."""
    group = said.audience.group
    return said.author_id == stand.person.id and (stand.hears(group) or stand.is_at_least("moderator", group))


def looks_after(stand: Standing, message: Message) -> bool:
    """Whether she may remove what somebody else said here."""
    return stand.is_at_least("moderator", message.group)
