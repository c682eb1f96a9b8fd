"""Questions as pages: one of them, hers and those that wait for her, those of a group; and what she who asks may do."""

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import db, now
from community.duty.rota import on_duty
from community.form import Form
from community.groups.gates import heard_by, led_by
from community.groups.measures import REASONS, Measure
from community.groups.membership import standing
from community.holding.kinds import holds
from community.holding.models import Held
from community.http import Changed, be_sure, missing, signed_in, writes
from community.media.views import tells
from community.outbox.models import handles
from community.people.models import Person
from community.people.session import acts_without_roles, me
from community.questions import forgetting, queue, reporting, routing
from community.questions.answered import CallAnswered
from community.questions.gates import Sight, answers_to, asked_by, asked_inside, is_inside, sight_of
from community.questions.held import KIND, look_at
from community.questions.held import remove as take_away
from community.questions.models import Question
from community.questions.silence import kept_until

blueprint = Blueprint("questions", __name__)
PRIVATE = {"Cache-Control": "no-store"}  # on phones that are passed around nothing of it stays


def init_app(app: Flask) -> None:
    handles(app, "call-answered", CallAnswered())
    handles(app, "empty-question", forgetting.empty)
    holds(app, "question", KIND)
    tells("answer", answers_to)
    reporting.register()


@blueprint.app_template_global()
def questions_wait(person: Person) -> queue.Burden:
    """What waits for her; nothing is asked for who answers nowhere."""
    return queue.Burden() if acts_without_roles(person) else queue.burden(person, standing(person))


@blueprint.app_template_global()
def questions_moved(person: Person) -> list[Question]:
    """What became of her own, until she has seen it."""
    return [] if acts_without_roles(person) else queue.news_for(person)


@blueprint.get("/questions")
@signed_in
def index() -> ResponseReturnValue:
    """Hers, and what waits for her answer, most urgent first."""
    be_sure()
    person, stand = me(), standing(me())
    after, before = queue.Place.read(request.args.get("after", "")), Form(request.args).number("before")
    waiting, asked = queue.waiting(person, stand, after), queue.asked(person, before)
    page = render_template(
        "questions/index.html", answers=queue.answers(stand), waiting=waiting[: queue.PAGE],
        more=str(queue.place_of(waiting[queue.PAGE - 1])) if len(waiting) > queue.PAGE else "",
        taken=queue.taken(person, stand), asked=asked[: queue.PAGE],
        earlier=asked[queue.PAGE - 1].id if len(asked) > queue.PAGE else None,
    )  # fmt: skip
    return page, 200, PRIVATE


@blueprint.get("/groups/<int:group_id>/questions")
@signed_in
def in_group(group_id: int) -> ResponseReturnValue:
    """What its members asked before each other, with the answers."""
    be_sure()
    group = heard_by(me(), group_id)
    if not standing(me()).hears(group):
        missing()
    found = queue.before_the_group(group, Form(request.args).number("before"))
    page = render_template(
        "questions/group.html", group=group, sights=[Sight(one, "member") for one in found[: queue.PAGE]],
        earlier=found[queue.PAGE - 1].id if len(found) > queue.PAGE else None,
    )  # fmt: skip
    return page, 200, PRIVATE


@blueprint.get("/questions/<int:question_id>")
@signed_in
def show(question_id: int) -> ResponseReturnValue:
    be_sure()
    sight = sight_of(me(), question_id)
    question = sight.question
    if question.trouble and sight.role == "asker":
        return redirect(f"/help/{question.id}", code=303)
    page = render_template(
        "questions/show.html", sight=sight, question=question, group=question.group, others=_others(sight),
        looks_after=standing(me()).is_at_least("moderator", question.group), reasons=REASONS,
        hers_until=kept_until(question) if question.taken_by == me().id and question.is_open else None,
        is_inside=is_inside(me(), question),
    )  # fmt: skip
    return page, 200, PRIVATE


def _others(sight: Sight) -> list[Person]:
    """To whom who has taken it may hand it over: who else answers on its desk at this hour."""
    question = sight.question
    if sight.role != "responder" or question.desk is None or question.taken_by != me().id or not question.is_open:
        return []
    found = on_duty(question.desk, now(), category_id=question.category_id, urgent=bool(question.trouble))
    people = [db.session.get_one(Person, number) for number in found[:20]]
    return [one for one in people if one.id not in (me().id, question.person_id)]


@blueprint.post("/questions/<int:question_id>/heard")
@signed_in
@writes
def heard(question_id: int) -> ResponseReturnValue:
    """The page was really looked at: by a responder, or by her who asks."""
    be_sure()
    sight = sight_of(me(), question_id)
    if sight.role == "asker":
        sight.question.see()
    elif sight.role == "responder":
        sight.question.hear(me())
    return _back(sight.question)


def _back(question: Question) -> ResponseReturnValue:
    return redirect(f"/questions/{question.id}", code=303)


@blueprint.post("/questions/<int:question_id>/withdrawal")
@signed_in
@writes
def withdraw(question_id: int) -> ResponseReturnValue:
    be_sure()
    found = asked_by(me(), question_id)
    if forgetting.take_back(found) and found.held_id:
        Held.taken_back(found.community_id, "question", found.id)
        found.held_id = None
    return _back(found)


@blueprint.post("/questions/<int:question_id>/withdrawal/undo")
@signed_in
@writes
def ask_again(question_id: int) -> ResponseReturnValue:
    """What she took back a moment ago, she asks all the same."""
    be_sure()
    found = asked_inside(me(), question_id)
    if found.ask_again():
        look_at(found, standing(me()))
        routing.lay_again(found)
    return _back(found)


@blueprint.post("/questions/<int:question_id>/no-help")
@signed_in
@writes
def no_help(question_id: int) -> ResponseReturnValue:
    """Once: whoever answers further up looks at it."""
    be_sure()
    found = asked_inside(me(), question_id)
    if found.of_no_help():
        routing.move_up(found, me())
        found.open_again()
    return _back(found)


@blueprint.post("/questions/<int:question_id>/thanks")
@signed_in
@writes
def thank(question_id: int) -> ResponseReturnValue:
    be_sure()
    found = asked_by(me(), question_id)
    found.thank()
    return _back(found)


@blueprint.post("/questions/<int:question_id>/removal")
@signed_in
@writes
def remove(question_id: int) -> ResponseReturnValue:
    """Who looks after the group takes it away from the others' eyes; she and the responders keep it."""
    be_sure()
    sight = sight_of(me(), question_id)
    question = sight.question
    group = led_by(me(), question.group_id, "moderator")
    if sight.role == "asker" or not question.is_before_the_group:
        raise Changed
    reason = Form(request.form).choice("reason", REASONS, "other")
    Measure.take("removal", group, question.person, me(), reason=reason, what="question", thing_id=question.id)
    take_away(question, me())
    return redirect(f"/groups/{group.id}/questions", code=303)
