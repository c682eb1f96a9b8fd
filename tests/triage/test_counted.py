"""What waits is counted as the rows say, whatever happens to questions and to the tree, by the session or past it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.database import db, now
from community.groups.models import Group
from community.oversight.models import OWN, GroupCounter
from community.oversight.pressing import KINDS, Pressed, press
from community.oversight.recount import places
from community.people.models import Person
from community.questions import forgetting
from community.questions.models import Question
from tests.conftest import ALL
from tests.oversight.test_counters import DAY, NUMBER, Tree, by_hand, count_all, night

COUNTED = ("urgent", "questions", "rumours")
NAMES = (*COUNTED, *(f"all_{name}" for name in COUNTED))
DEEDS = ("forget", "give_up", "run_out", "inquire", "cry", "lie", "move_up", "reply", "take_back", "archive", "plant", "join", "leave", "ask", "answer",
         "report", "decide", "move", "wait")  # fmt: skip
STORY = st.lists(st.tuples(st.sampled_from(DEEDS), NUMBER, NUMBER), min_size=1, max_size=25)


class Asking(Tree):
    """A community in which questions are asked, too."""

    def _ask(self, group: Group, person: Person, trouble: str | None) -> Question:
        self.key += 1
        looks = {"language": "hi", "text": "क्यों?", "trouble": trouble, "level": 0}
        made = Question(community_id=group.community_id, group=group, person=person, key=f"key-{self.key}", **looks)
        db.session.add(made)
        db.session.flush()
        made.note("sent", person)
        return made

    def inquire(self, group: Group, person: Person, _number: int) -> None:
        self._ask(group, person, None)

    def cry(self, group: Group, person: Person, _number: int) -> None:
        self._ask(group, person, "food")

    def _one(self, number: int) -> Question | None:
        mine = sa.select(Question).where(Question.community_id == self.root.id).order_by(Question.id)
        found = list(db.session.scalars(mine))
        return found[number % len(found)] if found else None

    def lie(self, group: Group, _person: Person, number: int) -> None:
        """Before somebody's desk, by the session."""
        if question := self._one(number):
            question.desk = group
            question.note("moved up")

    def move_up(self, group: Group, person: Person, number: int) -> None:
        """By a statement, which leaves a step."""
        if question := self._one(number):
            past = sa.update(Question).where(Question.id == question.id).values(desk_id=group.id)
            db.session.execute(past.execution_options(synchronize_session=False))
            db.session.refresh(question)
            question.note("moved up", person)

    def reply(self, _group: Group, person: Person, number: int) -> None:
        if question := self._one(number):
            past = sa.update(Question).where(Question.id == question.id).values(answered_at=now())
            db.session.execute(past.execution_options(synchronize_session=False))
            question.note("answered", person)

    def take_back(self, _group: Group, person: Person, number: int) -> None:
        if question := self._one(number):
            question.ended_at = now()

    def forget(self, _group: Group, person: Person, _number: int) -> None:
        """She is erased, and all that she asked is over."""
        forgetting.of_person(person)

    def give_up(self, _group: Group, _person: Person, _number: int) -> None:
        forgetting.forget_unanswered(now() + timedelta(minutes=1))

    def run_out(self, _group: Group, _person: Person, number: int) -> None:
        if question := self._one(number):
            question.close(None)


def stored(root: int) -> dict[int, dict[str, int]]:
    rows = sa.select(GroupCounter).where(GroupCounter.community_id == root).execution_options(populate_existing=True)
    names = (*OWN, *(f"all_{one}" for one in OWN), "press", "press_plain")
    return {row.group_id: {name: getattr(row, name) for name in names} for row in db.session.scalars(rows)}


def only(found: dict[int, dict[str, int]], names: tuple[str, ...]) -> dict[int, dict[str, int]]:
    return {group_id: {name: numbers[name] for name in names} for group_id, numbers in found.items()}


