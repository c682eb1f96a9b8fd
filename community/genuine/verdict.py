"""What is said of a forward: genuine, corrected, withdrawn, or not ours."""

from dataclasses import dataclass

import sqlalchemy as sa

from community.announcements.audience import EVERYBODY
from community.announcements.models import Announcement
from community.database import db, now
from community.genuine.code import number_in
from community.genuine.models import OpenNews


@dataclass(frozen=True)
class Verdict:
    """`what` is said to everybody; of `said` only where it `is_open`."""

    what: str
    said: Announcement | None = None
    is_open: bool = False

    @classmethod
    def on(cls, code: str) -> "Verdict":
        """Whatever was never heard is not ours: what waits, what was taken back before, what never was."""
        number = number_in(code)
        wanted = sa.select(Announcement).where(Announcement.id == number, Announcement.seq.is_not(None))
        found = number and db.session.scalar(wanted.options(*Announcement.whole()))
        return cls(_what(found), found, _is_open(found)) if found else NOT_OURS


NOT_OURS = Verdict("unknown")


def _what(said: Announcement) -> str:
    return "withdrawn" if said.removed_at else "corrected" if said.corrected_at else "genuine"


def _is_open(said: Announcement) -> bool:
    """To everybody in a group that lets everybody read, and not yet over, or kept from others."""
    audience = said.audience
    is_over = said.expires is not None and said.expires <= now()
    is_for_all = audience.role == EVERYBODY and said.told in (None, "listed")
    return is_for_all and not is_over and OpenNews.holds(audience.group)
