"""Whether others may hear the asker's own words: she is asked on her question's page, and answers there."""

from blinker import signal
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from community.database import db
from community.faq import finding, forgetting
from community.faq.keeping import answered_by_us, is_kept_by
from community.faq.models import Permit
from community.faq.views import blueprint
from community.form import Form
from community.groups.membership import standing
from community.groups.models import Group
from community.http import be_sure, missing, signed_in, writes
from community.people.models import Person
from community.people.session import acts_without_roles, me
from community.questions.gates import is_answered_by
from community.questions.models import Question


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {
        "good_answers": finding.offered, "keeps_good_answer": keeps_for_me, "asked_of_me": asked_of_me,
        "hears_it": hears_it, "permits_wait": permits_wait,
    }  # fmt: skip
    signal("erased").connect(forgetting.of_person)
    signal("tidied").connect(forgetting.old)


def hears_it(group: Group) -> bool:
    """Whether good answers of this group are for me."""
    return standing(me()).hears(group)


def keeps_for_me(question: Question) -> bool:
    """For the question's page: whether I may keep its answer for others."""
    return is_kept_by(question) and is_answered_by(question, me())


def permits_wait(person: Person) -> list[Permit]:
    """For her courtyard: whether others may hear her words, as long as she has not said so and may read the page."""
    here = standing(person).communities()
    found = [] if acts_without_roles(person) else Permit.waiting(person)
    return [one for one in found if one.community_id in here]


def asked_of_me(question: Question) -> Permit | None:
    """For the question's page: what I was asked about my words."""
    return Permit.of(question.id) if question.person_id == me().id else None


@blueprint.post("/questions/<int:question_id>/good/wish")
@signed_in
@writes
def wish(question_id: int) -> ResponseReturnValue:
    """Whether others may hear the asker's own words is the asker's to say."""
    Permit.ask(answered_by_us(question_id))
    return redirect(f"/questions/{question_id}/good", code=303)


@blueprint.post("/questions/<int:question_id>/permit")
@signed_in
@writes
def permit(question_id: int) -> ResponseReturnValue:
    be_sure()
    source = db.session.get(Question, question_id)
    if source is None or source.person_id != me().id:
        missing()
    asked = Permit.of(question_id) or missing()
    asked.say(Form(request.form).choice("answer", ("yes", "no"), "no"))
    return redirect(f"/questions/{question_id}", code=303)
