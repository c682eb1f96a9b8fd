"""What the outbox does with a sheet: read it, bring it in part by part, take it out again, forget it.

Each part promises the next in its own commit: whoever dies in between loses no part and repeats none.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.bringing.bearers import LASTS, invite
from community.bringing.columns import NoColumns, SameColumns
from community.bringing.dry_run import DryRun
from community.bringing.known import lots
from community.bringing.models import KEPT, PART, BroughtSheet, SheetPart
from community.bringing.planting import Bed
from community.bringing.reading import Unreadable, rows_of
from community.bringing.undoing import take_out
from community.bringing.wanted import Place, Sheet
from community.database import db, now
from community.groups.locking import lock_trees
from community.groups.models import Group
from community.outbox.models import LATER, Errand, Outbox

TRIES = 5  # at reading a sheet, before it counts as none
TOLD = 200  # problems that are kept to be shown


class Read(Errand):
    """The dry run. Reading a big sheet takes seconds, so no transaction is open meanwhile."""

    def prepare(self, row: Outbox) -> Any:
        sheet = db.session.get_one(BroughtSheet, row.args["sheet"])
        if row.attempts > TRIES:
            sheet.state, sheet.reason, sheet.raw = "refused", "type", None
        return (sheet.id, sheet.raw) if sheet.state == "reading" else None

    def perform(self, work: Any) -> Any:
        if work is None:
            return None
        number, raw = work
        try:
            return number, _tried(number, raw or b"")
        except (Unreadable, NoColumns, SameColumns) as no:
            return number, no
        finally:
            db.session.rollback()  # it has only read

    def settle(self, row: Outbox, result: Any) -> datetime | None:
        if result:
            number, found = result
            sheet = db.session.get_one(BroughtSheet, number)
            sheet.raw = None
            _keep(sheet, found) if isinstance(found, DryRun) else _refuse(sheet, found)
        return None


def _tried(number: int, raw: bytes) -> DryRun:
    sheet = db.session.get_one(BroughtSheet, number)
    group = db.session.get_one(Group, sheet.group_id)
    return DryRun(Sheet(rows_of(raw), f"/{group.id}"), group)


def _refuse(sheet: BroughtSheet, no: ValueError) -> None:
    kind = {NoColumns: "columns", SameColumns: "same"}.get(type(no))
    sheet.state, sheet.reason = "refused", kind or str(getattr(no, "reason", "type"))
    if isinstance(no, SameColumns):
        sheet.problems = [[0, str(no), "same", ""]]


def _keep(sheet: BroughtSheet, run: DryRun) -> None:
    parts = [{"sheet_id": sheet.id, "number": number, "wanted": lot, "became": []}
             for number, lot in enumerate(lots(run.order, PART))]  # fmt: skip
    for some in lots(parts, 20):
        db.session.execute(sa.insert(SheetPart), some)
    sheet.parts, sheet.counts, sheet.state = len(parts), run.counts, "checked"
    sheet.problems = [list(one) for one in sorted(run.problems)[:TOLD]]


def promise_part(sheet: BroughtSheet, number: int) -> None:
    Outbox.promise("bring in", f"bring:{sheet.id}:{number}:{sheet.tries}", rank=LATER, sheet=sheet.id, number=number)


def _held(number: int) -> BroughtSheet:
    """The sheet and its tree as they are now, until the commit: no branch moves, nobody else brings in or takes out.

    What this process still knows of the part before is forgotten: roles and places may be others by now.
    """
    db.session.expire_all()
    sheet = db.session.get_one(BroughtSheet, number)
    lock_trees(sheet.group)
    db.session.refresh(sheet, with_for_update=True)  # after the tree: a merger takes them in this order
    return sheet


def bring_in(sheet: int, number: int) -> None:
    """One part: five hundred places, their cards, and the promise of the next part."""
    found = _held(sheet)
    if found.state != "coming" or found.done != number:
        return
    if hindered := found.hindered:
        found.stop(hindered)
        return
    _plant(found, found.part(number))
    found.done += 1
    if found.done < found.parts:
        promise_part(found, found.done)
    else:
        found.state, found.ended_at = "done", now()


def _plant(sheet: BroughtSheet, part: SheetPart) -> None:
    places = [Place.of(one) for one in part.wanted]
    bed = Bed(sheet, places, sheet.asker or sheet.person)
    bed.plant()
    invite(sheet, places, bed.placed)
    if any(place.bearer for place in places):
        Outbox.promise("forget names", f"names:{sheet.id}:{part.number}", now() + LASTS + timedelta(minutes=1))
    part.wanted, part.became = [], bed.became
    sheet.made += len(bed.new)
    sheet.changed += len(bed.dressed)
    sheet.refused += bed.refused


def promise_undo(sheet: BroughtSheet) -> None:
    Outbox.promise(
        "take out", f"out:{sheet.id}:{sheet.done}:{sheet.tries}", rank=LATER, sheet=sheet.id, number=sheet.done
    )


def undo(sheet: int, number: int) -> None:
    """The last part that is still in, and the promise of the one before it."""
    found = _held(sheet)
    if found.state != "undoing" or found.done != number:
        return
    if hindered := found.hindered:
        found.stop(hindered)
        return
    if found.done:
        _take_out(found, found.part(found.done - 1))
        found.done -= 1
    if found.done:
        promise_undo(found)
    else:
        found.state, found.ended_at = "undone", now()


def _take_out(sheet: BroughtSheet, part: SheetPart) -> None:
    had = sum(1 for _group, before in part.became if before is None)
    part.became, back = take_out(part.became)
    sheet.made -= had - len(part.became)
    sheet.changed -= back


def promise_forgetting(sheet: BroughtSheet) -> None:
    until = (sheet.ended_at or max(sheet.created, now() - KEPT)) + KEPT + timedelta(hours=1)
    Outbox.promise("forget sheet", f"forget:{sheet.id}:{until:%Y%m%d%H}", until, sheet=sheet.id)


def forget_sheet(sheet: int) -> None:
    """A sheet that nobody said yes to, and what is left of one that can not be undone any more."""
    found = db.session.get_one(BroughtSheet, sheet, with_for_update=True)
    if found.is_busy or found.can_be_undone:
        promise_forgetting(found)
        return
    found.raw = None
    db.session.execute(sa.delete(SheetPart).where(SheetPart.sheet_id == sheet))
    if found.state == "checked":
        found.state, found.reason = "refused", "old"


def note(action: str, sheet: BroughtSheet, by: int, **details: Any) -> None:
    AuditEntry.add(
        action, actor_id=by, community_id=sheet.community_id, group_id=sheet.group_id, sheet=sheet.id, **details
    )
