"""What phones tell: that they showed an announcement, that it was opened. Nobody is asked who they are."""

import re
from collections.abc import Iterable

import sqlalchemy as sa

from community.database import db, now
from community.notifications.models import Delivery
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription

TOKEN = re.compile(r"[A-Za-z0-9_-]{16}")
MOST = 100  # of each kind in one report


def shown(tokens: Iterable[str]) -> None:
    _note(Delivery.token.in_(_proper(tokens)), "shown_at")


def opened(tokens: Iterable[str]) -> None:
    """What was opened was shown, too."""
    wanted = _proper(tokens)
    for column in ("shown_at", "opened_at"):
        _note(Delivery.token.in_(wanted), column)


def opened_on(phone_id: int, announcements: Iterable[str]) -> None:
    """The pages of these announcements, by number, were looked at on this phone."""
    ids = [int(one) for one in list(announcements)[:MOST] if one.isascii() and one.isdecimal() and len(one) <= 15]
    phone = sa.select(Subscription.id).where(Subscription.phone_id == phone_id)
    here = (Delivery.announcement_id.in_(ids), Delivery.subscription_id.in_(phone))
    _note(sa.and_(*here), "opened_at")


def _proper(tokens: Iterable[str]) -> list[str]:
    return [token for token in list(tokens)[:MOST] if TOKEN.fullmatch(token)]


def _note(which: sa.ColumnElement[bool], column: str) -> None:
    """Once, never earlier than the copy itself, and not where somebody of the phone wants nothing told."""
    silent = sa.select(Person.id).where(Person.reports.is_(False))
    hers = sa.select(Listener.id).where(
        Listener.subscription_id == Delivery.subscription_id, Listener.person_id.in_(silent)
    )
    wanted = (which, getattr(Delivery, column).is_(None), Delivery.person_id.not_in(silent), ~hers.exists())
    at = sa.case((Delivery.created > now(), Delivery.created), else_=now())
    noted = sa.update(Delivery).where(*wanted).values({column: at})
    db.session.execute(noted.execution_options(synchronize_session=False))
