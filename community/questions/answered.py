"""The ring of who asked: that there is an answer, and nothing of what it is about."""

from collections.abc import Callable
from functools import partial

from community.database import db
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions.models import Answer, Question


class CallAnswered(Ring):
    """Its arguments are `question_id` and `answer_id`."""

    def place(self, row: Outbox) -> Group | None:
        question = db.session.get(Question, row.args["question_id"])
        return question.group if question else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        """Nobody where she has seen the answer already, took the question back, or said that it did not help."""
        answer = db.session.get(Answer, row.args["answer_id"])
        if answer is None or answer.heard_at or answer.question.answered_at is None or answer.question.ended_at:
            return None
        return answer.question.person, partial(_body, answer.question)


def _body(question: Question) -> bytes:
    """Of urgent help nothing shows on a screen that others see: the line is that of any other ring."""
    language = question.person.language
    with speaking(language):
        if question.trouble:
            return call(_("There is something new in the courtyard."), language, "/", f"q{question.id}")
        return call(_("There is an answer for you."), language, f"/questions/{question.id}", f"q{question.id}")
