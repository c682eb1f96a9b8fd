"""How far an errand has come, stopping it, and undoing it. Who began it sees it; so does who leads its group."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template
from flask.typing import ResponseReturnValue

from community.database import db, now
from community.errands.models import Deed, Errand
from community.errands.running import run
from community.groups.membership import standing
from community.groups.models import Group
from community.groups.proof import prove
from community.http import Changed, missing, signed_in, writes
from community.outbox.models import handles
from community.people.models import Person
from community.people.session import me, someone

blueprint = Blueprint("errands", __name__)
SHOWN = 100  # refused deeds on a page


def _seen_by(person: Person, number: int) -> Errand:
    """The errand, if the person holds its role in its group now, or began it. Raises Missing."""
    errand = db.session.get(Errand, number)
    if errand is None or not (errand.person_id == person.id or _leads(person, errand)):
        missing()
    return errand


def _held_by(person: Person, number: int) -> Errand:
    """The errand, locked, if the person holds its role in its group now. Raises Missing."""
    errand = Errand.locked(number)
    if errand is None or not _leads(person, errand):
        missing()
    return errand


def _leads(person: Person, errand: Errand) -> bool:
    return standing(person).is_at_least(errand.what.role, errand.group)


@blueprint.get("/errands")
@signed_in
def index() -> ResponseReturnValue:
    return render_template("errands/list.html", errands=Errand.of(me()))


@blueprint.get("/errands/<int:errand_id>")
@signed_in
def show(errand_id: int) -> ResponseReturnValue:
    errand = _seen_by(me(), errand_id)
    leads = _leads(me(), errand)
    page = render_template(
        "errands/show.html", errand=errand, kind=errand.what, leads=leads, counts=_counts(errand), every=_every(errand),
        refused=_lines(errand, "refused") if leads else [], kept=_lines(errand, "kept") if leads else [],
    )  # fmt: skip
    return page, 200, {"Cache-Control": "no-store"}


def _counts(errand: Errand) -> dict[str, int]:
    """How many of its deeds are in which state, as they are now."""
    counted = sa.select(Deed.outcome, sa.func.count()).where(Deed.errand_id == errand.id).group_by(Deed.outcome)
    return {outcome: count for outcome, count in db.session.execute(counted)}


def _every(errand: Errand) -> int:
    """Seconds until the page looks again: soon at first, later seldom enough that it can be listened to."""
    return 4 if (now() - (errand.undo_at or errand.created)).total_seconds() < 30 else 30


def _lines(errand: Errand, outcome: str) -> list[Any]:
    """(what, why) of the first of these deeds."""
    deeds = Deed.some(errand, outcome, SHOWN)
    things = errand.what.things(deeds)
    return [(things[deed.id], errand.what.reason(deed.reason)) for deed in deeds]


@blueprint.post("/errands/<int:errand_id>/stop")
@signed_in
@writes
def stop(errand_id: int) -> ResponseReturnValue:
    """Also where it is over already: the second tap of a slow phone."""
    errand = _held_by(me(), errand_id)
    errand.stop(by=me())
    return redirect(f"/errands/{errand.id}", code=303)


@blueprint.post("/errands/<int:errand_id>/undo")
@signed_in
@prove
@writes
def undo(errand_id: int) -> ResponseReturnValue:
    errand = _held_by(me(), errand_id)
    if errand.until:
        errand.take_back(me())
    elif not errand.undo_at:
        raise Changed
    return redirect(f"/errands/{errand.id}", code=303)


def init_app(app: Flask) -> None:
    handles(app, "errand", run)
    app.jinja_env.globals.update(has_errands=_has_errands, errands_in=_errands_in)


def _has_errands() -> bool:
    """Whether I ever began one: then my page leads to them."""
    person = someone()
    return bool(person and db.session.scalar(sa.select(Errand.id).where(Errand.person_id == person.id).limit(1)))


def _errands_in(group: Group) -> list[Errand]:
    return [errand for errand in Errand.under_way(group) if _leads(me(), errand)]
