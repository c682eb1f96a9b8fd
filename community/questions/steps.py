"""Answer: what a responder said. Step: who did what with a question, and when."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, pk
from community.groups.models import Group
from community.media.models import Voice
from community.people.models import Person

if TYPE_CHECKING:
    from community.questions.models import Question

STEPS = (
    "sent", "heard", "taken", "let go", "handed over", "moved up", "answered", "not helped", "withdrawn", "closed",
    "thanked",
)  # fmt: skip


class Answer(Base):
    """What a responder answered. Each counts; the last one stands on top."""

    __tablename__ = "answer"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    question_id: Mapped[foreign] = mapped_column(sa.ForeignKey("question.id"))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    key: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    created: Mapped[moment]
    heard_at: Mapped[maybe_moment]  # when the asker opened it

    question: Mapped["Question"] = relationship(back_populates="answers")
    person: Mapped[Person] = relationship()
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "key"),)

    @classmethod
    def sent(cls, person: Person, key: str) -> "Answer | None":
        return db.session.scalar(sa.select(cls).where(cls.person_id == person.id, cls.key == key))


class Step(Base):
    """One thing that happened to a question: what (of STEPS), when, who (None: by itself), whom it is before now."""

    __tablename__ = "question_step"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    question_id: Mapped[foreign] = mapped_column(sa.ForeignKey("question.id"))
    what: Mapped[str] = mapped_column(sa.String(12))
    created: Mapped[moment]
    person_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    to_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # to whom it was handed over
    desk_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Group.id))  # before which group it lies now

    question: Mapped["Question"] = relationship(back_populates="steps")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    to: Mapped[Person | None] = relationship(foreign_keys=[to_id])
    desk: Mapped[Group | None] = relationship(foreign_keys=[desk_id])


def ends_of(steps: Iterable[Step]) -> list[str]:
    """How it was over each time, and that what was closed did not help: then it goes on."""
    return [step.what for step in steps if step.what in ("withdrawn", "closed", "not helped")]
