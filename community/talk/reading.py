"""A page of talk as one person sees it: by index alone, however much was said.

A page is twenty `seq`, so that pages stay as they are. A thread stands where something was said in it last on that
page: its first message whole, and below it the replies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from community.database import db, now
from community.groups.membership import Standing
from community.groups.models import Group
from community.people.blocks import Block
from community.people.models import Person
from community.talk.gates import looks_after, may_talk
from community.talk.models import TAKE_BACK, Message, Reaction, TalkCounter, TalkMark

PAGE = 20
REPLIES = 20  # of one thread on a page; all of them have a page of their own
COUNTED = 99  # beyond this it is "99+"


@dataclass
class Shown:
    """A message as somebody sees it. `count` is how many replies there are, up to COUNTED + 1."""

    message: Message
    mine: bool
    new: bool = False
    may_remove: bool = False
    may_reply: bool = False
    reactions: dict[str, int] = field(default_factory=dict)
    own: str = ""  # the picture that she has given
    replies: list["Shown"] = field(default_factory=list)
    count: int = 0


@dataclass
class Page:
    """`upto` is the last `seq` on it; `before` and `after` lead to its neighbours, `first_new` to the first new."""

    threads: list[Shown]
    waiting: list[Message]
    new: int
    upto: int
    before: int | None
    after: int | None
    first_new: int | None
    catches_up: bool  # nothing new lies before this page


def whole() -> tuple[sa.orm.strategy_options._AbstractLoad, ...]:
    """What drawing a message needs, in one query."""
    return joinedload(Message.person, innerjoin=True), joinedload(Message.photo), joinedload(Message.voice)


def shown(messages: Sequence[Message], stand: Standing, mark: int | None = None) -> list[Shown]:
    """These messages as she sees them; what is after `mark` is new."""
    me, given = stand.person.id, _reactions([one.id for one in messages], stand.person)
    made = []
    for one in messages:
        counts, own = given.get(one.id, ({}, ""))
        new = mark is not None and (one.seq or 0) > mark and one.person_id != me and not one.is_gone
        may = looks_after(stand, one)
        made.append(Shown(one, one.person_id == me, new, may, reactions=counts, own=own))
    return made


def _reactions(ids: list[int], person: Person) -> dict[int, tuple[dict[str, int], str]]:
    if not ids:
        return {}
    mine = sa.func.max(sa.case((Reaction.person_id == person.id, 1), else_=0))
    each = sa.select(Reaction.message_id, Reaction.picture, sa.func.count(), mine)
    each = each.where(Reaction.message_id.in_(ids)).group_by(Reaction.message_id, Reaction.picture)
    found: dict[int, tuple[dict[str, int], str]] = {}
    for number, picture, count, own in db.session.execute(each):
        counts, had = found.get(number, ({}, ""))
        found[number] = ({**counts, picture: count}, picture if own else had)
    return found


def unread(person: Person, group_id: int, mark: int) -> int:
    """How many are new to her, up to COUNTED + 1. Her own never are."""
    new = _seen(person, group_id).where(Message.seq > mark, Message.removed_at.is_(None))
    new = new.where(Message.person_id != person.id).order_by(Message.seq).limit(COUNTED + 1)
    return db.session.scalar(sa.select(sa.func.count()).select_from(new.subquery())) or 0


def _seen(person: Person, group_id: int) -> sa.Select[int]:
    """Of a group's talk what she sees."""
    return sa.select(Message.id).where(Message.group_id == group_id, Message.seq.is_not(None), *unblocked(person))


def unblocked(person: Person) -> list[sa.ColumnElement[bool]]:
    """Nothing of whom she has blocked, nor what others said to it: threads that they began are not shown."""
    blocked = Block.ids(person)
    if not blocked:
        return []
    head = aliased(Message)
    # A scalar is asked for each row by its key; as NOT IN or NOT EXISTS it may become all that they have said.
    began = sa.select(head.person_id).where(head.id == Message.parent_id).correlate(Message).scalar_subquery()
    return [Message.person_id.not_in(blocked), sa.func.coalesce(began, 0).not_in(blocked)]


def mine_still(person: Person) -> sa.ColumnElement[bool]:
    """Her own: what stands or waits, and what she may still bring back."""
    fresh = sa.and_(Message.removed_by == person.id, Message.removed_at > now() - TAKE_BACK)
    return sa.and_(Message.person_id == person.id, sa.or_(Message.removed_at.is_(None), fresh))


