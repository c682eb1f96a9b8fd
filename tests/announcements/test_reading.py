"""How far somebody has heard: forwards only, never further than there is, and only where she looked."""

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from community.database import db
from community.groups.counter import Counter
from community.groups.models import Category, Group

from .scene import Scene, cards_on, page


def heard(stage: Scene, part: str) -> dict[int, int]:
    return {held.group_id: held.heard_seq for held in stage.memberships(part)}


def read(browser: FlaskClient, *upto: str, **more: str) -> int:
    return browser.post("/reading", data={"upto": list(upto), **more}).status_code


def new_on(text: str) -> list[int]:
    """The announcements that a page shows as new."""
    sheets = re.findall(r'<article class="card" id="a(\d+)">(.*?)</article>', text, re.S)
    return [int(number) for number, sheet in sheets if 'class="new"' in sheet]


def last(stage: Scene) -> int:
    with stage.app.app_context():
        return Counter.now_at(stage.school)


def test_what_was_said_before_she_came_is_there_and_is_not_new(stage: Scene):
    stage.release("head", "पुरानी बात")
    text = page(stage.newcomer("Nila", stage.grades[1]), "/")

    assert stage.said("पुरानी बात") in cards_on(text)
    assert new_on(text) == []


def test_news_is_new_until_it_was_heard(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])
    number = stage.release("head", "नई बात")

    assert new_on(page(reader, "/")) == [number]
    assert read(reader, f"{stage.school}:{last(stage)}") == 303
    assert new_on(page(reader, "/")) == []


def test_the_heard_button_of_a_page_says_just_what_the_page_shows(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])
    stage.release("head", "नई बात")
    form = re.findall(r'name="upto" value="([^"]+)"', page(reader, "/"))
    stage.release("head", "और नई बात")

    read(reader, *form)

    assert new_on(page(reader, "/")) == [stage.said("और नई बात")]


def test_reading_never_moves_backwards(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])
    stage.release("head", "नई बात")
    for seq in (last(stage), 3, 0):
        read(reader, f"{stage.school}:{seq}")

    assert heard(stage, "Nila") == {stage.grades[1]: last(stage)}


def test_reading_never_runs_ahead(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])

    read(reader, f"{stage.school}:999999", f"{stage.school}:{9**30}")

    assert heard(stage, "Nila") == {stage.grades[1]: last(stage)}


def test_nonsense_is_read_past(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])
    number = stage.release("head", "नई बात")

    for nonsense in ("", ":", "1:", ":1", "x:y", f"{stage.school}:-1", f"{stage.school}:²", "\0:\0", "9" * 40 + ":1"):
        assert read(reader, nonsense) == 303
    assert new_on(page(reader, "/")) == [number]


def test_hearing_in_one_community_says_nothing_of_another(stage: Scene):
    with stage.changing():
        root = Group.plant(name="Other", language="en", picture="pot", colour="mor")
        other = root.id
    stage.join("head", other, role="admin")
    reader = stage.newcomer("Nila", stage.grades[1], other)
    number = stage.release("head", "elsewhere", group=other)

    read(reader, f"{stage.school}:{last(stage)}")

    assert new_on(page(reader, "/")) == [number]


def test_hearing_on_one_groups_page_leaves_the_other_groups_new(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1], stage.grades[4])
    numbers = [stage.release("head", f"कक्षा {grade}", group=stage.grades[grade]) for grade in (1, 4)]

    read(reader, f"{stage.school}:{last(stage)}", group=str(stage.grades[4]))

    assert new_on(page(reader, "/")) == [numbers[0]]


def test_a_page_above_my_groups_does_not_say_that_i_heard_what_it_does_not_show(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])
    below = stage.release("head", "नीचे", group=stage.grades[1])
    stage.release("head", "ऊपर")
    text = page(reader, f"/groups/{stage.school}")

    assert below not in cards_on(text)
    assert 'action="/reading"' not in text
    assert 'action="/reading"' in page(reader, f"/groups/{stage.grades[1]}")


def test_what_comes_from_above_is_heard_once_through_either_group(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1], stage.grades[4])
    stage.release("head", "सब के लिए")

    read(reader, f"{stage.school}:{last(stage)}", group=str(stage.grades[4]))

    assert new_on(page(reader, "/")) == []


def test_a_group_that_news_was_not_for_does_not_hear_it(stage: Scene):
    """She is in grade 1, which carries "the little ones", and in grade 4, which does not."""
    reader = stage.newcomer("Nila", stage.grades[1], stage.grades[4])
    with stage.changing():
        little = db.session.scalars(sa.select(Category).where(Category.picture == "baby")).one()
    number = stage.release("head", "छोटों के लिए", category=little)

    read(reader, f"{stage.school}:{last(stage)}", group=str(stage.grades[4]))

    assert new_on(page(reader, "/")) == [number]


def test_ones_own_words_are_not_news(stage: Scene):
    stage.release("head", "नई बात")

    assert new_on(page(stage.browser("head"), "/")) == []


def test_a_door_shows_how_much_is_new_behind_it_the_same_on_every_page(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1], stage.grades[4])
    for text in ("एक", "दो", "तीन"):
        stage.release("head", text, group=stage.grades[1])

    counted = re.compile(rf'href="/groups/{stage.grades[1]}"[^>]*>(?:(?!</a>).)*class="count">.*?(\d+)</span>', re.S)
    pages = ("/", "/groups", f"/groups/{stage.grades[4]}", f"/groups/{stage.school}")

    assert {path: counted.findall(page(reader, path)) for path in pages} == {path: ["3"] for path in pages}


def test_nobody_reads_for_somebody_else(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])
    stage.newcomer("Mira", stage.grades[1])
    stage.release("head", "नई बात")
    before = heard(stage, "Mira")

    read(reader, f"{stage.school}:{last(stage)}")

    assert heard(stage, "Mira") == before


def test_a_group_that_i_am_not_in_can_not_be_read(stage: Scene):
    reader = stage.newcomer("Nila", stage.grades[1])

    assert read(reader, f"{stage.school}:1", group=str(stage.grades[4])) == 404
