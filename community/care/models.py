"""Case: something that somebody has to look at. Report: who asked for it, and why.

One thing has one open case, however many report it. Who reported is known to those who decide, and to nobody else.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk
from community.groups.measures import SHOWN
from community.groups.models import Group
from community.media.models import Photo, Voice
from community.people.models import Person

OPEN = sa.text("decided_at IS NULL")


class Case(Base):
    """It lies on the desk of a group: before those who hold at least the role `least` there.

    Without a desk it is before who runs the server. Neither `accused` nor `other` ever sees it.
    """

    __tablename__ = "care_case"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))  # where it happened
    what: Mapped[str] = mapped_column(sa.String(12))
    thing_id: Mapped[int] = mapped_column(BigId)
    accused_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # whom it is about
    other_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # who may not decide it either
    reason: Mapped[str] = mapped_column(sa.String(10))
    urgent: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(sa.Text, default="")  # the thing as it was when it was reported
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Photo.id))
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    desk_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Group.id))
    least: Mapped[str] = mapped_column(sa.String(10), default="moderator")  # moderator · admin · owner
    passed_on: Mapped[int] = mapped_column(default=0)  # how often it went one desk up because nobody looked
    created: Mapped[moment]
    rung_at: Mapped[maybe_moment]
    decided_at: Mapped[maybe_moment]
    decided_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # None: who runs the server
    outcome: Mapped[str | None] = mapped_column(sa.String(10))  # left · removed · warned · muted · banned · lifted

    group: Mapped[Group] = relationship(foreign_keys=[group_id])
    desk: Mapped[Group | None] = relationship(foreign_keys=[desk_id])
    accused: Mapped[Person | None] = relationship(foreign_keys=[accused_id])
    photo: Mapped[Photo | None] = relationship()
    voice: Mapped[Voice | None] = relationship()
    reports: Mapped[list["Report"]] = relationship(back_populates="case", order_by="Report.id")

    __table_args__ = (
        sa.Index(
            "uq_care_case_open", "community_id", "what", "thing_id", unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        sa.Index("ix_care_case_desk", "desk_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )  # fmt: skip

    @classmethod
    def open_for(cls, what: str, thing_id: int) -> "Case | None":
        return db.session.scalar(
            sa.select(cls).where(cls.what == what, cls.thing_id == thing_id, cls.decided_at.is_(None))
        )

    @classmethod
    def undecided(cls) -> sa.Select["Case"]:
        whole = (joinedload(cls.group), joinedload(cls.desk), joinedload(cls.accused))
        return sa.select(cls).where(cls.decided_at.is_(None)).options(*whole)

    @classmethod
    def counted(cls) -> tuple[sa.ColumnElement[bool], ...]:
        """Of those that lie on a desk: what is reported and undecided. Of what the other owners decide about one of
        them no number tells her; appeals are no reports."""
        return cls.decided_at.is_(None), cls.least != "owner", cls.what != "appeal"

    def close(self, outcome: str, by: Person | None) -> bool:
        """Take it off the desk, once; whoever reported it hears so. False where somebody was faster."""
        cls = type(self)
        mine = sa.update(cls).where(cls.id == self.id, cls.decided_at.is_(None)).returning(cls.id)
        values = {"outcome": outcome, "decided_at": now(), "decided_by": by.id if by else None}
        if db.session.scalar(mine.values(**values)) is None:
            return False
        db.session.refresh(self)
        flag_modified(self, "outcome")  # whoever counts what waits hears of it at the next flush
        for report in self.reports:
            if report.person:
                report.person.asked_until = max(report.person.asked_until or now(), now() + SHOWN)
        return True


class Report(Base):
    """One person's word that something is wrong, with a picture of why; perhaps words or a voice."""

    __tablename__ = "report"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    case_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Case.id))
    person_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    reason: Mapped[str] = mapped_column(sa.String(10))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    created: Mapped[moment]
    heard_at: Mapped[maybe_moment]  # when she heard what became of it

    case: Mapped[Case] = relationship(back_populates="reports")
    person: Mapped[Person | None] = relationship()
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("case_id", "person_id"),)

    @classmethod
    def for_home(cls, person: Person) -> list["Report"]:
        """What she reported and what became of it, until she has heard so; asked only where there may be anything."""
        if person.asked_until is None or person.asked_until < now():
            return []
        mine = sa.select(cls).join(Case, cls.case_id == Case.id).options(joinedload(cls.case))
        mine = mine.where(cls.person_id == person.id, cls.heard_at.is_(None), Case.decided_at > now() - SHOWN)
        return list(db.session.scalars(mine.order_by(cls.id.desc()).limit(5)))
