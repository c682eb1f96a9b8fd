"""How much of a group one wants to hear: everything, what is urgent, nothing; or nothing for a while."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import now
from community.form import Form
from community.groups.membership import LEVELS, Membership, standing
from community.groups.views import blueprint
from community.http import missing, signed_in, writes
from community.people.models import Person
from community.people.session import me, someone

MORNING = 7  # o'clock
PAUSES = ("hour", "morning", "week")


@dataclass(frozen=True)
class Involvement:
    """What a person wants to hear of one group: the same in all her memberships there."""

    level: str
    muted_until: datetime | None

    @classmethod
    def of(cls, here: list[Membership]) -> "Involvement":
        """The loudest of her memberships speaks for all: that is how pushes are sent."""
        muted = [held.muted_until for held in here]
        until = None if None in muted else min(one for one in muted if one)
        level = min((held.level for held in here), key=LEVELS.index)
        return cls(level, until if until and until > now() else None)

    @property
    def is_silent(self) -> bool:
        return self.level == "nothing" or self.muted_until is not None

    def put(self, here: list[Membership]) -> None:
        for held in here:
            held.level, held.muted_until = self.level, self.muted_until


def pause_ends(pause: str, person: Person) -> datetime:
    """When a pause ends that begins now. After midnight the morning is today's: the night is not over yet."""
    if pause == "hour":
        return now() + timedelta(hours=1)
    if pause == "week":
        return now() + timedelta(weeks=1)
    there = now().astimezone(ZoneInfo(person.zone))
    day = there.date() + timedelta(days=there.hour >= MORNING - 3)
    return datetime.combine(day, time(MORNING), there.tzinfo)


def silent_groups() -> frozenset[int]:
    """The groups that the person on this page does not hear now. Reads nothing that was not read already."""
    kept: frozenset[int] | None = g.get("silent_groups")
    if kept is None:
        kept = g.silent_groups = frozenset(_silent()) if someone() else frozenset()
    return kept


def _silent() -> list[int]:
    here: dict[int, list[Membership]] = {}
    for held in standing(me()).memberships:
        here.setdefault(held.group_id, []).append(held)
    return [group_id for group_id, held in here.items() if Involvement.of(held).is_silent]


def _mine(group_id: int) -> list[Membership]:
    """All that I hold in this group. Raises Missing where that is nothing."""
    return [held for held in standing(me()).memberships if held.group_id == group_id] or missing()


@blueprint.get("/groups/<int:group_id>/involvement")
@signed_in
def involvement(group_id: int) -> ResponseReturnValue:
    here = _mine(group_id)
    pauses = {pause: pause_ends(pause, me()) for pause in PAUSES}
    return render_template(
        "groups/involvement.html", group=here[0].group, involvement=Involvement.of(here), pauses=pauses
    )


@blueprint.post("/groups/<int:group_id>/involvement")
@signed_in
@writes
def involve(group_id: int) -> ResponseReturnValue:
    """What I want to hear from now on; a pause is over with it."""
    here = _mine(group_id)
    level = Form(request.form).choice("level", LEVELS, Involvement.of(here).level)
    Involvement(level, None).put(here)
    return _back(group_id)


@blueprint.post("/groups/<int:group_id>/mute")
@signed_in
@writes
def mute(group_id: int) -> ResponseReturnValue:
    """Nothing for a while; without `for` the pause is over."""
    here, pause = _mine(group_id), Form(request.form).choice("for", PAUSES, "")
    Involvement(Involvement.of(here).level, pause_ends(pause, me()) if pause else None).put(here)
    return _back(group_id)


def _back(group_id: int) -> ResponseReturnValue:
    return redirect(f"/groups/{group_id}/involvement", code=303)
