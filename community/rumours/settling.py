"""What goes by itself: rumours of a year ago, with all that was brought. Open ones move to where somebody answers."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.database import db, now
from community.groups.models import Group
from community.media.disposal import let_go
from community.media.models import Photo, Voice
from community.people.models import Person
from community.rumours.flagging import answering_in, lie, ring
from community.rumours.models import Rumour, RumourFlag

AT_ONCE = 1000
PATIENCE = timedelta(days=3)  # so long an open one lies on one desk


def old(_sender: object, at: datetime) -> None:
    """Whatever was asked before this moment and not answered since. Then no open one stays where nobody answers."""
    last = sa.func.coalesce(Rumour.answered_at, Rumour.created) < at
    _drop(last)
    settle()


def _drop(which: sa.ColumnElement[bool]) -> None:
    gone = db.session.execute(sa.select(Rumour.id, Rumour.photo_id, Rumour.voice_id).where(which).limit(AT_ONCE)).all()
    numbers = [one.id for one in gone]
    for statement in (
        sa.delete(RumourFlag).where(RumourFlag.rumour_id.in_(numbers)),
        sa.delete(Rumour).where(Rumour.id.in_(numbers)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    let_go(Photo, [one.photo_id for one in gone])
    let_go(Voice, [one.voice_id for one in gone])


def settle() -> None:
    """Roles and trees change: an open rumour lies where somebody answers now, on a line that exists, and each few days
    that nobody answers it one such group further up."""
    is_open = sa.select(Rumour.id).where(Rumour.answered_at.is_(None), Rumour.removed_at.is_(None))
    numbers = db.session.scalars(is_open.order_by(Rumour.id)).all()
    homes: dict[int, list[int]] = {}  # asked once for a group, however much it asks
    for first in range(0, len(numbers), AT_ONCE):
        some = sa.select(Rumour).where(Rumour.id.in_(numbers[first : first + AT_ONCE])).order_by(Rumour.id)
        for rumour in db.session.scalars(some.options(joinedload(Rumour.group))).all():
            if rumour.group_id not in homes:
                homes[rumour.group_id] = _homes(rumour.group)
            _move(rumour, homes[rumour.group_id])
        db.session.flush()


def _homes(group: Group) -> list[int]:
    """Where somebody answers on the line, the nearest first."""
    line = [db.session.get_one(Group, number) for number in reversed(group.lineage)]
    return [desk.id for desk in line if not desk.rests and answering_in(desk)]


def _move(rumour: Rumour, homes: list[int]) -> None:
    """And ring who answers where it lies then."""
    apart, before = {rumour.author_id}, rumour.desk_id
    due = min((now() - rumour.created) // PATIENCE, len(homes) - 1)
    if before not in homes:
        rumour.desk, called = lie(rumour.group, rumour.category_id, rumour.language, apart)
    elif homes.index(before) < due:
        rumour.desk = db.session.get_one(Group, homes[due])
        called = [one for one in answering_in(rumour.desk) if one not in apart]
    else:
        return
    if rumour.desk.id != before:
        ring(rumour, called)


def of_person(person: Person) -> None:
    """What only she asked about, and nobody has answered, goes."""
    others = sa.select(RumourFlag.id).where(RumourFlag.rumour_id == Rumour.id, RumourFlag.person_id != person.id)
    hers = sa.select(RumourFlag.rumour_id).where(RumourFlag.person_id == person.id)
    _drop(sa.and_(Rumour.id.in_(hers), Rumour.answered_at.is_(None), ~others.exists()))
