"""How one promise is kept, whichever back end asks: prepare, go out, settle. The one file that both share."""

import logging
from typing import Any

from community.database import db, now, writing
from community.outbox.models import Errand, LeaseLost, Outbox, errand_of

log = logging.getLogger(__name__)


def run_batch(row: Outbox, worker: str) -> bool:
    """Keep the promise that `worker` holds the lease of; True where it was kept for good.

    What fails is tried again later. Whoever lost the lease meanwhile settles nothing.
    """
    try:
        errand = errand_of(row.kind)
        result = errand.perform(_prepared(errand, row, worker))
        return _settled(errand, row, worker, result)
    except LeaseLost:
        db.session.rollback()
        return False
    except Exception:
        log.exception("outbox: %s %s failed", row.kind, row.id)
        db.session.rollback()
        with writing():
            row.postpone(worker)
            db.session.commit()
        return False


def _prepared(errand: Errand, row: Outbox, worker: str) -> Any:
    """The work, with all that had to be noted before it committed; None where there is nothing to go out for."""
    if not errand.goes_out:
        return None
    with writing():
        row.extend(worker)
        work = errand.prepare(row)
        db.session.commit()
    return work


def _settled(errand: Errand, row: Outbox, worker: str, result: Any) -> bool:
    """What was done and the end of the promise, in one commit: both, or neither."""
    with writing():
        again = errand.settle(row, result)
        held = row.finish(worker) if again is None else row.postpone(worker, again)
        db.session.commit() if held else db.session.rollback()
    return held and (again is None or again <= now())
