"""Before whom a question lies: nearest, on duty, fitting; and where it goes when nobody takes it or somebody goes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from community.database import db, now, writing
from community.duty.models import Duty
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.outbox.models import Outbox, errand_of
from community.people.models import Person
from community.questions import queue, routing, silence
from community.questions.gates import is_answered_by
from community.questions.models import SENT, Question, Step
from community.questions.rings import CallHelp, CallQuestion, CallTaker, ring_taker
from community.sealed.models import PhoneKey, SealedMessage, SealedThread
from community.urgent.models import Aid

LOOKS = {"picture": "school", "colour": "haldi", "language": "en"}
NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # a Monday, noon in India
NIGHT = datetime(2026, 11, 23, 20, tzinfo=UTC)  # half past one
HOUR = 60


class Tree:
    """A country with a district with a village in it, one who asks there, and whoever a test brings."""

    def __init__(self) -> None:
        self.root = Group.plant(None, name="country", **LOOKS)
        self.district = Group.plant(self.root, name="district", **LOOKS)
        self.village = Group.plant(self.district, name="village", **LOOKS)
        self.asker = self.person()
        admit(self.village, self.asker)
        self.asked = 0

    def person(self, language: str = "hi", **looks: Any) -> Person:
        made = Person(picture="tree", colour="neela", language=language, **looks)
        db.session.add(made)
        db.session.flush()
        return made

    def answers(self, group: Group, person: Person | None = None, role: str = "responder", **looks: Any) -> Person:
        held = admit(group, person or self.person(**looks))
        held.role = role
        db.session.flush()
        return held.person

    def duty(self, group: Group, person: Person, **hours: Any) -> Duty:
        made = Duty.begin(group, person, person, **hours)
        db.session.flush()
        return made

    def category(self, name: str) -> Category:
        made = Category(community_id=self.root.id, name=name, language="en", picture="wheat", colour="mor")
        db.session.add(made)
        db.session.flush()
        return made

    def ask(self, person: Person | None = None, **said: Any) -> Question:
        self.asked += 1
        made = Question(
            community_id=self.root.id, group=self.village, person=person or self.asker, key=f"key-{self.asked}",
            **{"text": "How?", "language": "hi", **said},
        )  # fmt: skip
        routing.lay(made)
        db.session.flush()
        return made

    def settle(self) -> None:
        """What the outbox would do now; whatever it promises itself, too."""
        db.session.flush()
        open_ones = sa.select(Outbox).where(Outbox.kind == "question-desks", Outbox.done_at.is_(None))
        while found := db.session.scalars(open_ones.order_by(Outbox.id)).all():
            for row in found:
                errand_of(row.kind).settle(row, None)
                row.done_at = now()
            db.session.flush()


@pytest.fixture
def tree(app: Flask) -> Iterator[Tree]:
    with time_machine.travel(NOON, tick=False), app.test_request_context("/"), writing():
        yield Tree()
        db.session.rollback()


def rung(question: Question) -> set[int]:
    """Who is rung for it and has not been before this moment was reached."""
    rows = db.session.scalars(sa.select(Outbox).where(Outbox.kind.in_(("call-question", "call-help")))).all()
    return {row.args["person_id"] for row in rows if row.args["question_id"] == question.id}


def steps(question: Question) -> list[str]:
    db.session.flush()
    return list(db.session.scalars(sa.select(Step.what).where(Step.question_id == question.id).order_by(Step.id)))


def test_it_lies_before_the_nearest_who_answers_and_rings_them(tree: Tree) -> None:
    above, near = tree.answers(tree.root, role="admin"), tree.answers(tree.district)
    question = tree.ask()
    assert question.desk is tree.district
    assert question.moves_at == NOON + routing.UNTAKEN
    assert rung(question) == {near.id}
    assert above.id not in rung(question)


def test_without_anybody_it_has_no_desk_and_gets_one_as_soon_as_somebody_has_a_role(tree: Tree) -> None:
    question = tree.ask()
    assert question.desk_id is None
    came = tree.answers(tree.district)
    tree.settle()
    assert question.desk is tree.district
    assert rung(question) == {came.id}


def test_nobody_answers_herself(tree: Tree) -> None:
    own = tree.answers(tree.village)
    other = tree.answers(tree.root)
    question = tree.ask(own)
    assert question.desk is tree.root
    assert rung(question) == {other.id}


def test_who_is_on_duty_further_up_goes_before_who_is_near_and_is_not(tree: Tree) -> None:
    near, far = tree.answers(tree.village), tree.answers(tree.root)
    tree.duty(tree.village, near, begins=18 * HOUR, until=23 * HOUR)
    assert tree.ask().desk is tree.root
    tree.duty(tree.root, far, begins=18 * HOUR, until=23 * HOUR)
    waits = tree.ask()
    assert waits.desk is tree.village, "nobody is on duty anywhere: the nearest, when their hours begin"
    six = NOON + timedelta(hours=6)
    assert waits.moves_at == six + routing.UNTAKEN
    assert rung(waits) == set()
    due = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "question-hours")).one()
    assert due.run_at == six
    with time_machine.travel(six, tick=False):
        errand_of(due.kind).settle(due, None)
        db.session.flush()
    assert rung(waits) == {near.id}


def test_category_before_language_before_who_was_here_last(tree: Tree) -> None:
    farming, health = tree.category("Farming"), tree.category("Health")
    reads, fits, other = (tree.answers(tree.village, language=one) for one in ("hi", "en", "hi"))
    tree.duty(tree.village, reads)
    tree.duty(tree.village, fits, category_id=farming.id)
    tree.duty(tree.village, other, category_id=health.id)
    found = routing.Rota(tree.village)
    on = lambda **asked: found.on_duty(tree.village.id, NOON, **asked)  # noqa: E731
    assert on(category_id=farming.id, language="hi") == [fits.id, reads.id]
    assert on(category_id=health.id, language="ta") == [other.id, reads.id]
    assert set(on()) == {reads.id, fits.id, other.id}, "without a category it may be anybody's"


def test_a_category_that_nobody_near_answers_goes_further_up(tree: Tree) -> None:
    farming, health = tree.category("Farming"), tree.category("Health")
    tree.duty(tree.village, tree.answers(tree.village), category_id=health.id)
    tree.duty(tree.district, tree.answers(tree.district), category_id=farming.id)
    assert tree.ask(category_id=farming.id).desk is tree.district
    assert tree.ask(category_id=health.id).desk is tree.village


def test_what_the_roster_has_nobody_for_rings_whoever_answers_there(tree: Tree) -> None:
    maths, bus = tree.category("Maths"), tree.category("Bus")
    near = {tree.answers(tree.village).id, tree.answers(tree.village).id}
    tree.duty(tree.village, db.session.get_one(Person, min(near)), category_id=maths.id)
    question = tree.ask(category_id=bus.id)
    assert question.desk is tree.village
    assert question.moves_at == NOON + routing.UNTAKEN
    assert rung(question) == near
    _passes_up(question, NOON + routing.UNTAKEN)
    assert _times_rung(question, db.session.get_one(Person, max(near))) == 2, "nobody is further up: once more"


def test_it_waits_for_the_hours_of_who_fits_and_of_nobody_else(tree: Tree) -> None:
    maths, bus = tree.category("Maths"), tree.category("Bus")
    teaches, drives = tree.answers(tree.village), tree.answers(tree.village)
    tree.duty(tree.village, teaches, category_id=maths.id, begins=14 * HOUR, until=15 * HOUR)
    tree.duty(tree.village, drives, category_id=bus.id, begins=18 * HOUR, until=23 * HOUR)
    tree.ask(category_id=bus.id)
    tree.ask(drives, category_id=bus.id)
    waits = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "question-hours")).one()
    assert waits.run_at == NOON + timedelta(hours=6)
    hers = db.session.scalars(sa.select(Question).where(Question.person_id == drives.id)).one()
    assert rung(hers) == {teaches.id}, "her own hours are none in which she is answered"


def test_who_holds_an_office_answers_where_its_category_begins(tree: Tree) -> None:
    farming = tree.category("Farming")
    tree.village.carry(farming)
    officer = tree.person()
    admit(tree.root, officer).has_office = True
    given = {"group": tree.root, "category": farming, "person": officer, "giver": officer, "role": "responder"}
    db.session.add(Office(community_id=tree.root.id, **given))
    question = tree.ask(category_id=farming.id)
    assert question.desk is tree.village
    assert rung(question) == {officer.id}
    Ban.put(tree.district, officer, officer)
    tree.settle()
    routing.settle(question)
    assert question.desk is None


def test_who_is_banned_below_her_office_leaves_what_she_has_taken_to_the_others(tree: Tree) -> None:
    farming = tree.category("Farming")
    tree.village.carry(farming)
    officer, other = tree.person(), tree.answers(tree.village)
    admit(tree.root, officer).has_office = True
    given = {"group": tree.root, "category": farming, "person": officer, "giver": officer, "role": "responder"}
    db.session.add(Office(community_id=tree.root.id, **given))
    question = tree.ask(category_id=farming.id)
    assert question.take(officer)
    tree.settle()
    assert question.taken_by == officer.id
    before = _times_rung(question, other)
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        Ban.put(tree.village, officer, other)
        tree.settle()
    assert question.taken_by is None
    assert steps(question)[-1] == "let go"
    assert _times_rung(question, other) == before + 1
    held = admit(tree.village, other)
    held.role = "member"
    tree.settle()
    assert question.desk is None
    Ban.lift_at(tree.village, officer, other, "talked")
    tree.settle()
    assert question.desk is tree.village, "as soon as the door is open again"


def test_a_ban_of_who_answers_nowhere_looks_at_nothing(tree: Tree) -> None:
    tree.ask()
    tree.settle()
    plain = sa.select(sa.func.count()).where(Outbox.kind == "question-desks")
    many = db.session.scalar(plain)
    Ban.put(tree.village, tree.person(), tree.asker)
    db.session.flush()
    assert db.session.scalar(plain) == many


def test_who_holds_an_office_finds_on_her_list_what_lies_where_it_begins_and_nothing_else(tree: Tree) -> None:
    farming, other = tree.category("Farming"), tree.category("Other")
    tree.village.carry(farming)
    tree.district.carry(other)
    officer, colleague = tree.person(), tree.answers(tree.district)
    tree.answers(tree.village, colleague)
    admit(tree.root, officer).has_office = True
    given = {"group": tree.root, "person": officer, "giver": officer, "role": "responder"}
    db.session.add(Office(community_id=tree.root.id, category=farming, **given))
    here, above = tree.ask(), tree.ask()
    above.desk = tree.district
    db.session.flush()
    hers = lambda: queue.waiting(officer, Standing.of(officer))  # noqa: E731
    assert hers() == [here]
    db.session.add(Office(community_id=tree.root.id, category=other, **given))
    db.session.flush()
    assert hers() == [here, above]


def test_it_rings_five_at_most(tree: Tree) -> None:
    for _ in range(7):
        tree.answers(tree.village)
    assert len(rung(tree.ask())) == 5


def test_untaken_it_moves_up_once_and_at_the_top_rings_again_each_day(tree: Tree) -> None:
    tree.answers(tree.village)
    top = tree.answers(tree.root)
    question = tree.ask()
    routing.pass_up(question.id)
    assert question.desk is tree.village, "not before its time"
    with time_machine.travel(NOON + routing.UNTAKEN, tick=False):
        routing.pass_up(question.id)
        routing.pass_up(question.id)
        assert (question.desk, question.level) == (tree.root, 1)
        assert steps(question) == ["moved up"]
        assert top.id in rung(question)
    with time_machine.travel(NOON + 2 * routing.UNTAKEN, tick=False):
        routing.pass_up(question.id)
        assert (question.desk, question.level) == (tree.root, 1)
        assert question.moves_at == now() + routing.AGAIN
        keys = sa.select(Outbox.key).where(
            Outbox.kind == "call-question", Outbox.args["person_id"].as_integer() == top.id
        )
        assert len(set(db.session.scalars(keys))) == 2, "rung again"


def test_what_nobody_answers_rings_more_and_more_seldom(tree: Tree) -> None:
    there = tree.answers(tree.village)
    question = tree.ask()
    rang = []
    for day in range(65):
        _passes_up(question, NOON + timedelta(days=day))
        rang.append(_times_rung(question, there))
    days = [day for day in range(1, 65) if rang[day] > rang[day - 1]]
    assert days == [1, 2, 4, 8, 16, 32, 64]


def test_what_is_taken_stays_and_is_looked_at_again(tree: Tree) -> None:
    taker = tree.answers(tree.village)
    tree.answers(tree.root)
    question = tree.ask()
    question.taken_by, question.taken_at = taker.id, now()
    with time_machine.travel(NOON + routing.UNTAKEN, tick=False):
        routing.pass_up(question.id)
        assert (question.desk, question.taken_by) == (tree.village, taker.id)
        assert question.moves_at and question.moves_at > now()


def test_did_not_help_goes_up_at_once_past_who_has_answered(tree: Tree) -> None:
    from community.questions.models import Answer

    both = tree.answers(tree.village)
    tree.answers(tree.district, both)
    top = tree.answers(tree.root)
    question = tree.ask()
    db.session.add(
        Answer(community_id=tree.root.id, question=question, person=both, key="a", language="hi", text="So.")
    )
    question.taken_by, question.answered_at = both.id, now()
    question.note("answered", both)
    assert routing.move_up(question, tree.asker)
    assert (question.desk, question.taken_by, question.is_open) == (tree.root, None, True)
    assert top.id in rung(question)
    assert not routing.move_up(question, tree.asker), "there is no further up"
    assert question.desk is tree.root


def test_did_not_help_where_nobody_else_is_waits_for_the_same_again(tree: Tree) -> None:
    only = tree.answers(tree.village)
    question = tree.ask()
    question.note("closed", only)
    assert not routing.move_up(question, tree.asker)
    tree.settle()
    routing.settle(question)
    assert (question.desk, question.taken_by) == (tree.village, None)
    assert only.id in rung(question)


@pytest.mark.parametrize("how", ["role", "left", "banned", "term"])
def test_who_goes_leaves_it_to_the_others(tree: Tree, how: str) -> None:
    taker, stays = tree.answers(tree.village), tree.answers(tree.village)
    question = tree.ask()
    question.taken_by, question.taken_at = taker.id, now()
    _go(tree, taker, how)
    assert (question.taken_by, question.desk) == (None, tree.village)
    assert steps(question) == ["let go"]
    assert stays.id in rung(question)


@pytest.mark.parametrize("how", ["role", "left", "banned", "term"])
def test_where_nobody_is_left_it_lies_further_up(tree: Tree, how: str) -> None:
    taker = tree.answers(tree.village)
    tree.answers(tree.root)
    question, other = tree.ask(), tree.ask()
    question.taken_by, question.taken_at = taker.id, now()
    _go(tree, taker, how)
    assert [one.desk for one in (question, other)] == [tree.root, tree.root]
    assert steps(question) == ["let go", "moved up"]


def _go(tree: Tree, person: Person, how: str) -> None:
    held = db.session.scalars(sa.select(Membership).filter_by(person_id=person.id, group_id=tree.village.id)).one()
    if how == "role":
        held.appoint("member", tree.asker)
    elif how == "term":
        held.role_until = NOON - timedelta(minutes=1)
    elif how == "left":
        held.end()
    else:
        Ban.put(tree.village, person, tree.asker)
    tree.settle()


def test_a_group_that_rests_hands_its_questions_up_and_gets_none(tree: Tree) -> None:
    near, top = tree.answers(tree.village), tree.answers(tree.root)
    question = tree.ask()
    tree.district.archive(top)
    db.session.flush()
    db.session.expire_all()
    tree.settle()
    assert question.desk is tree.root
    tree.root.archive(top)
    db.session.flush()
    db.session.expire_all()
    tree.settle()
    assert question.desk is None
    tree.root.bring_back(top)
    tree.district.bring_back(top)
    db.session.flush()
    db.session.expire_all()
    tree.settle()
    assert question.desk is tree.village
    assert near.id in rung(question)


def test_a_branch_that_moves_has_its_questions_on_its_new_line(tree: Tree) -> None:
    other = Group.plant(tree.root, name="another district", **LOOKS)
    tree.answers(tree.district)
    there = tree.answers(other)
    question = tree.ask()
    tree.village.move_below(other)
    tree.settle()
    assert question.desk is other
    assert there.id in rung(question)


def test_settling_what_lies_well_changes_nothing(tree: Tree) -> None:
    tree.answers(tree.village)
    question = tree.ask()
    before = (question.desk_id, question.moves_at, question.level)
    tree.answers(tree.root)
    tree.settle()
    routing.settle(question)
    assert (question.desk_id, question.moves_at, question.level) == before
    assert steps(question) == []


def test_many_are_settled_some_at_a_time(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.questions.settling.SOME", 2)
    asked = [tree.ask() for _ in range(5)]
    tree.answers(tree.root)
    tree.settle()
    assert {one.desk_id for one in asked} == {tree.root.id}


def test_urgent_help_lies_before_two_who_are_trained_and_nobody_else(tree: Tree) -> None:
    tree.answers(tree.village)
    trained = [tree.answers(tree.district, on_call=one) for one in (False, True, True)]
    for one in trained:
        tree.duty(tree.district, one, urgent=True)
    with time_machine.travel(NIGHT, tick=False):
        question = tree.ask(trouble="food")
        assert question.desk is tree.district
        assert rung(question) == {one.id for one in trained[1:]}, "those who may be rung by night"
        assert question.moves_at == NIGHT + routing.URGENT


def test_urgent_help_waits_for_no_hours(tree: Tree) -> None:
    trained = tree.answers(tree.village)
    tree.duty(tree.village, trained, begins=18 * HOUR, until=23 * HOUR, urgent=True)
    question = tree.ask(trouble="health")
    assert rung(question) == {trained.id}
    assert question.moves_at == NOON + routing.URGENT


def test_urgent_help_has_no_desk_where_nobody_is_trained_and_gets_one_with_the_first(tree: Tree) -> None:
    person = tree.answers(tree.village)
    question = tree.ask(trouble="violence")
    assert question.desk_id is None
    line = tree.duty(tree.village, person, urgent=True)
    tree.settle()
    assert question.desk is tree.village
    line.end(person)
    tree.settle()
    assert question.desk_id is None


def test_the_ring_says_nothing_and_stops_when_somebody_has_taken_it(tree: Tree) -> None:
    person, other = tree.answers(tree.village, language="en"), tree.answers(tree.village)
    question = tree.ask(text="PLANTED words", trouble=None)
    row = Outbox(kind="call-question", key="x", args={"question_id": question.id, "person_id": person.id})
    found = CallQuestion().called(row)
    assert found and found[0] is person
    assert b"A question waits for you." in found[1]()
    assert b"PLANTED" not in found[1]() and b"village" not in found[1]()
    question.taken_by = other.id
    assert CallQuestion().called(row) is None
    question.taken_by, question.trouble = None, "food"
    assert CallHelp().called(row) is None, "she is not trained"


def test_few_statements_however_many_answer(tree: Tree) -> None:
    def count() -> int:
        db.session.expire_all()
        question = tree.ask()
        db.session.flush()
        asked: list[str] = []
        listener = lambda *given: asked.append(given[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        routing.settle(question)
        sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len(asked)

    tree.answers(tree.root)
    few = count()
    for _ in range(20):
        tree.duty(tree.root, tree.answers(tree.root))
    assert count() <= few + 1
    assert few <= 12


def test_by_night_urgent_help_goes_past_who_sleeps_to_who_is_on_call_and_in_the_morning_to_them(tree: Tree) -> None:
    near, far = tree.answers(tree.village), tree.answers(tree.root, on_call=True)
    for group, one in ((tree.village, near), (tree.root, far)):
        tree.duty(group, one, urgent=True)
    with time_machine.travel(NIGHT, tick=False):
        question = tree.ask(trouble="food")
        assert question.desk is tree.root
        assert rung(question) == {far.id}
    _passes_up(question, NIGHT + routing.URGENT)
    assert question.desk is tree.root, "they sleep still"
    _passes_up(question, NIGHT + timedelta(hours=8))
    assert question.desk is tree.village
    assert rung(question) == {far.id, near.id}
    assert steps(question) == ["sent"]
    _passes_up(question, NIGHT + timedelta(hours=9))
    assert question.desk is tree.root
    _passes_up(question, NIGHT + timedelta(hours=10))
    assert question.desk is tree.root, "all of the line were asked: it goes down no more"


def test_urgent_help_does_not_rise_from_who_is_awake_to_who_sleeps(tree: Tree) -> None:
    near, far = tree.answers(tree.village, on_call=True), tree.answers(tree.root)
    for group, one in ((tree.village, near), (tree.root, far)):
        tree.duty(group, one, urgent=True)
    with time_machine.travel(NIGHT, tick=False):
        question = tree.ask(trouble="food")
    _passes_up(question, NIGHT + routing.URGENT)
    assert question.desk is tree.village
    assert far.id not in rung(question)
    _passes_up(question, NIGHT + timedelta(hours=8))
    assert question.desk is tree.root


def test_urgent_help_at_the_top_rings_the_next_two_every_half_hour_for_a_day(tree: Tree) -> None:
    five = [tree.answers(tree.village, on_call=True) for _ in range(5)]
    for one in five:
        tree.duty(tree.village, one, begins=18 * HOUR, until=23 * HOUR, urgent=True)
    question = tree.ask(trouble="health")
    for times, at_most in ((1, 4), (2, 5)):
        assert len(rung(question)) == 2 * times, "not the same two"
        _passes_up(question, NOON + times * routing.URGENT)
        assert len(rung(question)) == at_most, "whatever their hours"
    assert question.moves_at == NOON + 3 * routing.URGENT
    _passes_up(question, NOON + timedelta(days=1))
    assert question.moves_at == NOON + timedelta(days=1) + routing.AGAIN


def test_by_night_who_sleeps_is_not_rung_again_and_again_for_the_morning(tree: Tree) -> None:
    wakes, sleeps = tree.answers(tree.village, on_call=True), tree.answers(tree.village)
    for one in (wakes, sleeps):
        tree.duty(tree.village, one, urgent=True)
    with time_machine.travel(NIGHT, tick=False):
        question = tree.ask(trouble="food")
    for times in (1, 2, 3):
        _passes_up(question, NIGHT + times * routing.URGENT)
    assert [_times_rung(question, one) for one in (wakes, sleeps)] == [4, 1]


def test_at_the_top_too_it_rings_in_the_hours_of_who_is_there_in_the_evening_alone(tree: Tree) -> None:
    evenings = tree.answers(tree.root)
    tree.duty(tree.root, evenings, begins=18 * HOUR, until=23 * HOUR)
    question, rang = tree.ask(), []
    for hour in range(0, 72, 6):  # noon, six, midnight, six
        with time_machine.travel(NOON + timedelta(hours=hour), tick=False):
            _hours_begin()
            _passes_up(question, now())
            rang.append(_times_rung(question, evenings))
    assert rang == [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]


def _hours_begin() -> None:
    due = sa.select(Outbox).where(Outbox.kind == "question-hours", Outbox.done_at.is_(None), Outbox.run_at <= now())
    for row in db.session.scalars(due).all():
        errand_of(row.kind).settle(row, None)
        row.done_at = now()
    db.session.flush()


def _times_rung(question: Question, person: Person) -> int:
    rows = db.session.scalars(sa.select(Outbox).where(Outbox.kind.in_(("call-question", "call-help")))).all()
    return [row.args for row in rows].count({"question_id": question.id, "person_id": person.id})


def _passes_up(question: Question, at: datetime) -> None:
    """What the outbox does until then, with the promises as they were made."""
    with time_machine.travel(at, tick=False):
        due = sa.select(Outbox).where(Outbox.kind == "question-up", Outbox.done_at.is_(None), Outbox.run_at <= now())
        for row in db.session.scalars(due.order_by(Outbox.run_at, Outbox.id)).all():
            if row.args["question_id"] == question.id:
                errand_of(row.kind).settle(row, None)
                row.done_at = now()
        db.session.flush()


@pytest.mark.parametrize(("trouble", "silent"), [(None, silence.SILENT), ("food", silence.SILENT_URGENT)])
def test_what_is_taken_and_silent_goes_back_to_the_others(tree: Tree, trouble: str | None, silent: timedelta) -> None:
    taker, other = tree.answers(tree.village), tree.answers(tree.village)
    for one in (taker, other):
        tree.duty(tree.village, one, urgent=True)
    question = tree.ask(trouble=trouble)
    assert question.take(taker)
    before = _times_rung(question, other)
    for at in (silent / 2, silent - timedelta(minutes=1)):
        _passes_up(question, NOON + at)
        assert question.taken_by == taker.id
    _passes_up(question, NOON + silent)
    assert (question.taken_by, question.desk) == (None, tree.village)
    assert steps(question)[-1] == "let go"
    assert _times_rung(question, other) == before + 1


def test_who_was_silent_is_the_last_to_be_rung(tree: Tree) -> None:
    three = [tree.answers(tree.village) for _ in range(3)]
    for one in three:
        tree.duty(tree.village, one, urgent=True)
    question = tree.ask(trouble="food")
    taker = next(one for one in three if one.id in rung(question))
    assert question.take(taker)
    db.session.flush()
    _passes_up(question, NOON + silence.SILENT_URGENT / 2)
    _passes_up(question, NOON + silence.SILENT_URGENT)
    assert question.taken_by is None
    assert rung(question) == {one.id for one in three}
    assert _times_rung(question, taker) == 1


@pytest.mark.parametrize("trouble", [None, "food"])
def test_let_go_the_others_are_rung_at_once_and_who_let_it_go_is_not(tree: Tree, trouble: str | None) -> None:
    three, top = [tree.answers(tree.village, on_call=True) for _ in range(3)], tree.answers(tree.root, on_call=True)
    for one in three:
        tree.duty(tree.village, one, urgent=True)
    tree.duty(tree.root, top, urgent=True)
    question = tree.ask(trouble=trouble)
    taker = next(one for one in three if one.id in rung(question))
    before = {one.id: _times_rung(question, one) for one in three}
    soon = NOON + timedelta(minutes=2)
    with time_machine.travel(soon, tick=False):
        assert question.take(taker)
        routing.let_go(question, taker)
    more = {one.id: _times_rung(question, one) - before[one.id] for one in three}
    assert more == {one.id: int(one is not taker) for one in three}
    assert (question.desk, question.moves_at) == (tree.village, soon + routing._patience(question))
    _passes_up(question, soon + routing._patience(question))
    assert question.desk is tree.root, "all of them were asked"


def test_who_was_never_rung_is_rung_first_when_it_is_let_go(tree: Tree) -> None:
    many = [tree.answers(tree.village, on_call=True) for _ in range(5)]
    for one in many:
        tree.duty(tree.village, one, urgent=True)
    question = tree.ask(trouble="food")
    told = rung(question)
    taker = next(one for one in many if one.id in told)
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        assert question.take(taker)
        routing.let_go(question, taker)
    assert len(rung(question) - told) == 2


@pytest.mark.parametrize("trouble", [None, "food"])
def test_let_go_by_the_only_one_it_lies_at_once_before_who_is_further_up(tree: Tree, trouble: str | None) -> None:
    """Also where the one who let it go answers there, too, alone or not."""
    near, top = tree.answers(tree.village, on_call=True), tree.answers(tree.root, on_call=True)
    for group, one in ((tree.village, near), (tree.district, near), (tree.root, near), (tree.root, top)):
        tree.answers(group, one)
        tree.duty(group, one, urgent=True)
    question = tree.ask(trouble=trouble)
    assert question.desk is tree.village
    before = _times_rung(question, near)
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        assert question.take(near)
        routing.let_go(question, near)
    assert question.desk is tree.root
    assert steps(question)[-2:] == ["let go", "moved up"]
    assert (_times_rung(question, top), _times_rung(question, near)) == (1, before)


def test_let_go_where_nobody_else_is_it_waits_for_the_next_look(tree: Tree) -> None:
    alone = tree.answers(tree.village, on_call=True)
    tree.duty(tree.village, alone, urgent=True)
    question = tree.ask(trouble="food")
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        assert question.take(alone)
        routing.let_go(question, alone)
    assert (question.taken_by, question.desk, question.moves_at) == (None, tree.village, NOON + routing.URGENT)
    assert _times_rung(question, alone) == 1
    _passes_up(question, NOON + routing.URGENT)
    assert _times_rung(question, alone) == 2


def test_taken_and_let_go_again_and_again_it_does_not_ring_without_end(tree: Tree) -> None:
    first, other = tree.answers(tree.village, on_call=True), tree.answers(tree.village, on_call=True)
    for one in (first, other):
        tree.duty(tree.village, one, urgent=True)
    question = tree.ask(trouble="food")
    for minutes in range(1, 8):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            assert question.take(first)
            routing.let_go(question, first)
            db.session.flush()
    assert question.taken_by is None
    assert _times_rung(question, other) == 1 + SENT


def test_who_does_something_for_it_keeps_it(tree: Tree) -> None:
    taker = tree.answers(tree.village)
    tree.duty(tree.village, taker, urgent=True)
    question = tree.ask(trouble="food")
    assert question.take(taker)
    db.session.flush()
    soon = NOON + timedelta(hours=1)
    with time_machine.travel(soon, tick=False):
        Aid.note(question, taker, key="aid", what="food", count=1)
        assert silence.kept_until(question) == soon + silence.SILENT_URGENT
    later = soon + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        _whispers(question, taker)
        assert silence.kept_until(question) == later + silence.SILENT_URGENT
    _passes_up(question, NOON + silence.SILENT_URGENT)
    assert question.taken_by == taker.id


def _whispers(question: Question, person: Person) -> None:
    """A word in the sealed thread."""
    thread = SealedThread.begin(question)
    here = {"community_id": question.community_id, "thread_id": thread.id, "person_id": person.id}
    phone = PhoneKey(**here, phone_id=1, public="p")
    db.session.add(phone)
    db.session.flush()
    locked = {"ephemeral": "e", "iv": "i", "ciphertext": "c", "key": "k" * 64}
    db.session.add(SealedMessage(**here, **locked, number=1, phone_key_id=phone.id))
    db.session.flush()


@pytest.mark.parametrize("trouble", [None, "food"])
def test_handed_over_it_rings_the_new_one_as_long_as_it_is_hers(tree: Tree, trouble: str | None) -> None:
    first, second = tree.answers(tree.village), tree.answers(tree.village, on_call=True, language="en")
    for one in (first, second):
        tree.duty(tree.village, one, urgent=True)
    question = tree.ask(trouble=trouble)
    assert question.take(first)
    assert question.hand_over(first, second)
    ring_taker(question)
    db.session.flush()
    row = db.session.scalars(sa.select(Outbox).where(Outbox.kind.in_(("call-taker", "call-helper")))).one()
    errand = errand_of(row.kind)
    assert isinstance(errand, CallTaker)
    assert errand.is_urgent_duty is bool(trouble)
    found = errand.called(row)
    assert found and found[0] is second
    assert b"A question waits for you." in found[1]()
    assert question.let_go(second)
    assert errand.called(row) is None


def test_who_is_muted_has_it_no_more_and_others_are_rung(tree: Tree) -> None:
    taker = tree.answers(tree.village)
    question = tree.ask()
    assert question.take(taker)
    stays = tree.answers(tree.village)
    _mute(tree, taker)
    assert (question.taken_by, question.desk) == (None, tree.village)
    assert stays.id in rung(question)
    assert taker.id not in rung(tree.ask())
    row = Outbox(kind="call-question", key="x", args={"question_id": question.id, "person_id": taker.id})
    assert CallQuestion().called(row) is None, "what was promised before"


def test_where_all_are_muted_it_lies_further_up_and_before_them_rather_than_before_nobody(tree: Tree) -> None:
    near, far = tree.answers(tree.village), tree.answers(tree.root)
    question = tree.ask()
    _mute(tree, near)
    assert question.desk is tree.root
    Measure.take("mute", tree.root, far, far, reason="hurts", until=now() + timedelta(days=3))
    tree.settle()
    assert question.desk is tree.village
    other = tree.ask()
    assert other.desk is tree.village
    assert rung(other) == set()
    later = now() + timedelta(days=4)
    _passes_up(other, later)
    assert other.desk is tree.root, "the mute is over: it goes its way"


def test_who_is_muted_is_none_of_the_two_trained(tree: Tree) -> None:
    trained = [tree.answers(tree.village) for _ in range(3)]
    for one in trained:
        tree.duty(tree.village, one, urgent=True)
    _mute(tree, trained[0])
    assert rung(tree.ask(trouble="food")) == {one.id for one in trained[1:]}


def _mute(tree: Tree, person: Person) -> Measure:
    made = Measure.take("mute", tree.village, person, tree.asker, reason="hurts", until=now() + timedelta(days=3))
    tree.settle()
    return made


def test_undone_it_is_whose_it_was(tree: Tree) -> None:
    tree.answers(tree.village)
    top = tree.answers(tree.root)
    question = tree.ask()
    question.note("sent", tree.asker)
    _passes_up(question, NOON + routing.UNTAKEN)
    assert question.take(top)
    before = _times_rung(question, top)
    assert question.withdraw()
    with time_machine.travel(question.ended_at or NOON, tick=False):
        assert question.ask_again()
        routing.lay_again(question)
        assert (question.desk, question.taken_by) == (tree.root, top.id)
        assert _times_rung(question, top) == before, "nobody else is to take it"
        assert question.moves_at == now() + routing.UNTAKEN
        assert question.withdraw()
        db.session.scalars(sa.select(Membership).filter_by(person_id=top.id)).one().role = "member"
        db.session.flush()
        assert question.ask_again()
        routing.lay_again(question)
        assert (question.desk, question.taken_by) == (tree.village, None)


def test_undone_it_lies_where_it_lay(tree: Tree) -> None:
    tree.answers(tree.village)
    tree.answers(tree.root)
    question = tree.ask()
    question.note("sent", tree.asker)
    _passes_up(question, NOON + routing.UNTAKEN)
    assert question.withdraw()
    assert question.ask_again()
    routing.lay_again(question)
    assert question.desk is tree.root


def test_what_was_answered_is_laid_nowhere_anew(tree: Tree) -> None:
    taker = tree.answers(tree.village)
    question = tree.ask()
    question.note("sent", tree.asker)
    assert question.answer(taker, key="a", text="So.")
    tree.answers(tree.root)
    before = (rung(question), question.moves_at)
    assert question.withdraw()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert question.ask_again()
        routing.lay_again(question)
    assert (question.taken_by, question.is_open) == (taker.id, False)
    assert (rung(question), question.moves_at) == before


def test_taken_back_and_asked_again_it_rings_three_times_and_no_more(tree: Tree) -> None:
    question = tree.ask()
    question.note("sent", tree.asker)
    for _time in range(2):
        assert question.withdraw()
        assert question.ask_again()
    assert question.withdraw()
    assert not question.can_be_asked_again
    assert not question.ask_again()


def test_a_branch_that_moves_takes_what_was_answered_out_of_its_old_desks_sight(tree: Tree) -> None:
    taker = tree.answers(tree.district)
    question = tree.ask()
    assert question.answer(taker, key="a", text="So.")
    assert is_answered_by(question, taker)
    tree.village.move_below(Group.plant(tree.root, name="another district", **LOOKS))
    tree.settle()
    assert question.desk is tree.district
    assert not is_answered_by(question, taker)
