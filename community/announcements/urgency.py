"""Who calls something urgent: one who looks after the group, and a second one, there or above, who says so too.

The news itself never waits for that: it goes out as any other, and rings once more, by night and on full days, when the
second one has said yes. Where there is no second one, the first may do it alone once in seven days, and all can see it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import Base, BigId, UtcDateTime, db, foreign, maybe_moment, moment, now, pk
from community.groups.gates import holds_admin
from community.groups.locking import lock_trees
from community.groups.membership import Membership, standing
from community.groups.models import Group
from community.groups.offices import Office
from community.media.models import Voice
from community.outbox.models import Outbox
from community.people.models import Person

STANDS = timedelta(hours=2)  # so long a second one may say so
ALONE = timedelta(days=7)
ASKED = 20  # people at most
LONGEST = 120  # characters of a reason in own words
OPEN = sa.text("answered_at IS NULL")


@dataclass(frozen=True)
class Reason:
    symbol: str
    picture: bool
    word: LazyString


REASONS = {
    "danger": Reason("alert", picture=False, word=_l("Danger")),
    "weather": Reason("cloud", picture=True, word=_l("Storm or flood")),
    "health": Reason("clinic", picture=True, word=_l("Somebody is ill or hurt")),
    "child": Reason("girl", picture=True, word=_l("A child is missing")),
    "today": Reason("clock", picture=False, word=_l("It changes today")),
}


class AloneTooSoon(ValueError):
    """There is no second person, and it was done alone in the last seven days."""


class Urgency(Base):
    """Somebody calls an announcement urgent. `answer`: confirmed or refused by a second person; alone; None: open."""

    __tablename__ = "urgency"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId)
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Announcement.id), unique=True)
    asked_by: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(sa.String(10))
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))  # the reason, or more of it, spoken

    announcement: Mapped[Announcement] = relationship()
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
    second: Mapped[Person | None] = relationship(foreign_keys=[answered_by])
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (sa.Index("ix_urgency_open", "community_id", sqlite_where=OPEN, postgresql_where=OPEN),)

    @classmethod
    def ask(cls, said: Announcement, reason: str, voice: Voice | None = None) -> "Urgency":
        """Call it urgent: those who could say so, too, are rung up; where there is nobody, it is so at once.

        `reason` is a key of REASONS, own words, or "" where a voice says it.
        Asking again is the first time. Raises AloneTooSoon.
        """
        if there := cls.of(said, asked=True):
            return there
        begins = max(now(), said.release_at)
        made = cls(announcement=said, community_id=said.community_id, asker=said.author, expires=begins + STANDS)
        made.voice = voice
        seconds = seconds_for(said.audience.group, said.author)
        if not seconds and not may_alone(said.audience.group, said.author):
            raise AloneTooSoon
        said.urgent_reason = reason
        db.session.add(made)
        db.session.flush()
        made._call(seconds) if seconds else made._alone()
        return made

    @classmethod
    def of(cls, said: Announcement, *, asked: bool = False) -> "Urgency | None":
        """That of this announcement; where no reason was given nothing is asked for."""
        if said.urgent_reason is None and not asked:
            return None
        mine = sa.select(cls).where(cls.announcement_id == said.id)
        return db.session.scalar(mine.options(joinedload(cls.asker), joinedload(cls.second), joinedload(cls.voice)))

    def _call(self, people: list[Person]) -> None:
        self._note("urgency asked", self.asked_by)
        for person in people:
            person.asked_until = max(person.asked_until or self.expires, self.expires)  # her courtyard looks for it
            key = f"call-urgent:{self.id}:{person.id}"
            Outbox.promise("call-urgent", key, urgency_id=self.id, person_id=person.id)

    def _alone(self) -> None:
        self.announcement.urgent_alone = True
        self._answer("alone", self.asked_by)

    @property
    def is_open(self) -> bool:
        gone = self.announcement.removed_at or self.announcement.withdrawn_at
        return self.answered_at is None and self.expires > now() and not gone

    def waits_for(self, person: Person) -> bool:
        """Whether this person could be the second one, now; and who asked still may ask."""
        group = self.announcement.audience.group
        second = person.id != self.asked_by and standing(person).is_at_least("admin", group)
        return second and holds_admin(self.asker, group)

    def answer_by(self, person: Person, answer: str) -> bool:
        """Confirm or refuse it; False where somebody has answered, or it has run out."""
        cls = type(self)
        db.session.refresh(self.announcement, with_for_update=True)
        still = sa.update(cls).where(cls.id == self.id, cls.answered_at.is_(None), cls.expires > now())
        if not self.is_open or db.session.scalar(still.values(answered_at=now()).returning(cls.id)) is None:
            return False
        self._answer(answer, person.id)
        return True

    def _answer(self, answer: str, by: int) -> None:
        said = self.announcement
        self.answer, self.answered_by, self.answered_at = answer, by, now()
        if answer != "refused":
            said.kind = "urgent"
            if said.seq is not None:
                Outbox.promise("fan-out", f"raised:{said.id}", announcement_id=said.id, raised=True)
        self._note(f"urgency {answer}", by)

    def _note(self, action: str, by: int) -> None:
        said = self.announcement
        AuditEntry.add(
            action, actor_id=by, community_id=said.community_id, group_id=said.audience.group_id, subject_id=said.id,
            reason=_kind_of(said.urgent_reason),
        )  # fmt: skip

    @classmethod
    def for_home(cls, person: Person) -> list["Urgency"]:
        """What waits for this person's yes or no; looked for only where there may be anything."""
        if person.asked_until is None or person.asked_until < now():
            return []
        here = cls.community_id.in_(standing(person).communities())
        still = sa.select(cls).where(here, cls.answered_at.is_(None), cls.expires > now()).order_by(cls.id.desc())
        found = db.session.scalars(still.options(joinedload(cls.asker), joinedload(cls.announcement)).limit(10))
        return [one for one in found if one.is_open and one.waits_for(person)]

    @classmethod
    def lately(cls, community_id: int) -> list["Urgency"]:
        """What was called urgent in the last seven days, the newest first."""
        since = sa.select(cls).where(cls.community_id == community_id, cls.answered_at > now() - ALONE)
        since = since.where(cls.answer.in_(("confirmed", "alone"))).order_by(cls.id.desc()).limit(50)
        return list(db.session.scalars(since.options(*(joinedload(one) for one in (cls.asker, cls.second)))))


