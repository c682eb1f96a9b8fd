"""Talk that is told later: a switch in each group, and a row on the courtyard for each group where something is new."""

from collections.abc import Iterable

import sqlalchemy as sa
from flask import redirect, request
from flask.typing import ResponseReturnValue

from community.database import db
from community.form import Form
from community.groups.involvement import silent_groups
from community.groups.membership import standing
from community.groups.models import Group
from community.http import missing, signed_in, writes
from community.people.models import Person
from community.people.session import me
from community.talk.models import Message, TalkCounter, TalkMark
from community.talk.reading import COUNTED, unblocked
from community.talk.views import blueprint

SHOWN = 5  # groups on the courtyard
MOST = 50  # that are looked at for it: where most was said after her mark


@blueprint.app_template_global()
def rings_for_talk(group: Group) -> bool:
    """Whether she has it rung."""
    mark = db.session.get(TalkMark, (group.id, me().id))
    return mark is not None and mark.rings


@blueprint.app_template_global()
def talk_waiting(person: Person) -> list[tuple[Group, int]]:
    """Of her groups, those where something is new to her, and how much, up to COUNTED + 1; none that is silent."""
    quiet = silent_groups()
    heard = {one.group_id: one.group for one in standing(person).memberships if not one.group.rests}
    heard = {number: group for number, group in heard.items() if number not in quiet}
    if not heard:
        return []
    found = [(heard[number], count) for number, count in db.session.execute(_new(person, heard)) if count]
    return sorted(found, key=lambda one: -one[1])[:SHOWN]


def _new(person: Person, groups: Iterable[int]) -> sa.Select[int, int]:
    """For each of these groups in which something was said after her mark: how much others said that still stands.

    Who was there before anybody talked has no mark: all of it is new to her.
    """
    hers = sa.and_(TalkMark.group_id == TalkCounter.group_id, TalkMark.person_id == person.id)
    mark = sa.func.coalesce(TalkMark.seq, 0)
    there = sa.select(TalkCounter.group_id, mark.label("mark")).outerjoin(TalkMark, hers)
    there = there.where(TalkCounter.group_id.in_(groups), TalkCounter.seq > mark)
    most = there.order_by((TalkCounter.seq - mark).desc(), TalkCounter.group_id).limit(MOST).subquery()
    some = sa.select(Message.id).where(Message.group_id == most.c.group_id, Message.seq > most.c.mark)
    some = some.where(Message.removed_at.is_(None), Message.person_id != person.id, *unblocked(person))
    few = some.correlate(most).order_by(Message.seq).limit(COUNTED + 1).subquery()
    count = sa.select(sa.func.count()).select_from(few).correlate(most).scalar_subquery()
    return sa.select(most.c.group_id, count)


@blueprint.post("/groups/<int:group_id>/talk/ringing")
@signed_in
@writes
def ring_for_talk(group_id: int) -> ResponseReturnValue:
    """From now on, or no more: `on`."""
    here = [held.group for held in standing(me()).memberships if held.group_id == group_id] or missing()
    _mark(here[0], me()).rings = Form(request.form).ticked("on")
    return redirect(f"/groups/{group_id}/involvement", code=303)


def _mark(group: Group, person: Person) -> TalkMark:
    """Hers; who has none yet has read nothing, and a switch of hers reads nothing either."""
    mark = db.session.get(TalkMark, (group.id, person.id))
    if mark is None:
        at = {"group_id": group.id, "person_id": person.id, "community_id": group.community_id}
        mark = TalkMark(**at, seq=0)
        db.session.add(mark)
    return mark
