"""Entry: a question that was answered, in words that give nobody away. Permit: what the asker says to her words."""

from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, now, pk
from community.faq.likeness import terms
from community.groups.models import Category, Group
from community.media.disposal import let_go
from community.media.models import Voice
from community.people.models import Person
from community.questions.models import TOLD, Question

LONGEST = 1000  # characters, of the question and of the answer
MOST = 200  # entries that one group keeps, each counted once in whichever languages


class Entry(Base):
    """A good answer, for whoever hears the group. The same in another language is a row of its own, with `same`.

    `borrowed`: the question or the answer is in the asker's own words, with her yes.
    """

    __tablename__ = "good_answer"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), index=True)
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))
    question_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Question.id, ondelete="SET NULL"), index=True)
    same_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("good_answer.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    key: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[language_code]
    question: Mapped[str] = mapped_column(sa.Text)
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    terms: Mapped[str] = mapped_column(sa.Text, default="")  # how its words sound: `likeness.terms`
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    borrowed: Mapped[bool] = mapped_column(default=False)
    helped: Mapped[int] = mapped_column(default=0)  # how many it has spared a question
    created: Mapped[moment]
    ended_at: Mapped[maybe_moment]
    ended_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    category: Mapped[Category | None] = relationship()
    voice: Mapped[Voice | None] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("person_id", "key"),)

    @classmethod
    def keep(cls, group: Group, person: Person, *, key: str, question: str, answer: str, **more: object) -> Self:
        """The same key gives the same entry."""
        if earlier := db.session.scalar(sa.select(cls).where(cls.person_id == person.id, cls.key == key)):
            return earlier
        made = cls(group=group, community_id=group.community_id, person=person, key=key, **more)
        made.say(question, answer)
        db.session.add(made)
        db.session.flush()
        made.note("answer kept", person)
        return made

    def say(self, question: str, answer: str) -> None:
        self.question, self.answer, self.terms = question, answer, terms(question, answer)

    @classmethod
    def live(cls) -> sa.ColumnElement[bool]:
        """A voice that was erased with whoever spoke leaves nothing to hear."""
        return sa.and_(cls.ended_at.is_(None), sa.or_(cls.answer != "", cls.voice_id.is_not(None)))

    @classmethod
    def count_in(cls, group: Group) -> int:
        """How many it keeps; the group's row is locked until the commit, so that two do not both become the last."""
        db.session.execute(sa.select(Group.id).where(Group.id == group.id).with_for_update())
        kept = sa.select(sa.func.count()).where(cls.group_id == group.id, cls.live(), cls.same_id.is_(None))
        return db.session.scalar(kept) or 0

    @property
    def root_id(self) -> int:
        """What it shares with the same in other languages."""
        return self.same_id or self.id

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and bool(self.answer or self.voice)

    def others(self) -> list[Self]:
        """The same in other languages."""
        cls = type(self)
        alike = sa.or_(cls.id == self.root_id, cls.same_id == self.root_id)
        found = sa.select(cls).where(alike, cls.id != self.id, cls.live()).options(joinedload(cls.voice))
        return list(db.session.scalars(found.order_by(cls.id)))

    def end(self, by: Person) -> None:
        """With the first one ends what says the same in other languages."""
        if self.ended_at is None:
            moment = now()
            for one in (self, *(self.others() if self.same_id is None else ())):
                one.ended_at, one.ended_by = moment, by.id
            self.note("answer ended", by)

    def bring_back(self, by: Person) -> None:
        """And what ended with it."""
        if self.ended_at:
            cls = type(self)
            with_it = (cls.same_id == self.id, cls.ended_at == self.ended_at, cls.question != "")
            for one in (self, *db.session.scalars(sa.select(cls).where(*with_it))):
                one.ended_at = one.ended_by = None
            self.note("answer back", by)

    def help_once(self) -> None:
        """It has spared a question; of two at once each counts."""
        self.helped = type(self).helped + 1

    def note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.group_id, subject_id=self.id
        )


class Permit(Base):
    """The asker was asked whether others may hear her words, without her name. She may change her mind."""

    __tablename__ = "good_answer_permit"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    question_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Question.id, ondelete="CASCADE"), unique=True)
    created: Mapped[moment]
    answer: Mapped[str | None] = mapped_column(sa.String(3))  # "yes", "no"; None: she has said nothing yet
    answered_at: Mapped[maybe_moment]

    @classmethod
    def of(cls, question_id: int | None) -> Self | None:
        return db.session.scalar(sa.select(cls).where(cls.question_id == question_id)) if question_id else None

    @classmethod
    def ask(cls, question: Question) -> Self:
        """Asking twice asks once; a no is not asked again. Her courtyard tells her."""
        if found := cls.of(question.id):
            return found
        made = cls(community_id=question.community_id, question_id=question.id)
        question.person.asked_until = max(question.person.asked_until or now(), now() + TOLD)
        db.session.add(made)
        db.session.flush()
        return made

    @classmethod
    def waiting(cls, person: Person) -> list[Self]:
        """What she was asked and has not said; who never asked anything, asks nothing here."""
        if person.asked_until is None or person.asked_until < now():
            return []
        hers = (Question.person_id == person.id, cls.answer.is_(None), cls.created > now() - TOLD)
        found = sa.select(cls).join(Question, cls.question_id == Question.id).where(*hers)
        return list(db.session.scalars(found.order_by(cls.id.desc()).limit(5)))

    def say(self, answer: str) -> None:
        """Her no takes back all that was kept in her words, in every language."""
        self.answer, self.answered_at = answer, now()
        if answer == "no":
            forget_words(Entry.question_id == self.question_id)


def forget_words(which: sa.ColumnElement[bool]) -> None:
    """Whatever was said in an asker's own words ends; the words go, and voices, which may have read them out."""
    voices = []
    for entry in db.session.scalars(sa.select(Entry).where(which, Entry.borrowed)):
        voices.append(entry.voice_id)
        entry.say("", "")
        entry.voice, entry.ended_at = None, entry.ended_at or now()
    db.session.flush()
    let_go(Voice, voices)
