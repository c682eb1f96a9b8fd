"""One announcement to one phone, and what became of it; after thirty days only counts."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.announcements.models import Announcement
from community.database import Base, BigId, community_of, maybe_moment, moment, pk
from community.outbox.models import Outbox
from community.people.models import Person
from community.subscriptions.models import Subscription

STATES = (
    "waiting",  # to be sent by the batch that owns it
    "quiet",  # held back until `due`: its people sleep
    "sent",  # the push service accepted it
    "gone",  # the push service has forgotten the phone
    "failed",  # given up
    "dropped",  # not wanted any more when its time came: muted, left, banned, removed
)
KEPT = timedelta(days=30)


def opaque_token() -> str:
    """96 bits in sixteen characters."""
    return secrets.token_urlsafe(12)


class Delivery(Base):
    """One announcement to one phone. `token` is what the phone reports with; it leads to nothing else."""

    __tablename__ = "delivery"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Announcement.id))
    subscription_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey(Subscription.id, ondelete="SET NULL"), index=True
    )
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)  # through whom it was reached
    batch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Outbox.id, ondelete="SET NULL"), index=True)
    token: Mapped[str] = mapped_column(sa.String(24), unique=True, default=opaque_token)
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    due: Mapped[maybe_moment]
    language: Mapped[str | None] = mapped_column(sa.String(8))  # of the words that it carries; None: as they were said
    attempts: Mapped[int] = mapped_column(default=0)
    created: Mapped[moment]
    accepted_at: Mapped[maybe_moment]
    shown_at: Mapped[maybe_moment]
    opened_at: Mapped[maybe_moment]

    announcement: Mapped[Announcement] = relationship()
    subscription: Mapped[Subscription | None] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("announcement_id", "subscription_id"),)


class ReachCount(Base):
    """What is left of an announcement's deliveries after thirty days: how many, by what became of them."""

    __tablename__ = "reach_count"

    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Announcement.id), primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(12), primary_key=True)  # accepted, shown, opened, or a state
    phones: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
