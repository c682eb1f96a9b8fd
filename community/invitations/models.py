"""A code is derived from its row and a secret; only its fingerprint is kept. Few digits only ever let a person ask."""

import base64
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, UtcDateTime, db, digest, foreign, maybe_moment, moment, now, pk
from community.groups.bans import Ban
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.http import derived
from community.invitations.requests import Ended, JoinRequest
from community.people.models import Child, Person, fingerprint
from community.people.sign_in import SPOKEN_DIGITS

LASTS, SPOKEN_LASTS = timedelta(days=30), timedelta(days=2)


class Invitation(Base):
    """A way into one group. It expires, can be counted, and can be revoked."""

    __tablename__ = "invitation"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    inviter_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    salt: Mapped[str] = mapped_column(sa.String(32))
    spoken: Mapped[bool] = mapped_column(default=False)
    code_digest: Mapped[digest] = mapped_column(unique=True)
    created: Mapped[moment]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    most_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[maybe_moment]
    revoked_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    inviter: Mapped[Person] = relationship(foreign_keys=[inviter_id])

    @classmethod
    def make(
        cls, group: Group, inviter: Person, *, spoken: bool = False, most_uses: int | None = None,
        lasts: timedelta | None = None,
    ) -> "Invitation":  # fmt: skip
        """A new invitation; `lasts` is 30 days for a link and 2 for spoken digits, unless given."""
        made = cls(group=group, community_id=group.community_id, inviter=inviter, spoken=spoken, most_uses=most_uses)
        made.salt = secrets.token_hex(16)
        made.code_digest = fingerprint(made.code)
        made.expires = now() + (lasts or (SPOKEN_LASTS if spoken else LASTS))
        db.session.add(made)
        AuditEntry.add("invited", actor_id=inviter.id, community_id=group.community_id, group_id=group.id)
        return made

    @property
    def code(self) -> str:
        """80 bits in 16 letters and digits, or eight digits to say aloud."""
        raw = bytes.fromhex(derived("invitation", self.salt))
        if self.spoken:
            return f"{int.from_bytes(raw[:8], 'big') % 10**SPOKEN_DIGITS:0{SPOKEN_DIGITS}}"
        return base64.b32encode(raw[:10]).decode().lower()

    @property
    def is_live(self) -> bool:
        used_up = self.most_uses is not None and self.uses >= self.most_uses
        return not (self.revoked_at or used_up or self.expires <= now() or self.group.rests)

    @property
    def asks(self) -> bool:
        """Whether it opens onto a request instead of the group."""
        return self.spoken or self.group.joining == "ask"

    @classmethod
    def with_code(cls, code: str, *, spoken: bool = False) -> "Invitation":
        """The live invitation with this code. Raises Ended, the same for unknown, expired, used and revoked ones."""
        wanted = sa.select(cls).where(cls.code_digest == fingerprint(code), cls.spoken == spoken)
        found = db.session.scalar(wanted.options(joinedload(cls.group), joinedload(cls.inviter)))
        if found is None or not found.is_live:
            raise Ended
        return found

    @classmethod
    def of(cls, group: Group) -> list["Invitation"]:
        """The group's live invitations, newest first."""
        wanted = sa.select(cls).where(cls.group_id == group.id, cls.revoked_at.is_(None), cls.expires > now())
        return [found for found in db.session.scalars(wanted.order_by(cls.id.desc()).limit(50)) if found.is_live]

    def redeem(self, person: Person, child: Child | None = None) -> Membership | JoinRequest:
        """Make the person a member, or note that she asks to be one. Opening the link again costs nothing.

        Raises Ended for banned people and when the last place has gone.
        """
        if held := self._membership_of(person, child):
            return held
        if Ban.holds(person, self.group):
            raise Ended
        if self.asks:
            return JoinRequest.ask(self.group, person, child, self)
        # Admit first: a second tap then collides on the membership, not on the spent place.
        held = admit(self.group, person, child)
        self.spend_one_use()
        return held

    def _membership_of(self, person: Person, child: Child | None) -> Membership | None:
        same = Membership.child_id == child.id if child else Membership.child_id.is_(None)
        mine = (Membership.group_id == self.group_id, Membership.person_id == person.id, same)
        return db.session.scalar(sa.select(Membership).where(*mine))

    def spend_one_use(self) -> None:
        """Take one place, in one statement; Ended when there is none left."""
        cls = type(self)
        left = sa.or_(cls.most_uses.is_(None), cls.uses < cls.most_uses)
        spent = sa.update(cls).where(cls.id == self.id, cls.revoked_at.is_(None), left).values(uses=cls.uses + 1)
        if db.session.scalar(spent.returning(cls.id)) is None:
            raise Ended

    def revoke(self, by: Person | None) -> None:
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = now(), by.id if by else None
            self.group.note("revoked", by)
