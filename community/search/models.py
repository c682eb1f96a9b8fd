"""What can be found: the words of names of groups and people, as they sound, kept in the flush that changes them."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState, Mapped, Session, UOWTransaction, mapped_column

from community.database import Base, BigId, ByteText, db
from community.groups.membership import Membership
from community.groups.models import Group
from community.outbox.models import LATER, Outbox
from community.people.models import Person
from community.search.sounds import sound, spellings, words

MOST = 24  # rows of a name
BATCH = 1000  # names a commit, where all are written anew
Row = dict[str, Any]


class GroupWord(Base):
    """One way to say one word of a group's name; its whole name in one word, too."""

    __tablename__ = "group_word"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id, ondelete="CASCADE"), primary_key=True)
    spelling: Mapped[str] = mapped_column(ByteText, primary_key=True)
    sound: Mapped[str] = mapped_column(ByteText)
    community_id: Mapped[int] = mapped_column(BigId)

    __table_args__ = (
        sa.Index("ix_group_word_spelling", "community_id", "spelling", "group_id"),
        sa.Index("ix_group_word_sound", "community_id", "sound", "group_id"),
    )


class PersonWord(Base):
    """The same of a person's name, once for each community that she is in."""

    __tablename__ = "person_word"

    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    spelling: Mapped[str] = mapped_column(ByteText, primary_key=True)
    sound: Mapped[str] = mapped_column(ByteText)

    __table_args__ = (
        sa.Index("ix_person_word_spelling", "community_id", "spelling", "person_id"),
        sa.Index("ix_person_word_sound", "community_id", "sound", "person_id"),
    )


def rows_of(name: str, **whose: int) -> list[Row]:
    """What to keep of a name."""
    said = words(name)
    found = dict.fromkeys(way for word in [*said, "".join(said)] for way in spellings(word))
    return [{**whose, "spelling": way, "sound": sound(way)} for way in list(found)[:MOST]]


def keep(session: Session, _context: UOWTransaction) -> None:
    """After each flush: what it named is written, once for all that it named."""
    if groups := list(_named(session, Group)):
        _write(session, GroupWord, GroupWord.group_id, [one.id for one in groups], group_rows(groups))
    if people := list(_named(session, Person)):
        old = [one.id for one in people if one not in session.new]
        _write(session, PersonWord, PersonWord.person_id, old, _person_rows(people, _communities(session, old)))
    if came := [one for one in session.new if isinstance(one, Membership)]:
        _let_be_found(session, came)
    if gone := [one for one in session.deleted if isinstance(one, Membership)]:
        _let_be_forgotten(session, gone)


def _named(session: Session, what: type[Any]) -> Iterator[Any]:
    yield from (one for one in session.new if isinstance(one, what))
    for one in session.dirty:
        state: InstanceState[Any] = sa.inspect(one)
        if isinstance(one, what) and any(
            state.attrs[field].history.has_changes() for field in ("name", "community_id") if field in state.attrs
        ):
            yield one


def group_rows(groups: Iterable[Group]) -> list[Row]:
    return [row for one in groups for row in rows_of(one.name, group_id=one.id, community_id=one.community_id)]


def _person_rows(people: Iterable[Person], places: Iterable[tuple[int, int]]) -> list[Row]:
    names = {one.id: one.name or "" for one in people}
    return [row for each, where in places for row in rows_of(names[each], person_id=each, community_id=where)]


def _communities(session: Session, people: list[int]) -> list[tuple[int, int]]:
    """(person, community) wherever these people are."""
    if not people:
        return []
    held = sa.select(Membership.person_id, Membership.community_id).where(Membership.person_id.in_(people)).distinct()
    return [(each, where) for each, where in session.execute(held)]


def _let_be_found(session: Session, came: list[Membership]) -> None:
    """Whoever came into a community can be found there from now on."""
    places = {(one.person_id, one.community_id): one.person for one in came if one.person.name}
    if not places:
        return
    hers = PersonWord.person_id.in_([each for each, _where in places])
    known = {
        tuple(row)
        for row in session.execute(sa.select(PersonWord.person_id, PersonWord.community_id).where(hers).distinct())
    }
    new = [place for place in places if place not in known]
    if rows := _person_rows({places[place] for place in new}, new):
        session.execute(sa.insert(PersonWord), rows)


def _let_be_forgotten(session: Session, gone: list[Membership]) -> None:
    """Whoever is in no group of a community any more is not found there."""
    hers = PersonWord.person_id.in_([one.person_id for one in gone])
    still = sa.exists().where(
        Membership.person_id == PersonWord.person_id, Membership.community_id == PersonWord.community_id
    )
    session.execute(sa.delete(PersonWord).where(hers, ~still).execution_options(synchronize_session=False))


def _write(session: Session, table: type[Any], own: Any, old: list[int], rows: list[Row]) -> None:
    if old:
        session.execute(sa.delete(table).where(own.in_(old)).execution_options(synchronize_session=False))
    if rows:
        session.execute(sa.insert(table), rows)


def index(after: int = 0) -> None:
    """Write all names anew, in batches: what was there before there was a search, or came by COPY."""
    groups = db.session.scalars(sa.select(Group).where(Group.id > after).order_by(Group.id).limit(BATCH)).all()
    _write(db.session(), GroupWord, GroupWord.group_id, [one.id for one in groups], group_rows(groups))
    if len(groups) == BATCH:
        Outbox.promise("index", f"index:groups:{groups[-1].id}", rank=LATER, after=groups[-1].id)
    else:
        Outbox.promise("index-people", "index:people:0", rank=LATER)


def index_people(after: int = 0) -> None:
    named = sa.select(Person).where(Person.id > after, Person.name.is_not(None), Person.name != "")
    people = db.session.scalars(named.order_by(Person.id).limit(BATCH)).all()
    ids = [one.id for one in people]
    _write(db.session(), PersonWord, PersonWord.person_id, ids, _person_rows(people, _communities(db.session(), ids)))
    if len(people) == BATCH:
        Outbox.promise("index-people", f"index:people:{ids[-1]}", rank=LATER, after=ids[-1])


sa.event.listen(db.session, "after_flush", keep)
