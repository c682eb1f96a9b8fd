"""What goes by itself: rumours of a year ago, with all that was brought. Open ones move to where somebody answers."""

from datetime import datetime

import sqlalchemy as sa

from community.database import db
from community.media.disposal import let_go
from community.media.models import Photo, Voice
from community.people.models import Person
from community.rumours.flagging import answering_in, lie
from community.rumours.models import Rumour, RumourFlag

AT_ONCE = 1000


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
    """Roles and trees change: an open rumour lies where somebody answers now, on a line that exists."""
    for rumour in db.session.scalars(sa.select(Rumour).where(Rumour.answered_at.is_(None)).limit(AT_ONCE)):
        on_line = rumour.desk_id in rumour.group.lineage and not rumour.desk.rests
        if not on_line or not answering_in(rumour.desk):
            rumour.desk, _called = lie(rumour.group, rumour.category_id, rumour.language, {rumour.author_id})


def of_person(person: Person) -> None:
    """What only she asked about, and nobody has answered, goes."""
    others = sa.select(RumourFlag.id).where(RumourFlag.rumour_id == Rumour.id, RumourFlag.person_id != person.id)
    hers = sa.select(RumourFlag.rumour_id).where(RumourFlag.person_id == person.id)
    _drop(sa.and_(Rumour.id.in_(hers), Rumour.answered_at.is_(None), ~others.exists()))
