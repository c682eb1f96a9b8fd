"""A message can be reported by who reads it; what is removed for it can be put back."""

from community.care.models import Case
from community.care.things import Thing
from community.database import db
from community.groups.measures import Measure
from community.http import missing
from community.people.models import Person
from community.people.session import me
from community.talk.gates import read_by
from community.talk.models import Message

Was = dict[str, str | int | None]


def found(number: int) -> Thing:
    one = read_by(me(), number)
    if one.is_gone or not one.is_out:
        missing()
    return Thing(
        "message", one.id, one.group, one.person, f"/messages/{one.id}", one.text, one.language, one.photo, one.voice
    )


def remove(case: Case, by: Person | None) -> Was | None:
    one = db.session.get(Message, case.thing_id)
    if one is None:
        return None
    was = as_it_was(one)
    one.remove(by)
    return was


def as_it_was(one: Message) -> Was | None:
    """For a Measure: its author had removed it herself."""
    one.lock()
    return {"removed_by": one.person_id} if one.removed_at and one.removed_by == one.person_id else None


def put_back(measure: Measure, by: Person | None) -> None:
    """As it was: what its author had removed herself stands again only if she brings it back."""
    one = db.session.get(Message, measure.thing_id)
    if one is None or as_it_was(one):
        return
    one.restore(by)
    if measure.kept:
        one.remove(one.person)
