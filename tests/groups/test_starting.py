"""A community out of nothing: few taps, in the starter's language, once."""

import re

import pytest
import sqlalchemy as sa

from community.database import db
from community.groups.models import Category, Group
from community.groups.shapes import SHAPES
from community.people.pictures import GROUP_PICTURES
from tests.conftest import Stage
from tests.groups.town import role_of, together
from tests.sample import some

pytestmark = pytest.mark.sampled


def tree_of(stage: Stage, location: str) -> list[Group]:
    with stage.app.app_context():
        return db.session.get_one(Group, int(location.rsplit("/", 1)[1])).branch()


def test_four_taps_from_home_to_a_school(stage: Stage) -> None:
    """The groups, the plus, the school, the button."""
    browser = stage.browser("member")
    assert "/communities/new" in browser.get("/groups").text
    assert "/communities/new/school" in browser.get("/communities/new").text
    page = browser.get("/communities/new/school").text
    fields = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page))
    answer = browser.post("/communities", data={**fields, "size": "5", "extra": ""})
    tree = tree_of(stage, answer.location)
    assert len(tree) == 6
    assert {group.language for group in tree} == {"hi"}
    assert browser.get(answer.location).status_code == 200
    assert role_of(stage, "member", tree[0].id) == "admin"


@pytest.mark.parametrize("key", some(list(SHAPES), "shapes", normally=3))
def test_every_shape_in_every_size(stage: Stage, key: str) -> None:
    browser, shape = stage.browser("head"), SHAPES[key]
    assert browser.get(f"/communities/new/{key}").status_code == 200
    for size in shape.sizes:
        made = browser.post("/communities", data={"shape": key, "size": size, "extra": "1", "key": f"{key}-{size}"})
        tree = tree_of(stage, made.location)
        assert len(tree) > 2
        assert {group.picture for group in tree} <= set(GROUP_PICTURES)
        assert all(group.name and group.level for group in tree)
        with stage.app.app_context():
            assert len({category.name for category in Category.of(tree[0].id)}) == len(Category.of(tree[0].id))


def test_subjects_are_one_category_over_all_grades(stage: Stage) -> None:
    made = stage.browser("english reader").post(
        "/communities", data={"shape": "school", "size": "8", "extra": "1", "key": "12345678"}
    )
    tree = tree_of(stage, made.location)
    assert len(tree) == 1 + 8 + 8 * 4
    with stage.app.app_context():
        assert len(Category.of(tree[0].id)) == 8 + 4


def test_an_own_name_and_none(stage: Stage) -> None:
    browser = stage.browser("english reader")
    named = browser.post("/communities", data={"shape": "circle", "name": "  Sakhi ", "key": "the-first"})
    bare = browser.post("/communities", data={"shape": "circle", "name": "", "key": "the-second"})
    assert [tree_of(stage, made.location)[0].name for made in (named, bare)] == ["Sakhi", "Our circle"]
    long = browser.post("/communities", data={"shape": "circle", "name": "x" * 90, "key": "the-third"})
    assert (long.status_code, "x" * 90 in long.text) == (422, True)


def test_four_taps_on_one_button_are_one_community(stage: Stage) -> None:
    browsers = [stage.browser("member") for _ in range(4)]
    form = {"shape": "volunteers", "size": "3", "key": "one-and-the-same"}
    answers = together(lambda browser: browser.post("/communities", data=form), browsers)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Group.id)).where(Group.parent_id.is_(None))) == 2


def test_the_same_key_of_another_person_is_another_community(stage: Stage) -> None:
    form = {"shape": "volunteers", "size": "3", "key": "one-and-the-same"}
    assert len({stage.browser(part).post("/communities", data=form).location for part in ("member", "parent")}) == 2


def test_five_a_day(stage: Stage) -> None:
    browser = stage.browser("member")
    for number in range(5):
        assert browser.post("/communities", data={"shape": "circle", "key": f"circle-{number}"}).status_code == 303
    assert browser.post("/communities", data={"shape": "circle", "key": "circle-5"}).status_code == 429
    assert browser.post("/communities", data={"shape": "circle", "key": "circle-3"}).status_code == 303


@pytest.mark.parametrize("shape", ["", "castle", "../school"])
def test_a_shape_that_there_is_not(stage: Stage, shape: str) -> None:
    assert stage.browser("member").post("/communities", data={"shape": shape}).status_code == 404
