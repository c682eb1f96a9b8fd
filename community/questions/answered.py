"""The ring of who asked: that there is an answer, or will be none; and nothing of what it is about."""

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
    """Its arguments are `question_id` and `answer_id`; None: it was closed without one."""

    def place(self, row: Outbox) -> Group | None:
        question = db.session.get(Question, row.args["question_id"])
        return question.group if question else None

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        """Nobody where she has seen the answer already, took the question back, or said that it did not help."""
        question = db.session.get(Question, row.args["question_id"])
        answer = db.session.get(Answer, row.args["answer_id"]) if row.args["answer_id"] else None
        if question is None or not (_is_news(question, answer) if row.args["answer_id"] else _is_closed(question)):
            return None
        return question.person, partial(_body, question)


def _is_news(question: Question, answer: Answer | None) -> bool:
    return bool(answer and not answer.heard_at and question.answered_at and not question.ended_at)


def _is_closed(question: Question) -> bool:
    """And she has not seen it."""
    return bool(question.ended_at and (question.seen_at is None or question.seen_at < question.ended_at))


def _body(question: Question) -> bytes:
    """Of urgent help nothing shows on a screen that others see: the line is that of any other ring."""
    language = question.person.language
    with speaking(language):
        if question.trouble:
            return call(_("There is something new in the courtyard."), language, "/", f"q{question.id}")
        words = (
            _("This question was closed without an answer.") if question.ended_at else _("There is an answer for you.")
        )
        return call(words, language, f"/questions/{question.id}", f"q{question.id}")
