"""What the groups need: one page for who looks after them, by counters. It leads to people, not to their words."""

import re

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from community.duty.rota import trained_in
from community.groups.gates import led_by
from community.groups.membership import Standing, standing
from community.groups.models import Group
from community.http import be_sure, signed_in
from community.oversight.level import MOST
from community.people.models import Person
from community.people.session import me
from community.triage.counted import count_questions
from community.triage.waiting import SMALL, in_all, waiting

blueprint = Blueprint("triage", __name__)
MARK = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
DOORS = 3  # rows on a courtyard


def init_app(app: Flask) -> None:
    count_questions()
    app.jinja_env.globals |= {"triage_doors": doors}


def doors(person: Person) -> list[Group]:
    """The topmost groups that this person looks after; no statement of their own."""
    led = [group for group in standing(person).leads() if not group.rests]
    ids = {group.id for group in led}
    return [group for group in {one.id: one for one in led}.values() if not ids & set(group.ancestors)][:DOORS]


@blueprint.get("/groups/<int:group_id>/triage")
@signed_in
def show(group_id: int) -> ResponseReturnValue:
    be_sure()
    group, stand = led_by(me(), group_id, "moderator"), standing(me())
    whole = stand.is_at_least("admin", group)
    found = waiting(group, whole=whole, after=_after())
    page = render_template(
        "triage/show.html", group=group, whole=whole, told=in_all(group, whole=whole), waiting=found[:MOST],
        more=found[MOST - 1].mark if len(found) > MOST else "", first=_after() is None, small=SMALL, **_mine(stand),
        trained=trained_in([one.id for one in found if "urgent" in one.told]),
    )  # fmt: skip
    return page, 200, {"Cache-Control": "no-store"}


def _after() -> tuple[int, int] | None:
    """Where the page begins; None for the first one, and for nonsense."""
    found = MARK.fullmatch(request.args.get("after", ""))
    return (int(found[1]), int(found[2])) if found else None


def _mine(stand: Standing) -> dict[str, set[int]]:
    """The groups in which I am, and those in which I answer myself."""
    held = stand.memberships
    return {
        "here": {one.group_id for one in held},
        "answers": {one.group_id for one in held if one.role != "member"},
    }  # fmt: skip