def page(stand: Standing, group: Group, before: int | None) -> Page:
    """Twenty `seq` before `before`; the newest ones without."""
    person, last = stand.person, TalkCounter.now_at(group.id)
    end = min(before or last + 1, last + 1)
    start, mark = max(end - PAGE, 1), TalkMark.of(person, group.id)
    here = _between(person, group, start, end)
    threads = _threads(stand, here, mark)
    new = unread(person, group.id, mark)
    talks = may_talk(stand, group)
    for one in threads:
        one.may_reply = talks
    return Page(
        threads, _waiting(person, group) if end == last + 1 else [], new, end - 1, start if start > 1 else None,
        end + PAGE if end <= last else None, mark + 1 + PAGE if new and mark + 1 < start else None, mark + 1 >= start,
    )  # fmt: skip


def _between(person: Person, group: Group, start: int, end: int) -> list[Message]:
    ids = _seen(person, group.id).where(Message.seq >= start, Message.seq < end)
    wanted = sa.select(Message).where(Message.id.in_(ids)).options(*whole())
    return list(db.session.scalars(wanted.order_by(Message.seq)))


def _threads(stand: Standing, here: list[Message], mark: int) -> list[Shown]:
    """In the order of what was said last in each on this page."""
    order = list(dict.fromkeys(one.parent_id or one.id for one in reversed(here)))[::-1]
    heads = {one.id: one for one in here if one.parent_id is None}
    if away := [number for number in order if number not in heads]:
        wanted = sa.select(Message).where(Message.id.in_(away)).options(*whole())
        heads |= {one.id: one for one in db.session.scalars(wanted)}
    replies = {number: [one for one in here if one.parent_id == number] for number in order}
    flat = [heads[number] for number in order] + [one for number in order for one in replies[number]]
    drawn = {one.message.id: one for one in shown(flat, stand, mark)}
    counts = _counts(order, Block.ids(stand.person))
    for number in order:
        drawn[number].replies = [drawn[one.id] for one in replies[number]]
        drawn[number].count = counts.get(number, 0)
    return [drawn[number] for number in order]


def _counts(ids: Iterable[int], blocked: frozenset[int]) -> dict[int, int]:
    """How many replies each has, up to COUNTED + 1, but for those of the blocked: one question for all."""
    theirs = [Message.person_id.not_in(blocked)] if blocked else []
    each = [
        sa.select(sa.literal(number).label("id"), Message.id.label("reply"))
        .where(Message.parent_id == number, Message.held_id.is_(None), Message.removed_at.is_(None), *theirs)
        .limit(COUNTED + 1)
        .subquery()
        .select()
        for number in ids
    ]
    if not each:
        return {}
    found = sa.union_all(*each).subquery()
    counted = sa.select(found.c.id, sa.func.count()).group_by(found.c.id)
    return {number: count for number, count in db.session.execute(counted)}


def thread(stand: Standing, head: Message, before: int | None) -> tuple[Shown, int | None]:
    """A message with its newest replies, oldest first; and where the earlier ones begin, where there are more."""
    blocked = Block.ids(stand.person)
    wanted = sa.select(Message).where(Message.parent_id == head.id, Message.held_id.is_(None))
    if blocked:
        wanted = wanted.where(Message.person_id.not_in(blocked))
    if before:
        wanted = wanted.where(Message.id < before)
    found = list(db.session.scalars(wanted.options(*whole()).order_by(Message.id.desc()).limit(REPLIES + 1)))
    replies = found[:REPLIES][::-1]
    drawn = shown([head, *replies], stand)
    drawn[0].replies, drawn[0].count = drawn[1:], _counts([head.id], blocked).get(head.id, 0)
    drawn[0].may_reply = not head.announcement_id and may_talk(stand, head.group)
    return drawn[0], replies[0].id if len(found) > REPLIES else None


def _waiting(person: Person, group: Group) -> list[Message]:
    """Her own that somebody still has to look at, or that she has taken back before anybody did."""
    mine = (mine_still(person), Message.group_id == group.id, Message.held_id.is_not(None))
    wanted = sa.select(Message).where(*mine, Message.announcement_id.is_(None))
    return list(db.session.scalars(wanted.options(*whole()).order_by(Message.id).limit(PAGE)))


def door(person: Person, group: Group) -> tuple[int, int]:
    """(the last `seq` of the group's talk, how many are new to her), in one question; for the row that leads there."""
    mark = sa.select(TalkMark.seq).where(TalkMark.group_id == group.id, TalkMark.person_id == person.id)
    new = _seen(person, group.id).where(Message.seq > sa.func.coalesce(mark.scalar_subquery(), 0))
    new = new.where(Message.removed_at.is_(None), Message.person_id != person.id)
    new = new.order_by(Message.seq).limit(COUNTED + 1)
    count = sa.select(sa.func.count()).select_from(new.subquery()).scalar_subquery()
    found = db.session.execute(sa.select(TalkCounter.seq, count).where(TalkCounter.group_id == group.id)).first()
    return (found[0], found[1]) if found else (0, 0)
