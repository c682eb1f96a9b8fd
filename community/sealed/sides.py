"""Who takes part in a sealed thread: asked anew for each request, of her who looks and of the other one."""

from dataclasses import dataclass

from community.database import db
from community.groups.bans import Ban
from community.groups.measures import Measure, Silenced
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


def is_left(question: Question) -> bool:
    """Whether who looks at the question's page takes part in its thread no more, and may still erase it."""
    own, thread = current_session(), SealedThread.of(question)
    return own is not None and not own.without_roles and thread is not None and _was_in(thread, me())


def _was_in(thread: SealedThread, person: Person) -> bool:
    """The asker, and who helped there as long as nobody else has: with somebody else it is theirs."""
    phones = thread.keys()
    helpers = {one.person_id for one in phones if one.person_id != thread.asker_id}
    return person.id in (thread.asker_id, thread.erased_by) or helpers == {person.id}


def to_erase(question_id: int, *, lock: bool = False) -> SealedThread:
    """The last thread, for both, and for who lost her place in it. Raises Missing; NotYet where she came by a code."""
    be_sure()
    question = db.session.get(Question, question_id) or missing()
    thread = SealedThread.last_of(question, lock=lock)
    if thread is None or not (takes_part(question, me(), standing(me())) or _was_in(thread, me())):
        missing()
    return thread


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

    @property
    def muted(self) -> Measure | None:
        """What lets her only read here. Whoever asks for urgent help is kept by nothing from who helps her."""
        if self.question.trouble and self.person.id == self.question.person_id:
            return None
        return Measure.silencing(self.person, self.question.group)

    def let_write(self) -> None:
        """Raises Missing where the group rests, Silenced where she may only read."""
        if self.question.group.rests:
            missing()
        if muted := self.muted:
            raise Silenced(muted)

    def thread(self, *, lock: bool = False) -> SealedThread:
        return SealedThread.of(self.question, lock=lock) or missing()

    @property
    def people(self) -> list[int]:
        return [self.person.id, *([self.other.id] if self.other else [])]

    def side_of(self, person_id: int) -> str:
        """By which the page names somebody: no number, so that who did not say who she is stays nobody."""
        return "asks" if person_id == self.question.person_id else "helps"
