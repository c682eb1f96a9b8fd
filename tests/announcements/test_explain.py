"""I understood, or: please explain. One of the two, and each can be taken back."""

import pytest
import sqlalchemy as sa

from community.announcements.acknowledgement import Acknowledgement
from community.database import db

from .scene import Scene, page

Wishes = list[tuple[str, bool]]


@pytest.fixture
def number(stage: Scene) -> int:
    return stage.release("head", "टीका लगेगा", group=stage.grades[3])


def wishes(stage: Scene, number: int) -> Wishes:
    """(wish, whether for a child) of all answers."""
    with stage.app.app_context():
        given = sa.select(Acknowledgement).where(Acknowledgement.announcement_id == number)
        return [(one.wish, one.child_id is not None) for one in db.session.scalars(given.order_by(Acknowledgement.id))]


def say(stage: Scene, number: int, part: str = "member", **form: object) -> Wishes:
    data = {"next": f"/announcements/{number}", **form}
    answer = stage.browser(part).post(f"/announcements/{number}/acknowledgement", data=data)
    assert answer.location == f"/announcements/{number}#a{number}"
    return wishes(stage, number)


def test_the_other_answer_takes_the_place_of_the_first(stage: Scene, number: int):
    assert say(stage, number) == [("understood", False)]
    assert say(stage, number, wish="explain") == [("explain", False)]
    assert say(stage, number, wish="explain") == [("explain", False)]
    assert say(stage, number, wish="understood") == [("understood", False)]


def test_each_is_taken_back_by_its_own_button(stage: Scene, number: int):
    say(stage, number, wish="explain")
    assert say(stage, number, given="0") == [("explain", False)]
    assert say(stage, number, wish="explain", given="0") == []


def test_a_wild_wish_is_the_first_answer(stage: Scene, number: int):
    assert say(stage, number, wish="x" * 300) == [("understood", False)]


def test_the_page_offers_both_and_shows_which_was_given(stage: Scene, number: int):
    browser, path = stage.browser("english reader"), f"/announcements/{number}"
    assert page(browser, path).count('name="wish" value="explain"') == 1
    assert 'aria-pressed="true"' not in page(browser, path)
    say(stage, number, "english reader", wish="explain")
    assert "You asked: please explain" in page(browser, path)
    assert "I understood" in page(browser, path)
    say(stage, number, "english reader")
    assert "You asked: please explain" not in page(browser, path)


def test_whoever_asks_has_not_understood_in_the_courtyard_either(stage: Scene, number: int):
    say(stage, number, "english reader", wish="explain")
    assert "Understood" not in page(stage.browser("english reader"), "/")


def test_beside_a_child_that_did_it_the_parent_may_ask(stage: Scene):
    number = stage.release("head", "गिनें", group=stage.grades[2], kind="activity")
    with stage.app.app_context():
        child = stage.memberships("parent")[0].child_id
    say(stage, number, "parent", child=child)
    assert say(stage, number, "parent", wish="explain", child=child) == [("understood", True), ("explain", False)]
    assert say(stage, number, "parent", wish="explain", given="0") == [("understood", True)]


def test_how_many_there_are_is_not_on_the_page(stage: Scene, number: int):
    say(stage, number, "english reader")
    text = page(stage.browser("head"), f"/announcements/{number}")
    assert f'href="/announcements/{number}/reach"' in text
    assert "1 of" not in text
