"""How an errand is done: fifty deeds a commit, each batch promising the next in its own commit.

Whoever dies in between loses nothing (the promise's lease runs out) and repeats nothing (what was not committed was
not done). Before each batch it is asked anew whether the person still holds the role.
"""

from functools import partial

import sqlalchemy as sa

from community.database import db, now
from community.errands.models import BATCH, Deed, Errand
from community.groups.membership import forget_standing
from community.groups.models import Group
from community.people.models import Person


def run(errand: int) -> None:
    """The next batch of this errand, or of its undoing."""
    db.session.expire_all()  # this session has seen other batches
    forget_standing()
    found = Errand.locked(errand)
    if found is None or not found.runs:
        return
    (_undone if found.is_being_undone else _done)(found)


def _done(errand: Errand) -> None:
    if not errand.is_led_by(errand.person):
        errand.stop("role")
        return
    deeds = Deed.some(errand, "waiting", BATCH)
    _groups = _brought(deeds)
    for deed in deeds:
        deed.settle(partial(errand.what.do, errand, deed), "done", "refused")
    errand.done += sum(deed.outcome == "done" for deed in deeds)
    errand.refused += sum(deed.outcome == "refused" for deed in deeds)
    if len(deeds) == BATCH:
        errand.go_on()
        return
    errand.what.ended(errand)
    errand.ended_at = now()
    errand.note("errand ended", errand.person, done=errand.done, refused=errand.refused)


def _undone(errand: Errand) -> None:
    by = db.session.get(Person, errand.undo_by)
    if by is None or not errand.is_led_by(by):
        errand.undo_at = errand.undo_by = None  # whoever holds the role may begin again
        errand.stopped_for = "role"
        return
    deeds = Deed.some(errand, "done", BATCH, last_first=True)
    _groups = _brought(deeds)
    for deed in deeds:
        deed.settle(partial(errand.what.undo, errand, deed), "undone", "kept")
    if len(deeds) == BATCH:
        errand.go_on()
    else:
        errand.undone_at = now()


def _brought(deeds: list[Deed]) -> list[Group]:
    """The groups of these deeds, in one query. As long as the list is held, each of them is found without another."""
    ids = [deed.what["group"] for deed in deeds if "group" in deed.what]
    return list(db.session.scalars(sa.select(Group).where(Group.id.in_(ids)))) if ids else []
