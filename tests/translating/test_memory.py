"""What people said before for the same words is offered again, in the same community alone."""

import pytest

from community.announcements.models import Translation
from community.database import db
from community.groups.models import Group
from tests.announcements.scene import Scene, page

SAID, HERS = "टीका ५ बजे लगेगा", "ٹیکہ ۵ بجے لگے گا"
ALIKE = ["टीका 5 बजे  लगेगा", "टीका ५ बजे\nलगेगा", SAID]


@pytest.fixture
def before(stage: Scene) -> int:
    """Said before, and in Urdu too."""
    number = stage.release("head", SAID, key="before")
    translate(stage, number)
    return number


def translate(stage: Scene, number: int, origin: str = "person") -> None:
    with stage.changing():
        by = stage.people["head"]
        db.session.add(Translation(announcement_id=number, language="ur", text=HERS, author_id=by, origin=origin))


def offered(stage: Scene, text: str, group: int | None = None) -> bool:
    number = stage.release("head", text, key="now", group=group)
    return HERS in page(stage.browser("head"), f"/announcements/{number}/languages/ur")


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("text", ALIKE)
def test_what_people_take_for_the_same_is_the_same(stage: Scene, text: str):
    assert offered(stage, text)


@pytest.mark.usefixtures("before")
def test_other_words_are_not(stage: Scene):
    assert not offered(stage, "टीका ६ बजे लगेगा")


@pytest.mark.usefixtures("before")
def test_in_the_whole_tree(stage: Scene):
    assert offered(stage, SAID, stage.grades[3])


def test_not_in_another_community(stage: Scene):
    with stage.changing():
        other = Group.plant(None, name="other", language="hi", picture="pot", colour="mor").id
    stage.join("head", other, role="admin")
    number = stage.release("head", SAID, key="there", group=other)
    translate(stage, number)
    assert not offered(stage, SAID)


def test_not_what_was_removed_and_not_what_a_machine_said(stage: Scene, before: int):
    number = stage.release("head", "मशीन", key="machine")
    translate(stage, number, "machine")
    assert not offered(stage, "मशीन")
    stage.browser("head").post(f"/announcements/{before}/removal")
    again = stage.release("head", SAID, key="again")
    assert HERS not in page(stage.browser("head"), f"/announcements/{again}/languages/ur")


@pytest.mark.usefixtures("before")
def test_one_tap_says_it_again_and_it_is_marked(stage: Scene):
    number = stage.release("head", SAID, key="now")
    stage.browser("head").post(f"/announcements/{number}/languages/ur/memory")
    assert [(one.language, one.origin) for one in stage.state(number).translations] == [
        ("hi", "person"),
        ("ur", "memory"),
    ]
    assert HERS in page(stage.browser("urdu parent"), f"/announcements/{number}")


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize(("text", "origin"), [(HERS, "memory"), (HERS + "!", "person")])
def test_the_volunteer_finds_it_in_her_form(stage: Scene, text: str, origin: str):
    number = stage.release("head", SAID, key="now")
    head, parent = stage.browser("head"), stage.browser("urdu parent")
    stage.browser("urdu parent").post("/me/helping", data={"language": "ur"})
    head.post(f"/announcements/{number}/languages/ur/requests", data={"person": stage.people["urdu parent"]})
    place = page(parent, "/").partition('href="/translations/')[2].partition('"')[0]
    assert f">{HERS}</textarea>" in page(parent, f"/translations/{place}")
    parent.post(f"/translations/{place}", data={"text": text})
    head.post(f"/translations/{place}/approval")
    assert stage.state(number).translations[1].origin == origin
