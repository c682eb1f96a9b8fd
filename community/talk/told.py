"""Talk that is told later: a switch in each group, and a row on the courtyard for each group where something is new."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

import sqlalchemy as sa

from community.database import db
from community.form import Form
from community.groups.involvement import silent_groups
from community.groups.membership import standing
from community.groups.models import Group
from community.http import missing, signed_in, writes
from community.people.models import Person
from community.people.session import me
from community.talk.models import TalkCounter, TalkMark
from community.talk.views import blueprint

SHOWN = 5  # groups on the courtyard


@blueprint.app_template_global()
def rings_for_talk(group: Group) -> bool:
    """Whether she has it rung."""
    mark = db.session.get(TalkMark, (group.id, me().id))
    return mark is not None and mark.rings


@blueprint.app_template_global()
def talk_waiting(person: Person) -> list[tuple[Group, int]]:
    """Of her groups, those where something was said since she read there last, and how much; none that is silent."""
    heard = {one.group_id: one.group for one in standing(person).memberships if not one.group.rests}
    quiet = silent_groups()
    count = (TalkCounter.seq - TalkMark.seq).label("count")
    new = sa.select(TalkMark.group_id, count).join(TalkCounter, TalkCounter.group_id == TalkMark.group_id)
    new = new.where(TalkMark.person_id == person.id, TalkCounter.seq > TalkMark.seq).order_by(count.desc())
    found = db.session.execute(new) if heard else []
    return [(heard[number], many) for number, many in found if number in heard and number not in quiet][:SHOWN]


@blueprint.post("/groups/<int:group_id>/talk/ringing")
@signed_in
@writes
def ring_for_talk(group_id: int) -> ResponseReturnValue:
    """From now on, or no more: `on`."""
    here = [held.group for held in standing(me()).memberships if held.group_id == group_id] or missing()
    TalkMark.of(here[0], me()).rings = Form(request.form).ticked("on")
    return redirect(f"/groups/{group_id}/involvement", code=303)
