"""What waits for a responder, most urgent first; and what became of what somebody asked. Read by indexes alone."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from community.database import db, now
from community.duty.models import Duty
from community.groups.membership import Standing
from community.groups.models import Group
from community.people.models import Person
from community.questions.gates import lies_above
from community.questions.models import Question

PAGE = 20
MANY = 100  # so many are counted on the courtyard


class Place(NamedTuple):
    """Where a page begins: behind this one. Urgent help (rank 0) stands before all else (rank 1)."""

    rank: int = 0
    number: int = 0

    @classmethod
    def read(cls, text: str) -> "Place":
        """As `str` says it; the first page for nonsense."""
        rank, _dash, number = text.partition("-")
        sane = rank in ("0", "1") and number.isascii() and number.isdecimal() and len(number) < 19
        return cls(int(rank), int(number)) if sane else cls()

    def __str__(self) -> str:
        return f"{self.rank}-{self.number}"


FIRST = Place()


class Burden(NamedTuple):
    """What waits for somebody on her courtyard: a number, and whether urgent help is among it."""

    many: int = 0
    urgent: bool = False


def place_of(question: Question) -> Place:
    return Place(0 if question.trouble else 1, question.id)


def desks(stand: Standing) -> list[int]:
    """The groups in which she holds a role herself."""
    held = [one for one in stand.memberships if one.role != "member" and not one.group.rests]
    return sorted({one.group_id for one in held})


def answers(stand: Standing) -> bool:
    return bool(desks(stand) or stand.offices.held)


def waiting(person: Person, stand: Standing, after: Place = FIRST) -> list[Question]:
    """What nobody has taken on the desks at which she answers, and one more than a page: then there is another one."""
    if not answers(stand):
        return []
    ids = _free(person, stand, after, PAGE + 1)
    wanted = sa.select(Question).where(Question.id.in_(sa.select(ids.c.id)))
    wanted = wanted.options(*_whole()).order_by(Question.trouble.is_(None), Question.id)
    return [one for one in db.session.scalars(wanted.limit(PAGE + 1)) if lies_above(one)]


def burden(person: Person, stand: Standing) -> Burden:
    """Of those, and what she has taken herself or somebody handed her: MANY at most."""
    if not answers(stand):
        return Burden()
    free, hers = _free(person, stand, FIRST, MANY), sa.select(Question.id).where(*_taken(person)).limit(MANY)
    ids = sa.union(sa.select(free.c.id), hers.subquery().select()).subquery()
    found = sa.select(sa.func.count(), sa.func.count(Question.trouble)).join(ids, ids.c.id == Question.id)
    many, urgent = db.session.execute(found).one()
    return Burden(min(MANY, many), urgent > 0)


def _taken(person: Person) -> tuple[sa.ColumnElement[bool], ...]:
    return Question.taken_by == person.id, Question.answered_at.is_(None), Question.ended_at.is_(None)


def _free(person: Person, stand: Standing, after: Place, most: int) -> sa.Subquery:
    """A few ids of each desk, by the index in which they stand in that order; urgent help for who is trained for it."""
    legs = []
    for rank in range(after.rank, 2):
        free = (*_kind(person, rank), Question.id > (after.number if rank == after.rank else 0))
        places = [Question.desk_id == desk for desk in _first_of(desks(stand), free, most)]
        places += [Question.desk_id.in_(stand.offices.begin_in())] if stand.offices.held else []
        for place in places:
            leg = sa.select(Question.id).where(place, *free)
            legs.append(sa.select(leg.order_by(Question.id).limit(most).subquery().c.id))
    return sa.union(*(legs or [sa.select(Question.id).where(sa.false())])).subquery()


def _kind(person: Person, rank: int) -> tuple[sa.ColumnElement[bool], ...]:
    trained = sa.select(Duty.group_id).where(Duty.person_id == person.id, Duty.urgent, Duty.ended_at.is_(None))
    help_wanted = sa.and_(Question.trouble.is_not(None), Question.desk_id.in_(trained))
    free = (Question.taken_by.is_(None), Question.answered_at.is_(None), Question.ended_at.is_(None))
    return *free, Question.trouble.is_(None) if rank else help_wanted, Question.person_id != person.id


def _first_of(near: list[int], free: tuple[sa.ColumnElement[bool], ...], most: int) -> list[int]:
    """Of many desks those with the oldest: the oldest of all lie on no other. A database takes a few hundred parts in
    one statement, and some answer in more groups."""
    if len(near) <= most:
        return near
    oldest = sa.select(Question.id).where(Question.desk_id == Group.id, *free).order_by(Question.id).limit(1)
    first = sa.select(Group.id, oldest.correlate(Group).scalar_subquery().label("oldest")).where(Group.id.in_(near))
    found = first.subquery()
    lying = sa.select(found.c.id).where(found.c.oldest.is_not(None)).order_by(found.c.oldest)
    return list(db.session.scalars(lying.limit(most)))


def taken(person: Person, stand: Standing) -> list[Question]:
    """What she has taken and not answered, as far as she still answers there; urgent help first."""
    if not answers(stand):
        return []
    wanted = sa.select(Question).where(*_taken(person)).options(*_whole()).limit(PAGE)
    rows = db.session.scalars(wanted.order_by(Question.trouble.is_(None), Question.id))
    found = [one for one in rows if lies_above(one)]
    stand.offices.learn([one.desk for one in found if one.desk])
    return [one for one in found if one.desk and any(where == one.desk_id for where, _ in stand.held_on(one.desk))]


def asked(person: Person, before: int | None = None) -> list[Question]:
    """Hers, newest first, and one more than a page. Urgent help has a page of its own, which says nothing here; what
    is forgotten stands nowhere.
    """
    said = sa.or_(Question.text != "", Question.voice_id.is_not(None))
    mine = sa.select(Question).where(Question.person_id == person.id, Question.trouble.is_(None), said)
    if before:
        mine = mine.where(Question.id < before)
    mine = mine.options(*_whole(), selectinload(Question.steps))
    return list(db.session.scalars(mine.order_by(Question.id.desc()).limit(PAGE + 1)))


def before_the_group(group: Group, before: int | None = None) -> list[Question]:
    """What the group's members may see, newest first, and one more than a page."""
    seen = (Question.group_id == group.id, Question.shared, Question.trouble.is_(None))
    stands = (Question.ended_at.is_(None), Question.removed_at.is_(None), Question.held_id.is_(None))
    wanted = sa.select(Question).where(*seen, *stands).options(*_whole()).order_by(Question.id.desc())
    if before:
        wanted = wanted.where(Question.id < before)
    return list(db.session.scalars(wanted.limit(PAGE + 1)))


def _whole() -> Sequence[sa.orm.interfaces.ORMOption]:
    return [joinedload(getattr(Question, name)) for name in ("group", "desk", "person", "category", "taker", "voice")]


def news_for(person: Person) -> list[Question]:
    """What became of what she asked, as long as she has not seen it. Who never asks, asks nothing here."""
    if person.asked_until is None or person.asked_until < now():
        return []
    since = sa.func.coalesce(Question.seen_at, Question.created)
    going_on = sa.or_(Question.taken_at > since, Question.answered_at > since)
    # What she took back herself she has seen.
    fresh = sa.case((Question.ended_at.is_(None), going_on), else_=Question.ended_at > since)
    mine = (Question.person_id == person.id, Question.trouble.is_(None))
    wanted = sa.select(Question).where(*mine, fresh).options(joinedload(Question.taker))
    return list(db.session.scalars(wanted.order_by(Question.id.desc()).limit(5)))
