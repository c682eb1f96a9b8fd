"""Suggestion: a better word for the app, from somebody of a community, which who leads its top group takes or not."""

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, digest, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.languages import Language
from community.people.models import Person, fingerprint
from community.wording.words import Word

Answer = Literal["taken", "left"]
MOST = 50  # on one page


class Suggestion(Base):
    """Other words for one form of one message, in one language. Who says the same again is counted, once each."""

    __tablename__ = "suggestion"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    language: Mapped[language_code]
    context: Mapped[str] = mapped_column(sa.Text)
    english: Mapped[str] = mapped_column(sa.Text)  # as messages are looked up: the singular
    form: Mapped[int] = mapped_column(sa.SmallInteger)
    before: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text)
    mark: Mapped[digest]
    people: Mapped[int] = mapped_column(default=0)  # how many said so
    created: Mapped[moment]
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # taken · left
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    __table_args__ = (sa.UniqueConstraint("community_id", "mark"),)

    @classmethod
    def make(cls, community_id: int, tongue: Language, word: Word, words: str, by: Person) -> "Suggestion":
        """The suggestion, made if there is none, with this person among those who make it."""
        mark = fingerprint("\4".join((tongue.code, word.key, words)))
        made = db.session.scalar(sa.select(cls).where(cls.community_id == community_id, cls.mark == mark))
        if made is None:
            made = cls(
                community_id=community_id, language=tongue.code, context=word.context, english=word.english[0],
                form=word.form, before=word.said, words=words, mark=mark,
            )  # fmt: skip
            db.session.add(made)
            db.session.flush()
        if db.session.get(Voice, (made.id, by.id)) is None:
            db.session.add(Voice(suggestion_id=made.id, person_id=by.id))
            made.people = cls.people + 1
        return made

    @classmethod
    def of(cls, root: Group, *, answered: bool = False) -> list["Suggestion"]:
        """What waits in the community, most wanted first; or what was answered, the last first."""
        wanted = sa.select(cls).where(cls.community_id == root.id, cls.answer.is_not(None) == answered)
        order: tuple[Any, ...] = (cls.answered_at.desc(), cls.id.desc()) if answered else (cls.people.desc(), cls.id)
        return list(db.session.scalars(wanted.order_by(*order).limit(MOST)))

    @classmethod
    def taken(cls, tongue: Language, root: Group | None = None) -> list["Suggestion"]:
        """What was taken in the language, in one community or in all; first what most people said."""
        wanted = sa.select(cls).where(cls.language == tongue.code, cls.answer == "taken")
        if root:
            wanted = wanted.where(cls.community_id == root.id)
        return list(db.session.scalars(wanted.order_by(cls.people.desc(), cls.id)))

    def settle(self, answer: Answer, by: Person) -> bool:
        """Answer it in one statement; False when somebody else answered first."""
        mine = sa.update(Suggestion).where(Suggestion.id == self.id, Suggestion.answer.is_(None))
        answered = mine.values(answer=answer, answered_at=now(), answered_by=by.id).returning(Suggestion.id)
        return self._note(f"word {answer}", by) if db.session.scalar(answered) else False

    def undo(self, by: Person) -> bool:
        """Back to those that wait. False where it waits already."""
        mine = sa.update(Suggestion).where(Suggestion.id == self.id, Suggestion.answer.is_not(None))
        undone = mine.values(answer=None, answered_at=None, answered_by=None).returning(Suggestion.id)
        return self._note("word undone", by) if db.session.scalar(undone) else False

    def _note(self, action: str, by: Person) -> bool:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.community_id, suggestion=self.id
        )
        return True


class Voice(Base):
    """That a person made a suggestion: so that nobody is counted twice."""

    __tablename__ = "suggestion_voice"

    suggestion_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Suggestion.id), primary_key=True)
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id), primary_key=True)
