"""What rings for talk: only for who chose so, once an hour for a group; and for who answers for an announcement, its
replies, once an hour. Neither says what was said, and both share one place of a person's day.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, UOWTransaction, joinedload

from community.announcements.models import Announcement
from community.database import db, now
from community.days.spending import Wish, spend
from community.groups.involvement import Involvement
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.nights import day_of, night_ends
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import LATER, Outbox
from community.people.blocks import Block
from community.people.models import Person
from community.talk.gates import is_answered, is_still_hers
from community.talk.hours import look_back, once_an_hour
from community.talk.models import Message, TalkMark
from community.talk.reading import unread

BATCH = 500  # people a promise


def grew(session: Session, _context: UOWTransaction) -> None:
    """After each flush: what others may read from now on."""
    ours = [one for one in (*session.new, *session.dirty) if isinstance(one, Message) and one.is_out]
    came = [one for one in ours if one in session.new or _came_out(one)]
    for group_id in {one.group_id for one in came if one.seq is not None}:
        _grew(group_id)
    for number in {one.announcement_id for one in came if one.announcement_id}:
        since = min(one.id for one in came if one.announcement_id == number)
        once_an_hour("replies", f"replies:{number}", announcement_id=number, since=since)


def _came_out(one: Message) -> bool:
    """It has a number since now, or waits no more."""
    fields = sa.inspect(one).attrs
    return bool(fields.seq.history.added or fields.held_id.history.deleted)


def _grew(group_id: int) -> None:
    """Somebody may want to be rung for it; where nobody does, nothing is promised."""
    if db.session.scalar(sa.select(TalkMark.person_id).where(TalkMark.group_id == group_id, TalkMark.rings).limit(1)):
        once_an_hour("talk", f"talk:{group_id}", group_id=group_id)


def tell(group_id: int, after: int = 0) -> None:
    """Promise a ring to each who wants one; who sleeps is rung once when her night is over."""
    wants = sa.select(TalkMark.person_id).where(TalkMark.group_id == group_id, TalkMark.rings)
    found = db.session.scalars(wants.where(TalkMark.person_id > after).order_by(TalkMark.person_id).limit(BATCH)).all()
    people = {one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_(found)))}
    for number in found:
        _promise("ring-talk", f"ring-talk:{group_id}", people[number], group_id=group_id)
    if len(found) == BATCH:
        Outbox.promise("talk", f"talk:{group_id}:{now().timestamp()}", rank=LATER, group_id=group_id, after=found[-1])


def tell_who_answers(announcement_id: int, after: int = 0, since: int = 0) -> None:
    """Its author, and those who hold a task in its group: of the replies from the one numbered `since` on."""
    said = db.session.get_one(Announcement, announcement_id)
    tasks = sa.select(Membership).where(Membership.group_id == said.audience.group_id, Membership.role != "member")
    tasks = tasks.where(Membership.person_id > after).order_by(Membership.person_id).limit(BATCH)
    found = db.session.scalars(tasks.options(joinedload(Membership.person))).all()
    people = {held.person_id: held.person for held in found} | ({} if after else {said.author_id: said.author})
    for person in people.values():
        _promise("ring-replies", f"ring-replies:{said.id}", person, announcement_id=said.id, since=since)
    if len(found) == BATCH:
        last = found[-1].person_id
        key = f"replies:{said.id}:{now().timestamp()}:{last}"
        Outbox.promise("replies", key, rank=LATER, announcement_id=said.id, after=last, since=since)


def _promise(kind: str, stem: str, person: Person, **args: Any) -> None:
    at = night_ends(person, now()) or now()
    key = f"{stem}:{person.id}:{at:%Y%m%d%H%M}"
    look_back([key], args.get("since", 0))
    Outbox.promise(kind, key, at, rank=LATER, person_id=person.id, **args)


def _has_room(person: Person) -> bool:
    """Her day has one place for all that is no announcement: talk, replies and the digest share it."""
    return person.id in spend(Wish(), {person.id}, day_of(person, night_ends(person, now()) or now()))


class TalkRing(Ring):
    """Its arguments are `group_id` and `person_id`."""

    def place(self, row: Outbox) -> Group | None:
        return db.session.get(Group, row.args["group_id"])

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        group, person = self.place(row), db.session.get(Person, row.args["person_id"])
        if group is None or person is None or not _wants(group, person) or not _has_room(person):
            return None
        return person, partial(_talk, group, person)


def _wants(group: Group, person: Person) -> bool:
    """Still: she is in it, hears everything of it, and has not read what is new."""
    here = Standing.of(person).here(group)
    if group.rests or not here:
        return False
    heard, mark = Involvement.of(here), db.session.get(TalkMark, (group.id, person.id))
    if heard.level != "everything" or heard.is_silent or not (mark and mark.rings):
        return False
    return unread(person, group.id, mark.seq) > 0


def _talk(group: Group, person: Person) -> bytes:
    with speaking(person.language):
        words = _("There is something new in the courtyard.")
        if not group.sensitive:
            words = _("There is new talk in %(group)s.", group=group.name)
        return call(words, person.language, f"/groups/{group.id}/talk", f"t{group.id}")


class ReplyRing(Ring):
    """Its arguments are `announcement_id`, `person_id` and `since`, the first reply that it is about.

    Not for one's own replies, nor for blocked people's.
    """

    def place(self, row: Outbox) -> Group | None:
        said = db.session.get(Announcement, row.args["announcement_id"])
        return said.audience.group if said else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        said = db.session.get(Announcement, row.args["announcement_id"])
        person = db.session.get(Person, row.args["person_id"])
        if said is None or person is None or not _answers_for(said, person):
            return None
        if not _is_replied_to(said, person, row.args.get("since", 0)) or not _has_room(person):
            return None
        return person, partial(_reply, said, person)


def _answers_for(said: Announcement, person: Person) -> bool:
    stand, group = Standing.of(person), said.audience.group
    here = stand.here(group)
    if not is_answered(stand, said) or (here and Involvement.of(here).is_silent):
        return False
    return is_still_hers(stand, said) or (bool(here) and stand.is_at_least("responder", group))


def _is_replied_to(said: Announcement, person: Person, since: int) -> bool:
    theirs = (Message.person_id != person.id, Message.person_id.not_in(Block.ids(person)))
    live = (Message.announcement_id == said.id, Message.removed_at.is_(None), Message.held_id.is_(None))
    found = sa.select(Message.id).where(*live, *theirs, Message.id >= since)
    return db.session.scalar(found.limit(1)) is not None


def _reply(said: Announcement, person: Person) -> bytes:
    with speaking(person.language):
        words = _("There is something new in the courtyard.")
        return call(words, person.language, f"/announcements/{said.id}#below", f"r{said.id}")


sa.event.listen(db.session, "after_flush", grew)
