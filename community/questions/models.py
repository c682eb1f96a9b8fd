"""Question: asked in a group, it lies before the responders of one group on its line."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Category, Group
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions.indexes import FREE, HELP, OPEN, STANDS, TAKEN, partial
from community.questions.steps import STEPS as STEPS
from community.questions.steps import Answer as Answer
from community.questions.steps import Step as Step
from community.questions.steps import ends_of

LONGEST = 2000  # characters
TAKE_BACK = timedelta(minutes=10)  # so long a question that was taken back can be asked again
SENT = 3  # times that it can be asked, with the first one
TOLD = timedelta(days=30)  # so long her courtyard looks for what became of it


class Question(Base):
    """`desk` is the group before whose responders it lies now; None: nobody on the line answers. `trouble` makes it
    urgent help: violence, health, food, money, child; None is an ordinary question. Only the asker, the desk's
    responders and (where `shared`) the members of the group see what it says."""

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
    seen_at: Mapped[maybe_moment]  # when the asker last looked at what became of it
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
    steps: Mapped[list["Step"]] = relationship(back_populates="question", order_by="Step.id")

    __table_args__ = (
        sa.UniqueConstraint("person_id", "key"),
        partial("ix_question_desk", "desk_id", "trouble", "moves_at", where=OPEN),
        partial("ix_question_free", "desk_id", "id", where=FREE),
        partial("ix_question_help", "desk_id", "id", where=HELP),
        partial("ix_question_taken", "taken_by", "id", where=TAKEN),
        sa.Index("ix_question_group_id", "group_id", "id"),
        partial("ix_question_shared", "group_id", "shared", "id", where=STANDS),
    )

    @classmethod
    def ask(cls, group: Group, person: Person, *, key: str, **said: Any) -> "Question":
        """What was asked under this key, each time the same; `said`: text, photo, voice … Then `routing.lay` it."""
        if found := cls.sent(person, key):
            return found
        said = {"language": person.language, **said}
        made = cls(group=group, community_id=group.community_id, person=person, key=key, **said)
        db.session.add(made)
        made.note("sent", person)
        db.session.flush()
        made._tell()
        return made

    @classmethod
    def sent(cls, person: Person, key: str) -> "Question | None":
        return db.session.scalar(sa.select(cls).where(cls.person_id == person.id, cls.key == key))

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.ended_at is None

    @property
    def is_withdrawn(self) -> bool:
        return bool(self.ended_at) and ends_of(self.steps)[-1:] == ["withdrawn"]

    @property
    def is_closed(self) -> bool:
        return bool(self.ended_at) and ends_of(self.steps)[-1:] == ["closed"]

    @property
    def is_before_the_group(self) -> bool:
        """Whether the members of its group see it, besides her and the responders."""
        return self.shared and not (self.ended_at or self.removed_at or self.held_id or self.trouble)

    def hear(self, by: Person) -> None:
        """A responder has opened it: the first time counts."""
        if self._changed({"heard_at": now()}, Question.heard_at.is_(None)):
            self.note("heard", by)

    def take(self, by: Person) -> bool:
        """Nobody else answers it from now on. False where somebody else was faster, or it is over: one statement."""
        cls = type(self)
        free = (cls.taken_by.is_(None), cls.desk_id == self.desk_id, cls.ended_at.is_(None), cls.answered_at.is_(None))
        if not self._changed({"taken_by": by.id, "taken_at": now()}, *free):
            return self.taken_by == by.id and self.is_open
        self.hear(by)
        self.note("taken", by)
        self._tell()
        return True

    def let_go(self, by: Person) -> bool:
        """Others may take it. False where it is not hers to let go."""
        freed = self._changed({"taken_by": None, "taken_at": None}, *self._held_by(by))
        if freed:
            self.note("let go", by)
        return freed

    def hand_over(self, by: Person, to: Person) -> bool:
        """To somebody who answers on the same desk, which the caller has made sure of."""
        given = self._changed({"taken_by": to.id, "taken_at": now()}, *self._held_by(by))
        if given:
            self.note("handed over", by, to)
            self._tell()
        return given

    def answer(self, by: Person, *, key: str, **said: Any) -> "Answer | None":
        """Answered under this key, perhaps once more and better; what nobody has taken is taken with that. None where
        somebody else has it, or it is over."""
        if found := Answer.sent(by, key):
            return found
        db.session.refresh(self, with_for_update=True)
        if self.ended_at or not (self.taken_by == by.id or self.take(by)):
            return None
        said = {"language": by.language, **said}
        made = Answer(question=self, community_id=self.community_id, person=by, key=key, **said)
        db.session.add(made)
        self.answered_at = now()
        self.note("answered", by)
        db.session.flush()
        self._tell()
        Outbox.promise("call-answered", f"call-answered:{made.id}", question_id=self.id, answer_id=made.id)
        return made

    def withdraw(self) -> bool:
        """The asker takes it back: nobody sees it any more. False where it is over already, unless others closed it."""
        free = Question.ended_at == self.ended_at if self.is_closed else Question.ended_at.is_(None)
        if ended := self._changed({"ended_at": (moment := now()), "seen_at": moment}, free):
            self.note("withdrawn", self.person)
        return ended

    @property
    def can_be_asked_again(self) -> bool:
        """Not what a responder had closed: of that she can say that it did not help."""
        if ends_of(self.steps)[-2:] == ["closed", "withdrawn"]:
            return False
        times = sum(step.what == "sent" and step.person_id == self.person_id for step in self.steps)
        return self.is_withdrawn and self.ended_at is not None and self.ended_at > now() - TAKE_BACK and times < SENT

    def ask_again(self) -> bool:
        """What was taken back a moment ago is asked all the same."""
        if not self.can_be_asked_again:
            return False
        self.ended_at = None
        self.note("sent", self.person)
        return True

    def close(self, by: Person | None) -> bool:
        """No answer comes, and she who asked is told so. False where it is not hers (None: nobody's) to close."""
        closed = self._changed({"ended_at": now()}, *self._held_by(by))
        if closed:
            self.note("closed", by)
            self._tell()
            Outbox.promise("call-answered", f"closed:{self.id}:{len(self.steps)}", question_id=self.id, answer_id=None)
        return closed

    @property
    def can_be_of_no_help(self) -> bool:
        """Whether the asker may still say that it did not help: once, and not of what is forgotten, with its steps."""
        return self.not_helped_at is None and not self.is_open and bool(self.steps) and not self.is_withdrawn

    def of_no_help(self) -> bool:
        """She says it, once. Whoever calls this moves it up (`routing.move_up`), and then opens it again."""
        if not self.can_be_of_no_help:
            return False
        over = {"ended_at": None, "answered_at": self.answered_at or now(), "not_helped_at": now()}
        said = self._changed(over, Question.not_helped_at.is_(None))
        if said:
            self.note("not helped", self.person)
        return said

    def open_again(self) -> None:
        """It is nobody's and waits for an answer, also where nobody else is further up."""
        if self.answered_at:
            self.answered_at = self.taken_at = self.taker = None

    @property
    def is_thanked_for(self) -> bool:
        return any(step.what == "thanked" for step in self.steps)

    def thank(self) -> None:
        """Who answered sees it. Nothing moves."""
        if self.answers and not self.is_thanked_for:
            self.note("thanked", self.person)

    def see(self) -> None:
        """The asker has seen what became of it."""
        self.seen_at = now()
        for one in self.answers:
            one.heard_at = one.heard_at or self.seen_at

    def _held_by(self, by: Person | None) -> tuple[sa.ColumnElement[bool], ...]:
        return Question.taken_by == (by.id if by else None), Question.ended_at.is_(None), Question.answered_at.is_(None)

    def _changed(self, values: dict[str, Any], *where: sa.ColumnElement[bool]) -> bool:
        """Check and change in one statement: of two at once one is first."""
        db.session.flush()
        mine = sa.update(Question).where(Question.id == self.id, *where).values(**values).returning(Question.id)
        done = db.session.scalar(mine.execution_options(synchronize_session=False)) is not None
        db.session.refresh(self)
        return done

    def _tell(self) -> None:
        """Her courtyard looks for what became of it."""
        self.person.asked_until = max(self.person.asked_until or now(), now() + TOLD)

    def note(self, what: str, by: Person | None = None, to: Person | None = None) -> None:
        """A row for a step: what happened, by whom (None: by itself), and to whom it was handed over."""
        step = Step(question=self, community_id=self.community_id, what=what, person=by, to=to, desk_id=self.desk_id)
        db.session.add(step)
