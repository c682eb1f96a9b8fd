"""Feeds are read from a copy of the database, where it has all that their reader wrote herself.

Every write of hers notes the moment in her session's row, in its own commit (`http.writes`). So the copy has her last
write if it has that row as the primary has it: no clock is compared, and no cookie has to arrive. What decides who may
see something is asked of the primary before; only what is shown comes from the copy.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from community.database import REPLICA, db, from_replica
from community.people.models import Person, Session

log = logging.getLogger(__name__)
Drawn = TypeVar("Drawn")
REST = 5.0  # seconds for which a copy that failed is left alone
PHONES = 20  # of one person, the latest
# How long ago the primary did what the copy did last. Where nothing is written it grows, and the primary has time.
AGE = sa.text("SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())")


def afar(draw: Callable[..., Drawn], person: Person, *args: Any) -> Drawn:
    """What `draw(person, …)` gives, read from the copy if that has all that the person wrote; else from the primary."""
    if not _may_be_asked():
        return draw(person, *args)
    written = _written(person)
    try:
        with from_replica():
            if _is_fresh() and _written(person) == written:
                return draw(person, *args)
    except (DBAPIError, PoolTimeout) as error:
        log.warning("the replica did not answer: %s", type(error).__name__)
        db.session.rollback()
        current_app.extensions["replica rests"] = time.monotonic() + REST
    return draw(person, *args)


def _may_be_asked() -> bool:
    rests: float = current_app.extensions.get("replica rests", 0.0)
    return REPLICA in db.engines and time.monotonic() >= rests


def _is_fresh() -> bool:
    age = db.session.scalar(AGE)
    return age is not None and age <= current_app.config["DATABASE_REPLICA_LAG"]


def _written(person: Person) -> Sequence[Any]:
    """When each of her phones wrote last, as the database that is asked has it."""
    mine = sa.select(Session.id, Session.seen).where(Session.person_id == person.id)
    return db.session.execute(mine.order_by(Session.id.desc()).limit(PHONES)).all()
