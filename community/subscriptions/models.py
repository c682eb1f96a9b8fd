"""A phone that may be pushed to, and the people whom it is pushed for."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, digest, foreign, maybe_moment, moment, now, pk
from community.people.models import Person, Phone, fingerprint


class Dead(ValueError):
    """The push service has forgotten this very address: the browser has to make another one."""


class Subscription(Base):
    """One browser's push subscription. It belongs to the phone; `Listener` says for whom."""

    __tablename__ = "subscription"

    id: Mapped[pk]
    phone_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Phone.id), unique=True)
    endpoint: Mapped[str] = mapped_column(sa.Text)
    endpoint_digest: Mapped[digest] = mapped_column(unique=True)
    p256dh: Mapped[str] = mapped_column(sa.String(120))  # base64url, 65 bytes: a point on P-256
    auth: Mapped[str] = mapped_column(sa.String(40))  # base64url, 16 bytes
    key_id: Mapped[str] = mapped_column(sa.String(16))  # which of our VAPID keys it was made with
    created: Mapped[moment]
    seen: Mapped[moment]  # when the phone last opened Aangan
    ended_at: Mapped[maybe_moment]  # the push service said that it is gone

    phone: Mapped[Phone] = relationship()
    listeners: Mapped[list["Listener"]] = relationship(back_populates="subscription", cascade="all, delete-orphan")

    @classmethod
    def of(cls, phone_id: int) -> "Subscription | None":
        return db.session.scalar(sa.select(cls).where(cls.phone_id == phone_id))

    @classmethod
    def save(
        cls, phone: Phone, person: Person, *, endpoint: str, p256dh: str, auth: str, key_id: str
    ) -> "Subscription":
        """What the phone's browser says now, and that this person listens there. Saying so again costs nothing.

        An endpoint that another phone had brought is this phone's now: whoever has both secrets of it is the browser
        itself (its cookies were cleared). With other secrets it stays where it is: ValueError. Raises Dead.
        """
        found = cls.of(phone.id) or cls(phone_id=phone.id)
        found._take(endpoint, p256dh, auth, key_id)
        Listener.add(found, person)
        return found

    @classmethod
    def renew(cls, phone: Phone, *, endpoint: str, p256dh: str, auth: str, key_id: str) -> bool:
        """The same for a phone that says it by itself: nobody begins to listen. False where nobody does."""
        found = cls.of(phone.id)
        if found:
            found._take(endpoint, p256dh, auth, key_id)
        return found is not None

    def _take(self, endpoint: str, p256dh: str, auth: str, key_id: str) -> None:
        mark = fingerprint(endpoint)
        held = db.session.scalar(sa.select(Subscription).where(Subscription.endpoint_digest == mark))
        if held and held.phone_id != self.phone_id:
            if (held.p256dh, held.auth) != (p256dh, auth):
                raise ValueError("this endpoint is another phone's")
            db.session.delete(held)
            db.session.flush()
        if held and held.ended_at:
            raise Dead("the push service has forgotten it")
        self.endpoint, self.endpoint_digest, self.ended_at = endpoint, mark, None
        self.p256dh, self.auth, self.key_id, self.seen = p256dh, auth, key_id, now()
        db.session.add(self)
        db.session.flush()


class Listener(Base):
    """A person for whom a phone is pushed to. Signing out there ends it."""

    __tablename__ = "listener"

    id: Mapped[pk]
    subscription_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Subscription.id, ondelete="CASCADE"))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]

    subscription: Mapped[Subscription] = relationship(back_populates="listeners")
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("subscription_id", "person_id"),)

    @classmethod
    def is_on(cls, phone_id: int, person_id: int) -> bool:
        """Whether this phone is pushed to for this person, as far as its push service still knows it."""
        live = sa.select(cls.id).join(Subscription).where(Subscription.phone_id == phone_id, cls.person_id == person_id)
        return db.session.scalar(live.where(Subscription.ended_at.is_(None))) is not None

    @classmethod
    def add(cls, subscription: Subscription, person: Person) -> None:
        mine = sa.select(cls.id).where(cls.subscription_id == subscription.id, cls.person_id == person.id)
        if db.session.scalar(mine) is None:
            db.session.add(cls(subscription_id=subscription.id, person_id=person.id))
            db.session.flush()

    @classmethod
    def remove(cls, phone_id: int, person_id: int) -> None:
        """The person has signed out on this phone, or wants no more pushes there. The last one takes it along."""
        found = Subscription.of(phone_id)
        if found is None:
            return
        db.session.execute(sa.delete(cls).where(cls.subscription_id == found.id, cls.person_id == person_id))
        left = db.session.scalar(sa.select(cls.id).where(cls.subscription_id == found.id).limit(1))
        if left is None:
            db.session.delete(found)
            db.session.flush()
