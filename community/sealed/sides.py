"""Who takes part in a sealed thread: asked anew for each request, of her who looks and of the other one."""

from dataclasses import dataclass

from community.database import db
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import Standing, standing
from community.http import be_sure, missing
from community.people.models import Person
from community.people.session import current_session, me
from community.questions.gates import is_answered_by
from community.questions.models import Question
from community.sealed.models import SealedThread


def takes_part(question: Question, person: Person, stand: Standing | None = None) -> bool:
    """The asker as long as she is in the group; who has taken it as long as she answers where it lies."""
    if question.taker is None or Ban.holds(person, question.group):
        return False
    if person.id == question.person_id:
        return (stand or Standing.of(person)).hears(question.group)
    return person.id == question.taken_by and is_answered_by(question, person)


def is_offered(question: Question) -> bool:
    """Whether the door stands on the question's page for who looks at it."""
    own = current_session()
    return own is not None and not own.without_roles and takes_part(question, me(), standing(me()))


@dataclass(frozen=True)
class Sides:
    """A question, who looks, and her phone. The other one may have lost her place in it: then nobody is there."""

    question: Question
    person: Person
    phone_id: int
    other: Person | None

    @classmethod
    def at(cls, question_id: int) -> "Sides":
        """Raises Missing for everybody but the two; NotYet where she came back by a code."""
        be_sure()
        question, own = db.session.get(Question, question_id), current_session()
        if question is None or own is None or not takes_part(question, me(), standing(me())):
            missing()
        other = question.taker if me().id == question.person_id else question.person
        there = other and other.id != me().id and takes_part(question, other)
        return cls(question, me(), own.phone_id, other if there else None)

    def let_write(self) -> None:
        """Raises Missing where the group rests, Silenced where she may only read."""
        if self.question.group.rests:
            missing()
        Measure.let_speak(self.person, self.question.group)

    def thread(self, *, lock: bool = False) -> SealedThread:
        return SealedThread.of(self.question, lock=lock) or missing()

    @property
    def people(self) -> list[int]:
        return [self.person.id, *([self.other.id] if self.other else [])]

    def side_of(self, person_id: int) -> str:
        """By which the page names somebody: no number, so that who did not say who she is stays nobody."""
        return "asks" if person_id == self.question.person_id else "helps"
