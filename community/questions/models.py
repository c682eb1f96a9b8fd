"""Question: asked in a group, it lies before the responders of one group on its line. Step: who did what."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, pk
from community.groups.models import Category, Group
from community.media.models import Photo, Voice
from community.people.models import Person

LONGEST = 2000  # characters
OPEN = sa.text("ended_at IS NULL AND answered_at IS NULL")
STEPS = (
    "sent", "heard", "taken", "let go", "handed over", "moved up", "answered", "not helped", "withdrawn", "closed",
)  # fmt: skip


class Question(Base):
    """`desk` is the group before whose responders it lies now; None: nobody on the line answers.

    `trouble` makes it urgent help: violence, health, food, money, child; None is an ordinary question. Only the asker,
    the desk's responders and (where `shared`) the members of the group see what it says.
    """

    __tablename__ = "question"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))  # where it was asked
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    key: Mapped[str] = mapped_column(sa.String(64))
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))
    trouble: Mapped[str | None] = mapped_column(sa.String(10))
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Photo.id))
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    shared: Mapped[bool] = mapped_column(default=False)  # the group may see it; else only responders
    unnamed: Mapped[bool] = mapped_column(default=False)  # the group does not see who asks
    named: Mapped[bool] = mapped_column(default=True)  # responders do; False: she did not consent
    held_id: Mapped[int | None] = mapped_column(BigId)  # what the group would see waits for a look
    created: Mapped[moment]
    desk_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Group.id))
    moves_at: Mapped[maybe_moment]  # untaken until then it moves up
    level: Mapped[int] = mapped_column(default=0)  # how often it moved up
    heard_at: Mapped[maybe_moment]  # when a responder first opened it
    taken_at: Mapped[maybe_moment]
    taken_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    answered_at: Mapped[maybe_moment]
    not_helped_at: Mapped[maybe_moment]  # said once
    ended_at: Mapped[maybe_moment]  # taken back, or closed
    removed_at: Mapped[maybe_moment]  # what the group saw of it was taken away
    removed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship(foreign_keys=[group_id])
    desk: Mapped[Group | None] = relationship(foreign_keys=[desk_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    taker: Mapped[Person | None] = relationship(foreign_keys=[taken_by])
    category: Mapped[Category | None] = relationship()
    photo: Mapped[Photo | None] = relationship()
    voice: Mapped[Voice | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="question", order_by="Answer.id")

    __table_args__ = (
        sa.UniqueConstraint("person_id", "key"),
        sa.Index("ix_question_desk", "desk_id", "trouble", "moves_at", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_question_group_id", "group_id", "id"),
    )

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.ended_at is None

    def note(self, what: str, by: Person | None = None, to: Person | None = None) -> None:
        """A row for a step: what happened, by whom (None: by itself), and to whom it was handed over."""
        step = Step(question=self, community_id=self.community_id, what=what, person=by, to=to, desk_id=self.desk_id)
        db.session.add(step)


class Answer(Base):
    """What a responder answered. Each counts; the last one stands on top."""

    __tablename__ = "answer"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    question_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Question.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    key: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    created: Mapped[moment]
    heard_at: Mapped[maybe_moment]  # when the asker opened it

    question: Mapped[Question] = relationship(back_populates="answers")
    person: Mapped[Person] = relationship()
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "key"),)


class Step(Base):
    """One thing that happened to a question: what (of STEPS), when, who (None: by itself), whom it is before now."""

    __tablename__ = "question_step"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    question_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Question.id))
    what: Mapped[str] = mapped_column(sa.String(12))
    created: Mapped[moment]
    person_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    to_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # to whom it was handed over
    desk_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Group.id))  # before which group it lies now

    question: Mapped[Question] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    to: Mapped[Person | None] = relationship(foreign_keys=[to_id])
    desk: Mapped[Group | None] = relationship(foreign_keys=[desk_id])
