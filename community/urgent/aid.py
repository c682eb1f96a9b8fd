"""What was given: noted in a few taps by whoever took it, and summed for who looks after the branch."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db, now
from community.form import Form, submission_key
from community.groups.gates import led_by
from community.groups.models import Group
from community.groups.shielding import shielded
from community.http import be_sure, missing, signed_in, writes
from community.people.models import Person
from community.people.session import me
from community.phones.calendar import month_of
from community.questions.gates import is_answered_by
from community.questions.models import Question
from community.urgent.models import Aid
from community.urgent.numbers import Service
from community.urgent.views import NEVER, blueprint

MOST = 100_000
MONTHS = 6  # that are summed
KINDS = {
    "food": Service("food", _l("Food")),
    "money": Service("rupee", _l("Money")),
    "medicine": Service("pill", _l("Medicine")),
    "bed": Service("hut", _l("A place to sleep")),
    "along": Service("hands", _l("Somebody went along")),
    "office": Service("clinic", _l("To the police or a hospital")),
}


@dataclass(frozen=True)
class Sum:
    """`people` who were helped with this, and how many things they got; None for both where they are few."""

    kind: Service
    people: int | None
    things: int | None


@dataclass(frozen=True)
class Month:
    title: str
    sums: list[Sum]


def taken_by(person: Person, question_id: int) -> Question:
    """An urgent question that the person has taken, and on whose desk she answers now. Raises Missing."""
    found = db.session.get(Question, question_id)
    if found is None or found.trouble is None or found.taken_by != person.id:
        missing()
    return found if is_answered_by(found, person) else missing()


@blueprint.get("/questions/<int:question_id>/aid")
@signed_in
def aid(question_id: int) -> ResponseReturnValue:
    be_sure()
    found = taken_by(me(), question_id)
    page = render_template(
        "urgent/aid.html", question=found, given=Aid.given(found), kinds=KINDS, key=submission_key(request.form)
    )
    return page, 200, NEVER


@blueprint.post("/questions/<int:question_id>/aid")
@signed_in
@writes
def note(question_id: int) -> ResponseReturnValue:
    be_sure()
    found, form = taken_by(me(), question_id), Form(request.form)
    count, what = form.number("count") or 1, request.form.get("what", "")
    if what not in KINDS:
        missing()
    Aid.note(found, me(), key=submission_key(request.form), what=what, count=min(count, MOST))
    return redirect(f"/questions/{found.id}/aid", code=303)


@blueprint.post("/aid/<int:aid_id>/undo")
@signed_in
@writes
def undo(aid_id: int) -> ResponseReturnValue:
    be_sure()
    found = db.session.get(Aid, aid_id)
    if found is None or found.person_id != me().id or found.question_id is None:
        missing()
    taken_by(me(), found.question_id)
    found.undo()
    return redirect(f"/questions/{found.question_id}/aid", code=303)


@blueprint.get("/groups/<int:group_id>/aid")
@signed_in
def sums(group_id: int) -> ResponseReturnValue:
    """For who looks after it, of all that is below: never who got it, nor who gave it."""
    group = led_by(me(), group_id, "moderator")
    return render_template("urgent/sums.html", group=group, months=given_in(group))


def given_in(group: Group) -> list[Month]:
    """The last months, the newest first; those in which nothing was given are left out."""
    begins = _first_days(now().astimezone(ZoneInfo(group.zone)))
    months = [_month(group, *span) for span in zip(begins, [now(), *begins], strict=False)]
    return [month for month in months if month.sums]


def _first_days(moment: datetime) -> list[datetime]:
    """Where this month and those before it begin."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = [divmod(first.year * 12 + first.month - 1 - back, 12) for back in range(MONTHS)]
    return [first.replace(year=year, month=month + 1).astimezone(UTC) for year, month in months]


def _month(group: Group, begins: datetime, ends: datetime) -> Month:
    # Whose question is gone counts as one person for each row.
    people = sa.func.count(sa.func.coalesce(Question.person_id, -Aid.id).distinct())
    inside = sa.select(Aid.what, people, sa.func.sum(Aid.count)).join(Group, Group.id == Aid.group_id)
    inside = inside.outerjoin(Question, Question.id == Aid.question_id).where(Group.below(group.path))
    inside = inside.where(Aid.undone_at.is_(None), Aid.created >= begins, Aid.created < ends).group_by(Aid.what)
    found = {what: (helped, things) for what, helped, things in db.session.execute(inside)}
    kinds = [what for what in KINDS if what in found]
    shown = shielded([found[what][0] for what in kinds])
    told = [(KINDS[what], people, int(found[what][1])) for what, people in zip(kinds, shown, strict=True)]
    title = month_of(begins.astimezone(ZoneInfo(group.zone)).date()).title
    return Month(title, [Sum(kind, people, things if people else None) for kind, people, things in told])
