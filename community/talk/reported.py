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


def found(number: int) -> Thing:
    one = read_by(me(), number)
    if one.is_gone or not one.is_out:
        missing()
    return Thing(
        "message", one.id, one.group, one.person, f"/messages/{one.id}", one.text, one.language, one.photo, one.voice
    )


def remove(case: Case, by: Person | None) -> None:
    if one := db.session.get(Message, case.thing_id):
        one.remove(by)


def put_back(measure: Measure, by: Person | None) -> None:
    one = db.session.get(Message, measure.thing_id)
    if one and one.removed_by != one.person_id:
        one.restore(by)