def by_rows(tree: Tree) -> dict[int, dict[str, int]]:
    """The same without the statements that the product counts by."""
    found = places([Group.community_id == tree.root.id])
    awake = {place.id: place for place in found if not place.rests}
    own: dict[int, dict[str, int]] = {place.id: dict.fromkeys(NAMES, 0) for place in found}
    for question in db.session.scalars(sa.select(Question).where(Question.community_id == tree.root.id)):
        place = awake.get(question.desk_id or question.group_id)
        if place and question.is_open:
            kind = "urgent" if question.trouble else "questions"
            own[place.id][kind] += 1
            for above in place.lineage:
                own[above][f"all_{kind}"] += 1
    return own


def _told(story: list[tuple[str, int, int]]) -> None:
    with time_machine.travel(DAY, tick=False) as clock:
        tree = Asking(clock)
        for deed, one, other in story:
            tree.happens(deed, one, other)
        count_all()
        found = stored(tree.root.id)
        assert only(found, NAMES) == by_rows(tree)
        names = ("press", "press_plain", "waiting", "reports", *COUNTED)
        assert only(found, names) == by_hand(tree.root, names)
        night(clock)
        assert only(stored(tree.root.id), NAMES) == by_rows(tree)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("story", [
    [("inquire", 2, 1)], [("cry", 2, 1)], [("inquire", 2, 1), ("lie", 1, 0)], [("cry", 2, 1), ("lie", 1, 0), ("move_up", 0, 0)],
    [("cry", 2, 1), ("lie", 1, 0), ("reply", 0, 0)], [("inquire", 3, 1), ("take_back", 0, 0)],
    [("inquire", 2, 1), ("lie", 1, 0), ("archive", 1, 0)], [("inquire", 2, 1), ("move", 2, 3)],
    [("report", 2, 1), ("ask", 2, 0), ("inquire", 2, 1)],
])  # fmt: skip
def test_each_deed_is_counted(app: Flask, story: list[tuple[str, int, int]]) -> None:
    _told(story)


@pytest.mark.usefixtures("inside")
@settings(max_examples=15 if ALL else 3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORY)
def test_the_counters_equal_the_rows_whatever_happens(app: Flask, story: list[tuple[str, int, int]]) -> None:
    _told(story)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("over", ["forget", "give_up", "run_out"])
def test_what_is_forgotten_waits_nowhere_before_the_night(app: Flask, over: str) -> None:
    with time_machine.travel(DAY, tick=False) as clock:
        tree = Asking(clock)
        tree.happens("cry", 2, 1)
        count_all()
        assert any(one["urgent"] for one in stored(tree.root.id).values())
        tree.happens(over, 0, 1)
        count_all()
        found = only(stored(tree.root.id), NAMES)
    assert found == by_rows(tree)
    assert not any(one["urgent"] for one in found.values())


@given(st.dictionaries(st.sampled_from(KINDS), st.tuples(st.integers(0, 9), st.integers(1, 1 << 33))))
def test_the_gravest_comes_first_and_of_these_the_oldest(some: dict[str, tuple[int, int]]) -> None:
    here = {kind: some.get(kind, (0, 0)) for kind in KINDS}
    number, waits = press(here), [kind for kind in KINDS if here[kind][0]]
    assert bool(number) == bool(waits)
    if waits:
        grave = waits[-1]
        assert (Pressed.by(number).kind, Pressed.by(number).since.timestamp()) == (grave, here[grave][1])
        older = here | {grave: (1, here[grave][1] - 1)}
        assert press(older) > number


def test_urgent_help_comes_before_whatever_waits_longer() -> None:
    long_ago, today = (
        int(datetime.fromisoformat(f"{day}T06:00:00+00:00").timestamp()) for day in ("2001-01-01", "2026-11-23")
    )
    none: dict[str, tuple[int, int]] = dict.fromkeys(KINDS, (0, 0))
    order: list[Any] = [none, *(none | {kind: (9, today)} for kind in KINDS)]
    assert [press(one) for one in order] == sorted(press(one) for one in order)
    assert press(none | {"urgent": (1, today)}) > press(none | {"questions": (9, long_ago), "reports": (9, long_ago)})
