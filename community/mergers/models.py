"""Merger: one community offers, another answers, the first agrees. Then it is one tree, which may be parted for a week.

An offer's code is derived as an invitation's is: it can be shown again, and is not in the database.
"""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, BigId, UtcDateTime, db, digest, foreign, maybe_moment, moment, now, pk
from community.groups.bans import Ban
from community.groups.membership import Membership
from community.groups.models import Group
from community.groups.moving import DEEPEST
from community.http import derived
from community.mergers import joining, parting
from community.outbox.models import Outbox
from community.people.models import Person, fingerprint
from community.people.session import acts_without_roles

LASTS = timedelta(days=7)  # an offer
UNDO = timedelta(days=7)  # a merger
SWEEP = timedelta(minutes=2)  # longer than any request that read the tree before
SIDES = ("guest", "host")
Side = Literal["guest", "host"]


class Hindered(Exception):
    """It can not be: `why` is one of closed, same, deep, rests, role, banned, bound."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def owns(person: Person, root: Group) -> bool:
    """Whether the person is admin of a community by her own membership at its top, now."""
    if acts_without_roles(person):
        return False
    held = sa.select(Membership.id).where(Membership.group_id == root.id, Membership.person_id == person.id)
    return db.session.scalar(held.where(Membership.role == "admin").limit(1)) is not None


class Merger(Base):
    """The `guest`, a whole community, below the `host`, a group of another one. The side that has asked is `side`."""

    __tablename__ = "merger"

    id: Mapped[pk]
    community_id: Mapped[foreign]  # of who asked; once they are together, the one of both
    guest_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Group.id), index=True)
    host_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Group.id), index=True)
    side: Mapped[str] = mapped_column(sa.String(8))
    salt: Mapped[str] = mapped_column(sa.String(32))
    code_digest: Mapped[digest] = mapped_column(unique=True)
    asked_by: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    answered_at: Mapped[maybe_moment]
    agreed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    agreed_at: Mapped[maybe_moment]
    closed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    closed_at: Mapped[maybe_moment]
    undone_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    undone_at: Mapped[maybe_moment]
    shift: Mapped[int] = mapped_column(BigId, default=0)  # what was added to each `seq` of the guest
    floor: Mapped[int] = mapped_column(BigId, default=0)  # the last `seq` of both when they came together
    kept: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # what parting puts back

    guest: Mapped[Group | None] = relationship(foreign_keys=[guest_id])
    host: Mapped[Group | None] = relationship(foreign_keys=[host_id])
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
    answerer: Mapped[Person | None] = relationship(foreign_keys=[answered_by])

    __table_args__ = (
        sa.Index(
            "uq_merger_standing", "guest_id", unique=True,
            sqlite_where=sa.text("agreed_at IS NOT NULL AND undone_at IS NULL"),
            postgresql_where=sa.text("agreed_at IS NOT NULL AND undone_at IS NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def offer(cls, group: Group, side: Side, by: Person) -> "Merger":
        """A way for the other side to answer. Raises Hindered."""
        if not owns(by, group.root):
            raise Hindered("role")
        if side == "guest" and not group.is_root:
            raise Hindered("bound")
        made = cls(side=side, community_id=group.community_id, asker=by, salt=secrets.token_hex(16))
        made.guest, made.host = (group, None) if side == "guest" else (None, group)
        made.code_digest, made.expires = fingerprint(made.code), now() + LASTS
        db.session.add(made)
        db.session.flush()
        group.note("merger offered", by, subject_id=made.id)
        return made

    @property
    def code(self) -> str:
        return base64.b32encode(bytes.fromhex(derived("merger", self.salt))[:10]).decode().lower()

    @classmethod
    def with_code(cls, code: str) -> "Merger | None":
        """The offer with this code, while it is open."""
        wanted = sa.select(cls).where(cls.code_digest == fingerprint(code))
        found = db.session.scalar(wanted.options(joinedload(cls.asker)))
        return found if found and found.is_open else None

    @classmethod
    def of(cls, group: Group) -> list["Merger"]:
        """What is offered for this group, or stands and can be undone, the latest first."""
        at = sa.or_(cls.guest_id == group.id, cls.host_id == group.id)
        wanted = sa.select(cls).where(at, cls.closed_at.is_(None), cls.undone_at.is_(None)).order_by(cls.id.desc())
        return [one for one in db.session.scalars(wanted.limit(30)) if one.is_open or one.can_be_undone]

    @classmethod
    def seen_from(cls, group: Group) -> "Merger | None":
        """The latest merger that people of this group are told of: it, or one above it, came together with another."""
        at = sa.or_(cls.guest_id.in_(group.lineage), cls.host_id == group.id)
        standing = sa.select(cls).where(at, cls.agreed_at.is_not(None), cls.undone_at.is_(None))
        return db.session.scalar(standing.order_by(cls.agreed_at.desc()).limit(1))

    @property
    def is_open(self) -> bool:
        return self.agreed_at is None and self.closed_at is None and self.expires > now()

    @property
    def stands(self) -> bool:
        return self.agreed_at is not None and self.undone_at is None

    @property
    def can_be_undone(self) -> bool:
        return self.stands and (self.agreed_at or self.created) > now() - UNDO

    @property
    def mine(self) -> Group:
        """The group of who asked."""
        return cast(Group, self.guest if self.side == "guest" else self.host)

    def answer(self, group: Group, by: Person) -> None:
        """The other side says with what it answers. Raises Hindered; somebody else may have been faster."""
        if self.side == "guest":
            self.check(self.mine, group, by)
        else:
            self.check(group, self.mine, by)
        cls = type(self)
        waits = sa.update(cls).where(cls.id == self.id, cls.answered_at.is_(None), cls.closed_at.is_(None))
        chosen = {"host_id": group.id} if self.side == "guest" else {"guest_id": group.id}
        taken = waits.where(cls.expires > now()).values(answered_by=by.id, answered_at=now(), **chosen)
        if db.session.scalar(taken.returning(cls.id)) is None:
            raise Hindered("closed")
        db.session.refresh(self)
        group.note("merger answered", by, subject_id=self.id)

    def check(self, guest: Group, host: Group, answers: Person) -> None:
        """Whether these two can come together, asked of how things are now. Raises Hindered."""
        sides = (self.asker, answers) if self.side == "guest" else (answers, self.asker)
        if not guest.is_root:
            raise Hindered("bound")
        if host.community_id == guest.id:
            raise Hindered("same")  # itself, or something below it: that would be a circle
        if not (owns(sides[0], guest) and owns(sides[1], host.root)):
            raise Hindered("role")
        if guest.rests or host.rests:
            raise Hindered("rests")
        if any(Ban.holds(person, host) or Ban.holds(person, guest) for person in sides):
            raise Hindered("banned")
        if joining.depth_of(guest) + len(host.lineage) >= DEEPEST:
            raise Hindered("deep")

    def agree(self, by: Person) -> None:
        """Who asked has seen who answered, and says yes: from here on it is one tree. Raises Hindered."""
        guest, host, answerer = self.guest, self.host, self.answerer
        if not (guest and host and answerer and self.is_open):
            raise Hindered("closed")
        joining.lock(guest, host)
        db.session.refresh(self, with_for_update=True)
        if not self.is_open:
            raise Hindered("closed")
        if by.id != self.asked_by:
            raise Hindered("role")
        self.check(guest, host, answerer)
        self.agreed_by, self.agreed_at = by.id, now()
        joining.join(self, guest, host)
        guest.note("merged", by, subject_id=self.id, place=host.id, answered=answerer.id)
        self._sweep()

    def is_of(self, person: Person) -> bool:
        """Whether she is of either side: admin of the guest itself, or of the community that it comes to."""
        guest, host = self.guest, self.host
        return bool((guest and owns(person, guest)) or (host and owns(person, host.root)))

    def part(self, by: Person) -> None:
        """Each its own again. What was said and who came since stays where it was said and where they came."""
        guest, host = self.guest, self.host
        if not (guest and host and self.can_be_undone):
            raise Hindered("closed")
        joining.lock(guest, host)
        db.session.refresh(self, with_for_update=True)
        if not self.can_be_undone:
            raise Hindered("closed")
        if not (self.is_of(by) and parting.keeps_an_admin(self, guest, host)):
            raise Hindered("role")
        self.undone_by, self.undone_at = by.id, now()
        parting.part(self, guest, host)
        guest.note("parted", by, subject_id=self.id)
        self._sweep()

    def close(self, by: Person) -> None:
        """Take the offer back, or do not want the answer."""
        if self.is_open:
            self.closed_by, self.closed_at = by.id, now()
            self.mine.note("merger closed", by, subject_id=self.id)

    def _sweep(self) -> None:
        """A request that read the tree just before may still write the old community after us."""
        which = f"{self.id}:{self.undone_at is not None}"
        Outbox.promise("merger", f"merger:{which}", now() + SWEEP, merger_id=self.id)
        for one in {
            group.community_id for group in (self.guest, self.host) if group
        }:  # who stands above is another now
            Outbox.promise("care-desks", f"care-desks:{which}:{one}", community_id=one)
        if self.guest:
            Outbox.promise(
                "question-desks", f"question-desks:{which}:{self.guest.id}", group_id=self.guest.id, branch=True
            )


def sweep(merger_id: int) -> None:
    """What the outbox does at its time: rows that were written late get the community in which their group is."""
    found = db.session.get(Merger, merger_id)
    if found is None or not found.guest or not found.host:
        return
    joining.lock(found.guest, found.host)
    if found.stands:
        joining.settle(found.guest, found.shift)
    elif found.guest.is_root:
        parting.settle(found.guest, found.shift, found.host.community_id)
