"""When my phones are quiet, and whether they tell what they showed."""

from datetime import UTC, datetime

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import now
from community.form import Form
from community.http import signed_in, writes
from community.languages import clock
from community.people.blueprint import blueprint
from community.people.models import Person
from community.people.session import me

EVENING, MORNING = 21, 7  # o'clock: the night that nobody has to choose


def hour_word(hour: int) -> str:
    """ "9 at night" for 21."""
    return clock(datetime(2000, 1, 1, hour, tzinfo=UTC), UTC)


def has_quiet_hours(person: Person) -> bool:
    return person.quiet_from != person.quiet_until


@blueprint.get("/me/quiet")
@signed_in
def quiet() -> ResponseReturnValue:
    begins, ends = me().quiet_from, me().quiet_until
    hours = [(hour, (hour - begins) % 24 < (ends - begins) % 24) for hour in (*range(12, 24), *range(12))]
    return render_template(
        "people/quiet.html", on=has_quiet_hours(me()), begins=begins, ends=ends, hours=hours, hour_word=hour_word,
        now_there=clock(now(), me().zone),
    )  # fmt: skip


@blueprint.post("/me/quiet")
@signed_in
@writes
def keep_quiet() -> ResponseReturnValue:
    """`on` and `off` for all of it, `from` and `until` an hour each. Both the same would be never: that is refused."""
    form, person = Form(request.form), me()
    switch = form.choice("switch", ("on", "off"), "")
    if switch == "off":
        person.quiet_until = person.quiet_from
    elif switch == "on" and not has_quiet_hours(person):
        person.quiet_from, person.quiet_until = EVENING, MORNING
    begins, ends = _hour(form, "from", person.quiet_from), _hour(form, "until", person.quiet_until)
    if begins != ends:
        person.quiet_from, person.quiet_until = begins, ends
    return redirect("/me/quiet", code=303)


def _hour(form: Form, field: str, kept: int) -> int:
    hour = form.number(field)
    return hour if hour is not None and hour < 24 else kept


@blueprint.get("/me/reports")
@signed_in
def reports() -> ResponseReturnValue:
    return render_template("people/reports.html")


@blueprint.post("/me/reports")
@signed_in
@writes
def choose_reports() -> ResponseReturnValue:
    """Whether my phones say that they showed a message and that it was opened."""
    me().reports = request.form.get("reports") == "1"
    return redirect("/me/reports", code=303)
