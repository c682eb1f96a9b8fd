"""Before whom a question lies: the nearest group upwards in which somebody answers; untaken, it moves up."""

from datetime import timedelta

from community.database import db, now
from community.duty.rota import on_duty
from community.groups.models import Group
from community.people.models import Person
from community.questions.models import Question

UNTAKEN = timedelta(hours=12)  # so long a question lies on one desk before it moves up


def lay(question: Question) -> None:
    """Put a new question before the nearest group on its line in which somebody answers, and ring them."""
    for group_id in reversed(question.group.lineage):
        desk = db.session.get_one(Group, group_id)
        if on_duty(desk, now(), category_id=question.category_id, language=question.language):
            question.desk, question.moves_at = desk, now() + UNTAKEN
            return


def move_up(question: Question, by: Person | None = None) -> bool:
    """Put it before the next group further up in which somebody answers; nobody has taken it then. False: none is."""
    raise NotImplementedError(question, by)


def settle(question: Question) -> None:
    """Roles, the tree or the roster changed: where nobody answers on its desk any more, it lies elsewhere; where who
    has taken it answers there no more, nobody has."""
    raise NotImplementedError(question)
