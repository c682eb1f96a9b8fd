"""A question before its group can be reported, as anything else that members see; who decides may take it away."""

from flask_babel import lazy_gettext as _l

from community.care import deciding, things
from community.care.kinds import Kind
from community.care.kinds import adds as adds_kind
from community.care.models import Case
from community.care.things import Thing
from community.database import db
from community.groups.measures import Measure
from community.http import missing
from community.people.models import Person
from community.people.session import me
from community.questions.gates import sight_of
from community.questions.held import put_back, remove
from community.questions.models import Question


def _question(number: int) -> Thing:
    """As the group sees it. Whom it hides, the report hides too: who decides sees the words, not who asks."""
    sight = sight_of(me(), number)
    found = sight.question
    if not found.is_before_the_group:
        missing()
    asker, hidden = (None, found.person) if found.unnamed else (found.person, None)
    return Thing(
        "question", found.id, found.group, asker, f"/questions/{found.id}", found.text, found.language, found.photo,
        found.voice, hidden,
    )  # fmt: skip


def _remove(case: Case, by: Person | None) -> None:
    if found := db.session.get(Question, case.thing_id):
        remove(found, by)


def _put_back(found: Measure, by: Person | None) -> None:
    if question := db.session.get(Question, found.thing_id):
        put_back(question, by)


def register() -> None:
    things.adds("question", _question)
    deciding.adds("question", _remove, _put_back)
    adds_kind("question", Kind("question", _l("Question")))