def _kind_of(reason: str | None) -> str:
    """What the audit log says of a reason: nobody's words."""
    return reason if reason in REASONS else "own words" if reason else "spoken"


def seconds_for(group: Group, but: Person) -> list[Person]:
    """Who else is admin in this group or above, the nearest first."""
    held = sa.select(Membership.person_id, sa.func.max(sa.func.length(Group.path)).label("near"))
    held = held.join(Group, Membership.group_id == Group.id).where(Membership.group_id.in_(group.lineage))
    held = held.where(Membership.role == "admin", Membership.person_id != but.id).group_by(Membership.person_id)
    near = held.order_by(sa.desc("near"), Membership.person_id).limit(ASKED).subquery()
    found = sa.select(Person).join(near, near.c.person_id == Person.id).order_by(near.c.near.desc(), Person.id)
    people = list(db.session.scalars(found))
    offices = [one.person for one in Office.over(group) if one.role == "admin" and one.person_id != but.id]
    return list({one.id: one for one in (*people, *offices)}.values())[:ASKED]


def may_alone(group: Group, by: Person) -> bool:
    """Whether neither she nor this group has done it alone in the last seven days. The tree is locked meanwhile."""
    lock_trees(group)
    lately = sa.select(Urgency.id).join(Announcement, Urgency.announcement_id == Announcement.id)
    lately = lately.where(Urgency.community_id == group.community_id, Urgency.answer == "alone")
    same = sa.or_(Urgency.asked_by == by.id, Announcement.audience.has(group_id=group.id))
    return db.session.scalar(lately.where(Urgency.created > now() - ALONE, same).limit(1)) is None
