"""Who sees a question, and as what: who asks it, who answers it, who is in its group. Nobody from further up."""

from typing import NamedTuple

import sqlalchemy as sa

from community.database import db
from community.duty.rota import answers_in
from community.groups.measures import Measure
from community.groups.membership import standing
from community.groups.models import Category, Group
from community.http import missing
from community.media.models import Voice
from community.people.models import Person
from community.questions.models import Answer, Question


class Sight(NamedTuple):
    """A question as one person sees it."""

    question: Question
    role: str  # asker · responder · member

    @property
    def asker(self) -> Person | None:
        """Who asks, where whoever looks may know it."""
        unknown = {"responder": not self.question.named, "member": self.question.unnamed}.get(self.role, False)
        return None if unknown else self.question.person


def sight_of(person: Person, question_id: int) -> Sight:
    """Raises Missing for whom it is not for."""
    found = db.session.get(Question, question_id) or missing()
    stand = standing(person)
    if found.person_id == person.id:  # also where she has left: she sees what lies there, and takes it back
        return Sight(found, "asker")
    if is_answered_by(found, person):
        return Sight(found, "responder")
    if not (found.is_before_the_group and stand.hears(found.group)):
        missing()
    return Sight(found, "member")


def lies_above(question: Question) -> bool:
    """Whether its desk is on the line of its group still: branches move, and communities part."""
    return question.desk_id in question.group.lineage


def is_answered_by(question: Question, person: Person) -> bool:
    """Whether this person answers on its desk now; of urgent help, whether she is trained for it, or has taken it.

    What its asker took back is nobody's, nor what was parted from its desk.
    """
    if question.desk is None or not lies_above(question) or question.person_id == person.id or question.is_withdrawn:
        return False
    trained = bool(question.trouble) and question.taken_by != person.id
    return answers_in(question.desk, person.id, urgent=trained)


def asked_by(person: Person, question_id: int) -> Question:
    """The question, if she asked it, wherever she is by now. Raises Missing."""
    sight = sight_of(person, question_id)
    return sight.question if sight.role == "asker" else missing()


def answers_to(person: Person, voice: Voice) -> sa.Select[int]:
    """Those to her that this voice says."""
    mine = sa.select(Answer.id).join(Question, Question.id == Answer.question_id)
    return mine.where(Question.person_id == person.id, Answer.voice_id == voice.id)


def asked_inside(person: Person, question_id: int) -> Question:
    """The same, as long as she is in its community: then others may be called for it. Raises Missing."""
    found = asked_by(person, question_id)
    return found if is_inside(person, found) else missing()


def is_inside(person: Person, question: Question) -> bool:
    return question.community_id in standing(person).communities()


def read_at_desk(person: Person, question_id: int) -> Question:
    """The question, if the person answers on its desk, also if she may only read by now. Raises Missing."""
    sight = sight_of(person, question_id)
    return sight.question if sight.role == "responder" else missing()


def answered_by(person: Person, question_id: int) -> Question:
    """The question, if the person may answer it now. Raises Missing, and Silenced for who may only read."""
    found = read_at_desk(person, question_id)
    Measure.let_speak(person, found.group)
    return found


def asked_in_by(person: Person, group_id: int) -> Group:
    """The group, if the person is in it or below it and may say something there. Raises Missing, and Silenced."""
    stand = standing(person)
    group = db.session.get(Group, group_id) or missing()
    if group.rests or not stand.hears(group):
        missing()
    Measure.let_speak(person, group)
    return group


def categories_of(group: Group) -> list[Category]:
    """What a question may be about: what its group carries."""
    carried = {one.id: one for one in (*group.own_categories, *group.inherited_categories) if not one.retired_at}
    return list(carried.values())
