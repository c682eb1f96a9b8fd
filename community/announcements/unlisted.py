"""What others were told: which announcements the whole community may look up, and which are only counted."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.announcements.audience import EVERYBODY, Audience
from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group, dressed
from community.people.models import Person

LONGEST_REASON = 200  # characters
LISTED, CLOSED, WITHHELD = "listed", "closed", "withheld"  # all read it · a closed door · a reason was given


class Unlisted(Base):
    """A delicate group's announcements are not listed for others: who chose so, when, and the reason that all read."""

    __tablename__ = "unlisted"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON))
    language: Mapped[language_code]
    created: Mapped[moment]
    ended_at: Mapped[maybe_moment]
    ended_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    __table_args__ = (
        sa.Index(
            "uq_unlisted_group_id", "group_id", unique=True,
            sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, group_id: int) -> "Unlisted | None":
        """The choice that holds for this group now."""
        return db.session.scalar(sa.select(cls).where(cls.group_id == group_id, cls.ended_at.is_(None)))

    @classmethod
    def begin(cls, group: Group, reason: str, by: Person) -> "Unlisted":
        """From now on, and for what was listed before. What holds already stays, with its reason."""
        if held := cls.of(group.id):
            return held
        made = cls(
            group_id=group.id, community_id=group.community_id, person_id=by.id, reason=reason, language=by.language
        )
        db.session.add(made)
        db.session.flush()
        change(group.id, LISTED, WITHHELD)
        group.note("unlisted", by)
        return made

    def end(self, group: Group, by: Person) -> None:
        """What was listed before is again; what was said meanwhile was said behind a closed door."""
        self.ended_at, self.ended_by = now(), by.id
        change(self.group_id, WITHHELD, LISTED)
        group.note("listed again", by)


def is_open(group: Group) -> bool:
    """Whether anyone of the community could walk in and read: only then all may look it up."""
    return group.is_root or group.joining == "link"


def told_as(audience: Audience) -> str | None:
    """How others are told of something that is said now; None where it is for everybody below the group."""
    if not audience.narrowed and audience.role == EVERYBODY:
        return None
    return LISTED if is_open(audience.group) and not Unlisted.of(audience.group_id) else CLOSED


def change(group_id: int, was: str, becomes: str) -> None:
    """Everything that this group said and that is told one way is told the other way from now on."""
    said = Base.metadata.tables["announcement"].c
    at_group = sa.select(Audience.id).where(Audience.group_id == group_id)
    there: tuple[Any, ...] = (said.audience_id.in_(at_group), said.told == was)
    db.session.execute(sa.update(said.id.table).where(*there).values(told=becomes))


@dressed.connect
def _close_up(group: Group) -> None:
    """A door that was closed: what was said behind it is counted from now on, and stays so."""
    if not is_open(group):
        change(group.id, LISTED, CLOSED)
