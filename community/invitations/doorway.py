"""What a group asks who would like to come in, and what she answers: for who lets her in, and for no longer."""

from collections.abc import Sequence
from secrets import token_hex

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.media.models import Voice
from community.outbox.models import Outbox
from community.people.models import Person

MOST = 3  # questions at one door
LONGEST = 120  # characters of a question, and of an answer
LEAST_PICTURES, MOST_PICTURES = 2, 4
KINDS = ("pictures", "short")


class DoorQuestion(Base):
    """One question, in the language of its group. It never changes: another way to ask it is another question."""

    __tablename__ = "door_question"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    key: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.String(LONGEST))
    language: Mapped[language_code]
    pictures: Mapped[str] = mapped_column(sa.String(80), default="")  # names with spaces between; none: a short answer
    created: Mapped[moment]
    made_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    ended_at: Mapped[maybe_moment]

    group: Mapped[Group] = relationship()

    __table_args__ = (sa.UniqueConstraint("group_id", "key"),)

    @property
    def choices(self) -> list[str]:
        """The pictures of which one is chosen."""
        return self.pictures.split()

    @property
    def field(self) -> str:
        """What its answer is called in a form."""
        return f"door_{self.id}"

    @classmethod
    def of(cls, group: Group) -> list["DoorQuestion"]:
        """What this group asks now, in the order in which it is asked."""
        here = sa.select(cls).where(cls.group_id == group.id, cls.ended_at.is_(None))
        return list(db.session.scalars(here.order_by(cls.id).limit(MOST)))

    @classmethod
    def has_room(cls, group: Group) -> bool:
        """Whether one more fits. The group's row is held until the commit: of two at once one is first."""
        db.session.execute(sa.select(Group.id).where(Group.id == group.id).with_for_update(key_share=True))
        return len(cls.of(group)) < MOST

    @classmethod
    def asked_at(cls, group: Group) -> list["DoorQuestion"]:
        """What somebody is asked at its door: nothing where nobody has to ask."""
        return cls.of(group) if group.joining == "ask" else []

    @classmethod
    def put(cls, group: Group, by: Person, key: str, text: str, pictures: Sequence[str]) -> "DoorQuestion":
        """One more question; the same key makes none."""
        if found := cls.put_with(group, key):
            return found
        made = cls(group=group, community_id=group.community_id, key=key, text=text, made_by=by.id)
        made.language, made.pictures = group.language, " ".join(pictures)
        db.session.add(made)
        group.note("asks at the door", by)
        return made

    @classmethod
    def put_with(cls, group: Group, key: str) -> "DoorQuestion | None":
        return db.session.scalar(sa.select(cls).where(cls.group_id == group.id, cls.key == key))

    def end(self, by: Person) -> None:
        if self.ended_at is None:
            self.ended_at = now()
            self.group.note("asks no more", by)


class DoorAnswer(Base):
    """What somebody answered with her wish: a picture, a line, or a voice."""

    __tablename__ = "door_answer"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    request_id: Mapped[foreign] = mapped_column(sa.ForeignKey("join_request.id"))
    question_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(DoorQuestion.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    language: Mapped[language_code]
    picture: Mapped[str] = mapped_column(sa.String(20), default="")
    text: Mapped[str] = mapped_column(sa.String(LONGEST), default="")
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    created: Mapped[moment]

    question: Mapped[DoorQuestion] = relationship()
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("request_id", "question_id"),)

    @classmethod
    def with_wish(cls, request_id: int) -> list["DoorAnswer"]:
        """What was answered with this wish, in the order of the questions."""
        wanted = sa.select(cls).where(cls.request_id == request_id).order_by(cls.question_id)
        return list(db.session.scalars(wanted.options(joinedload(cls.question), joinedload(cls.voice))))


def forget(which: sa.ColumnElement[bool]) -> None:
    """These answers are gone, and the files of their voices as soon as that is sure."""
    gone = sa.select(DoorAnswer.id, DoorAnswer.voice_id).where(which)
    rows = db.session.execute(gone).all()
    if not rows:
        return
    _run(sa.delete(DoorAnswer).where(DoorAnswer.id.in_([one.id for one in rows])))
    _let_go([one.voice_id for one in rows if one.voice_id])


def _let_go(voices: Sequence[int]) -> None:
    heard = db.session.execute(sa.select(Voice.key, Voice.sizes).where(Voice.id.in_(voices))).all() if voices else []
    if heard:
        _run(sa.delete(Voice).where(Voice.id.in_(voices)))
        files = [f"{key}/{rendition}" for key, sizes in heard for rendition in sizes]
        Outbox.promise("erase-files", f"erase-files:door:{token_hex(8)}", files=files)


def _run(statement: sa.Executable) -> None:
    db.session.execute(statement.execution_options(synchronize_session="fetch"))
