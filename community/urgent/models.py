"""GroupPlace: in which country and state a branch is. Aid: what was given to somebody who asked for urgent help."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk, touched
from community.groups.models import Group
from community.people.models import Person
from community.questions.models import Question
from community.urgent.numbers import country_of


class GroupPlace(Base):
    """Said of a group, true for all below it that say nothing else. `code` is one of numbers.toml: `IN`, `IN-UP`."""

    __tablename__ = "group_place"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), unique=True)
    code: Mapped[str] = mapped_column(sa.String(6))
    changed: Mapped[touched]

    group: Mapped[Group] = relationship()

    @classmethod
    def of(cls, group: Group) -> str | None:
        """What is said nearest above; else the country whose time the group keeps; None where that is not known."""
        said = sa.select(cls.group_id, cls.code).where(cls.group_id.in_(group.lineage))
        codes = {one.group_id: one.code for one in db.session.execute(said)}
        near = (codes[group_id] for group_id in reversed(group.lineage) if group_id in codes)
        return next(near, country_of(group.zone))

    @classmethod
    def say(cls, group: Group, code: str, by: Person) -> None:
        found = db.session.scalar(sa.select(cls).where(cls.group_id == group.id))
        if found:
            found.code = code
        else:
            db.session.add(cls(community_id=group.community_id, group=group, code=code))
        group.note("place said", by)


class Aid(Base):
    """What whoever took it noted, in numbers and without a word. It stays when the question is gone, for the sums."""

    __tablename__ = "aid"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), index=True)  # where help was asked for
    question_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Question.id, ondelete="SET NULL"), index=True)
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))  # who noted it
    key: Mapped[str] = mapped_column(sa.String(64))
    what: Mapped[str] = mapped_column(sa.String(10))
    count: Mapped[int] = mapped_column(default=1)
    created: Mapped[moment]
    undone_at: Mapped[maybe_moment]

    question: Mapped[Question | None] = relationship()
    group: Mapped[Group] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "key"),)

    @classmethod
    def note(cls, question: Question, by: Person, *, key: str, what: str, count: int) -> "Aid":
        """Noted under this key; noting it again gives the same row."""
        found = db.session.scalar(sa.select(cls).where(cls.person_id == by.id, cls.key == key))
        if found:
            return found
        made = cls(
            community_id=question.community_id, group_id=question.group_id, question=question, person_id=by.id, key=key,
            what=what, count=count,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made

    @classmethod
    def given(cls, question: Question) -> list["Aid"]:
        mine = sa.select(cls).where(cls.question_id == question.id, cls.undone_at.is_(None))
        return list(db.session.scalars(mine.order_by(cls.id)))

    @classmethod
    def last_of_taker(cls, question: Question) -> datetime | None:
        noted = sa.select(sa.func.max(cls.created)).where(cls.question_id == question.id)
        return db.session.scalar(noted.where(cls.person_id == question.taken_by))

    def undo(self) -> None:
        self.undone_at = self.undone_at or now()
