"""The roster of a group, made on a phone: who answers, on which days, between which hours, about what."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db, now
from community.duty.hours import WEEK, is_on
from community.duty.models import Duty
from community.duty.rota import Rota, answers_in
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import TAKE_BACK, standing
from community.groups.models import Category, Group
from community.http import Changed, missing, signed_in, writes
from community.languages import gettext as _
from community.notifications.ring import can_ring
from community.people.models import Person
from community.people.session import me

blueprint = Blueprint("duty", __name__)
MOST = 200  # people to choose from


@dataclass(frozen=True)
class Hours:
    """Some hours of a day, by a picture and a word."""

    value: str
    symbol: str
    word: LazyString
    begins: int = 0
    until: int = 0


HOURS = (
    Hours("all", "clock", _l("All day")),
    Hours("morning", "sun", _l("Morning"), 6, 12),
    Hours("afternoon", "sun", _l("Afternoon"), 12, 18),
    Hours("evening", "moon", _l("Evening"), 18, 23),
    Hours("night", "moon", _l("Night"), 22, 6),
    Hours("other", "edit", _l("Other hours")),
)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["opens_duty"] = opens


def opens(group: Group) -> bool:
    """Whether I see the roster: who answers there sees her own lines, who looks after it sees all."""
    here = any(where == group.id and role != "member" for where, role in standing(me()).held_on(group))
    return here or _edits(group)


def _group(group_id: int) -> Group:
    group = led_by(me(), group_id, "responder")
    return group if opens(group) else missing()


def _edits(group: Group) -> bool:
    return standing(me()).is_at_least("moderator", group)


def _trains(group: Group) -> bool:
    """Whether I may say that somebody is trained for urgent help."""
    return standing(me()).is_at_least("admin", group)


@blueprint.get("/groups/<int:group_id>/duty")
@signed_in
def show(group_id: int) -> ResponseReturnValue:
    return _page(_group(group_id), Form({}))


def _page(group: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    held = Rota(group).held[group.id]
    lines = Duty.of(group, held)
    edits = _edits(group)
    shown = [one for one in lines if edits or one.person_id == me().id]
    page = render_template(
        "duty/show.html", group=group, form=form, edits=edits, trains=_trains(group), is_empty=not lines, lines=shown,
        week=[[one for one in shown if is_on(one, weekday)] for weekday in range(WEEK)], people=_people(held),
        hours=HOURS, answers=me().id in held, ended=_ended(group),
        rings=can_ring([one.person_id for one in shown if one.urgent], group),
        categories=Category.of(group.community_id) if edits else [],
    )  # fmt: skip
    return page, code


def _people(ids: set[int]) -> list[Person]:
    return list(db.session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id).limit(MOST)))


def _ended(group: Group) -> Duty | None:
    """The line that I ended just now, to be put back."""
    found = db.session.get(Duty, Form(request.args).number("ended") or 0)
    return found if found and found.group_id == group.id and _is_undone_by_me(found) else None


def _is_undone_by_me(found: Duty) -> bool:
    return bool(found.ended_at and found.ended_at + TAKE_BACK > now() and found.ended_by == me().id)


@blueprint.post("/groups/<int:group_id>/duty")
@signed_in
@writes
def begin(group_id: int) -> ResponseReturnValue:
    group, form = _group(group_id), Form(request.form)
    if not _edits(group) or group.rests:
        missing()
    held = Rota(group, whole=False).held[group.id]
    person, line = _person(held, form), _line(group, form)
    if person and not Duty.same(group, person, line) and not Duty.has_room(group, held):
        form.wrong["person"] = _("This roster is full. End one of its lines first.")
    if form.wrong or person is None:
        return _page(group, form, 422)
    Duty.begin(group, person, me(), **line)
    return redirect(f"/groups/{group.id}/duty", code=303)


def _person(held: set[int], form: Form) -> Person | None:
    """Only who answers in this group stands on its roster."""
    found = db.session.get(Person, form.number("person") or 0)
    if found is None or found.id not in held:
        form.wrong["person"] = _("Choose who answers.")
        return None
    return found


def _line(group: Group, form: Form) -> dict[str, Any]:
    days = [one for one in form.numbers("day") or [] if one <= WEEK]
    if not days:
        form.wrong["day"] = _("Choose one day at least.")
    begins, until = _hours(form)
    number = form.number("category")
    known = {one.id for one in Category.of(group.community_id)}
    return {
        "days": sum(1 << one - 1 for one in days), "begins": begins * 60, "until": until * 60 % (24 * 60),
        "category_id": number if number in known else None, "urgent": form.ticked("urgent") and _trains(group),
    }  # fmt: skip


def _hours(form: Form) -> tuple[int, int]:
    value = form.choice("hours", [one.value for one in HOURS], "all")
    begins, until = form.number("begins"), form.number("until")
    if value != "other":
        chosen = next(one for one in HOURS if one.value == value)
        return chosen.begins, chosen.until
    if begins is None or until is None or begins > 23 or until > 24 or begins == until:
        form.wrong["hours"] = _("Choose two hours between 0 and 24.")
        return 0, 0
    return begins, until


def _mine_or_edited(duty_id: int) -> Duty:
    """A line of a roster that I make; or one of my own, as long as I answer there."""
    found = db.session.get(Duty, duty_id) or missing()
    if not (_edits(found.group) or (found.person_id == me().id and answers_in(found.group, me().id))):
        missing()
    return found


@blueprint.post("/duties/<int:duty_id>/end")
@signed_in
@writes
def end(duty_id: int) -> ResponseReturnValue:
    found = _mine_or_edited(duty_id)
    found.end(me())
    return redirect(f"/groups/{found.group_id}/duty?ended={found.id}", code=303)


@blueprint.post("/duties/<int:duty_id>/return")
@signed_in
@writes
def put_back(duty_id: int) -> ResponseReturnValue:
    """A thumb slipped: the line again, within ten minutes, by who ended it, if the person still answers there."""
    found = _mine_or_edited(duty_id)
    if found.ended_at is None:
        return redirect(f"/groups/{found.group_id}/duty", code=303)
    if not _is_undone_by_me(found) or found.person_id not in Rota(found.group, whole=False).held[found.group_id]:
        raise Changed
    found.begin_again(me())
    return redirect(f"/groups/{found.group_id}/duty", code=303)
