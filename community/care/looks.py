"""What waits for a look before it goes out, in the queue of whoever is nearest to it.

Asked anew each time, so that nothing has to be kept right: who lost her role has lost it at the next request. It lies
before those who look after the group itself; further up only where nobody does besides the writer, or after days. How
many questions that takes does not hang on how much waits.
"""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from community.care.desk import LOOK
from community.care.queue import PATIENCE, SHOWN
from community.database import db, now
from community.groups.membership import Membership, Standing
from community.groups.offices import Office, Offices
from community.holding.models import Held, waiting
from community.people.models import Person

WHOLE = 3  # so many are shown whole, to be decided in one tap; of the others where they are


def looks_for(person: Person, stand: Standing) -> list[Held]:
    """What she is the nearest to. Who looks after nothing asks nothing."""
    found = waiting(person, stand)
    if not found:
        return []
    stand.offices.learn([held.group for held in found])
    near = _nearest(found)
    return [held for held in found if held.created < now() - PATIENCE or _mine(held, stand) >= near[held.id]][:SHOWN]


def _mine(held: Held, stand: Standing) -> int:
    """How deep on the line down to its group she looks after something."""
    line = held.group.lineage
    return max((line.index(where) for where, role in stand.held_on(held.group) if role in LOOK), default=-1)


def _nearest(found: Sequence[Held]) -> dict[int, int]:
    """For each, how deep on its line somebody besides the writer does; -1: nobody."""
    lines = {group_id for held in found for group_id in held.group.lineage}
    by_role, by_office = _holders(lines), _offices(lines, found)
    return {held.id: max(_depths(held, by_role, by_office), default=-1) for held in found}


def _depths(held: Held, by_role: Mapping[int, set[int]], by_office: Offices) -> list[int]:
    line = held.group.lineage
    led = [depth for depth, group_id in enumerate(line) if by_role.get(group_id, set()) - {held.person_id}]
    return [*led, *(line.index(where) for where, _role in by_office.on(held.group))]


def _holders(groups: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    held = sa.select(Membership.group_id, Membership.person_id)
    held = held.where(Membership.group_id.in_(groups), Membership.role != "member", Membership.role.in_(LOOK))
    for group_id, person_id in db.session.execute(held):
        found.setdefault(group_id, set()).add(person_id)
    return found


def _offices(groups: Collection[int], found: Sequence[Held]) -> Offices:
    """None of any of the writers: what she holds herself brings nobody nearer to her own words."""
    held = sa.select(Office).where(Office.group_id.in_(groups), Office.role.in_(LOOK), Office.lasts())
    writers = {held.person_id for held in found}
    offices = Offices(list(db.session.scalars(held.where(Office.person_id.not_in(writers)))))
    offices.learn([held.group for held in found])
    return offices
