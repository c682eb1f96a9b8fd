"""What somebody who looks after a group does about a person or a thing: who, when, and a reason that can be heard.

A measure holds in its group and in everything below it, and no longer than until its end.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import OPERATOR, AuditEntry
from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.http import Refusal
from community.media.models import Voice
from community.people.models import Person

KINDS = ("removal", "warning", "mute", "ban")
REASONS = ("danger", "child", "hurts", "money", "untrue", "private", "much", "other")
PARDONS = ("mistake", "talked")  # why a measure ends before its time
TERMS = {"day": timedelta(1), "week": timedelta(7), "month": timedelta(30)}
JUST = timedelta(minutes=10)
SHOWN = timedelta(30)  # so long her courtyard says what she has not heard yet


def _together(one: datetime | None, other: datetime | None) -> bool:
    """Whether both end at about the same moment, or neither does."""
    return one is other is None or bool(one and other and abs(one - other) < JUST)


class Silenced(Refusal):
    """Somebody let her only read here for a while."""

    code = 403
    symbol = "lock"
    said = _l("You can read here, but not say anything until this is over.")
    button = _l("What was decided")

    def __init__(self, measure: "Measure") -> None:
        super().__init__()
        self.href = f"/measures/{measure.id}"


class Measure(Base):
    __tablename__ = "measure"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    kind: Mapped[str] = mapped_column(sa.String(10))
    what: Mapped[str] = mapped_column(sa.String(12), default="person")  # a removal: of what
    thing_id: Mapped[int | None] = mapped_column(BigId)
    kept: Mapped[dict[str, str | int | None] | None] = mapped_column(sa.JSON)  # what putting it back takes
    reason: Mapped[str] = mapped_column(sa.String(10))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[language_code]
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    by_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # None: who runs the server
    created: Mapped[moment]
    until: Mapped[maybe_moment]
    heard_at: Mapped[maybe_moment]
    appealed_at: Mapped[maybe_moment]
    ended_at: Mapped[maybe_moment]
    ended_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    pardon: Mapped[str | None] = mapped_column(sa.String(10))

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (
        sa.Index("ix_measure_group_id_created", "group_id", "created"),
        sa.Index("ix_measure_thing", "what", "thing_id"),
    )

    @classmethod
    def take(
        cls, kind: str, group: Group, person: Person, by: Person | None, *, reason: str, words: str = "",
        voice: Voice | None = None, until: datetime | None = None, what: str = "person", thing_id: int | None = None,
        kept: dict[str, str | int | None] | None = None,
    ) -> "Measure":  # fmt: skip
        """Write it down, and let her courtyard tell her. What it does to a thing, the caller has done.

        Who never heard that it was done, and says it again, decides nothing new.
        """
        person.asked_until = max(person.asked_until or now(), now() + SHOWN)
        made = cls(
            kind=kind, community_id=group.community_id, group_id=group.id, person_id=person.id, by_id=by and by.id,
            reason=reason, words=words, language=(by or person).language, voice=voice, until=until, what=what,
            thing_id=thing_id, kept=kept,
        )  # fmt: skip
        if again := made._just_taken():
            return again
        db.session.add(made)
        db.session.flush()
        if kind == "mute" and until:
            person.silenced_until = max(person.silenced_until or until, until)
        if kind in ("warning", "mute"):
            made.note("warned" if kind == "warning" else "muted", by)
        return made

    def _just_taken(self) -> "Measure | None":
        """The same, a moment ago. Her row is locked before it is looked for: of two at once one is the second."""
        db.session.flush()
        alike = (Measure.kind, Measure.what, Measure.person_id, Measure.by_id, Measure.thing_id, Measure.words)
        same = [column == getattr(self, column.key) for column in (*alike, Measure.group_id, Measure.reason)]
        fresh = (Measure.ended_at.is_(None), Measure.created > now() - JUST)
        found = db.session.scalars(sa.select(Measure).where(*same, *fresh).order_by(Measure.id.desc()).limit(1)).first()
        return found if found and _together(found.until, self.until) else None

    def note(self, action: str, by: Person | None) -> None:
        """Who reported what is nobody's business here: it is not in the log."""
        AuditEntry.add(
            action, actor_id=by.id if by else OPERATOR, community_id=self.community_id, group_id=self.group_id,
            subject_id=self.person_id, reason=self.reason, until=self.until and self.until.isoformat(), what=self.what,
        )  # fmt: skip

    @classmethod
    def lasting(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.ended_at.is_(None), sa.or_(cls.until.is_(None), cls.until > now()))

    @property
    def lasts(self) -> bool:
        return self.ended_at is None and (self.until is None or self.until > now())

    @classmethod
    def put_back(cls, group: Group, person: Person, by: Person) -> None:
        """She is in the group again: that she was taken out of it is over."""
        mine = (cls.group_id == group.id, cls.person_id == person.id, cls.kind == "removal", cls.what == "person")
        for found in db.session.scalars(sa.select(cls).where(*mine, cls.ended_at.is_(None))):
            found.end(by, "mistake")

    def end(self, by: Person | None, pardon: str) -> None:
        """Before its time, with a reason; she hears of it."""
        if self.ended_at is None:
            self.ended_at, self.ended_by, self.pardon = now(), by.id if by else None, pardon
            self.heard_at = None
            self.person.asked_until = max(self.person.asked_until or now(), now() + SHOWN)
            self.note("measure ended", by)

    @classmethod
    def silencing(cls, person: Person, group: Group | None, community_id: int | None = None) -> "Measure | None":
        """What lets the person only read in this group; or anywhere in this community. Who was never silenced asks
        nothing."""
        if person.silenced_until is None or person.silenced_until <= now():
            return None
        where = cls.group_id.in_(group.lineage) if group else cls.community_id == community_id
        found = sa.select(cls).where(cls.person_id == person.id, cls.kind == "mute", where, cls.lasting())
        return db.session.scalar(found.order_by(cls.until.desc()).limit(1))

    @classmethod
    def let_speak(cls, person: Person, group: Group | None, community_id: int | None = None) -> None:
        """Raises Silenced where the person may only read."""
        if found := cls.silencing(person, group, community_id):
            raise Silenced(found)

    @classmethod
    def for_home(cls, person: Person) -> list["Measure"]:
        """What was decided about her and she has not heard; looked for only where there may be anything."""
        if person.asked_until is None or person.asked_until < now():
            return []
        mine = sa.select(cls).where(cls.person_id == person.id, cls.heard_at.is_(None), cls.created > now() - 2 * SHOWN)
        whole = (joinedload(cls.group), joinedload(cls.by))
        return list(db.session.scalars(mine.options(*whole).order_by(cls.id.desc()).limit(5)))
