"""A promise that is kept at most once an hour, however often it is given."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from community.database import db, now
from community.outbox.models import LATER, Outbox

HOUR = timedelta(hours=1)
BURST = timedelta(minutes=1)  # what is said together rings once


def once_an_hour(kind: str, stem: str, **args: Any) -> None:
    """In a minute, or an hour after the last time; one that waits already stays, and begins no later than this."""
    at = now()
    keys = [_key(stem, at + HOUR * hours) for hours in (-1, 0, 1, 2)]
    found = db.session.execute(
        sa.select(Outbox.run_at, Outbox.done_at).where(Outbox.key.in_(keys)).order_by(Outbox.run_at.desc()).limit(1)
    ).first()
    if found and found.done_at is None:
        look_back(keys, args.get("since", 0))
        return
    due = max(at + BURST, found.run_at + HOUR) if found else at + BURST
    Outbox.promise(kind, _key(stem, due), due, rank=LATER, **args)


def look_back(keys: Sequence[str], since: int) -> None:
    """What waits is about this, too: what was held and is let out has an older number than what began the promise."""
    waits = sa.select(Outbox.id, Outbox.args).where(Outbox.key.in_(keys), Outbox.done_at.is_(None))
    for number, args in db.session.execute(waits) if since else ():
        if since < args.get("since", 0):
            lower = sa.update(Outbox).where(Outbox.id == number).values(args=args | {"since": since})
            db.session.execute(lower.execution_options(synchronize_session=False))


def _key(stem: str, at: datetime) -> str:
    return f"{stem}:{at.astimezone(UTC):%Y%m%d%H}"
