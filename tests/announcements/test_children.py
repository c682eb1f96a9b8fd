"""News and activities by child, done by child; people are counted once."""

import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.audience import Audience
from community.database import db
from community.groups.models import Category, Group
from community.people.models import Child

from .scene import Scene, cards_on, page


def children(stage: Scene, part: str) -> dict[str, int]:
    with stage.app.app_context():
        kept = db.session.scalars(sa.select(Child).where(Child.parent_id == stage.people[part]))
        return {child.nickname or "": child.id for child in kept}


def done(stage: Scene, number: int) -> list[int | None]:
    with stage.app.app_context():
        marks = sa.select(Acknowledgement.child_id).where(Acknowledgement.announcement_id == number)
        return list(db.session.scalars(marks.order_by(Acknowledgement.child_id)))


def mark(browser: FlaskClient, number: int, **form: object) -> int:
    return browser.post(f"/announcements/{number}/acknowledgement", data=form).status_code


def head_count(stage: Scene, group: int, picture: str = "") -> int:
    with stage.app.app_context():
        category = db.session.scalar(sa.select(Category).where(Category.picture == picture))
        return Audience.count(db.session.get_one(Group, group), [category] if category else ())


def test_a_parent_of_grades_two_and_five_has_both_on_one_screen(stage: Scene):
    two = stage.release("head", "दूसरी", group=stage.grades[2], kind="activity")
    five = stage.release("head", "पाँचवीं", group=stage.grades[5], kind="activity")

    text = page(stage.browser("parent"), "/")

    assert cards_on(text)[:2] == [five, two]
    kept = children(stage, "parent")
    for number, child, other in ((two, "लक्ष्मी", "रवि"), (five, "रवि", "लक्ष्मी")):
        sheet = re.search(rf'id="a{number}">.*?</article>', text, re.S)
        assert sheet
        assert f'name="child" value="{kept[child]}"' in sheet[0]
        assert f'name="child" value="{kept[other]}"' not in sheet[0]


def test_done_is_marked_for_each_child_and_taken_back(stage: Scene):
    number = stage.release("head", "पत्ते गिनें", kind="activity")
    parent, kept = stage.browser("parent"), children(stage, "parent")
    for child in kept.values():
        assert mark(parent, number, child=child) == 303
    assert done(stage, number) == sorted(kept.values())

    mark(parent, number, child=kept["रवि"], given="0")

    assert done(stage, number) == [kept["लक्ष्मी"]]
    sheet = re.search(rf'id="a{number}">.*?</article>', page(parent, "/"), re.S)
    assert sheet
    assert sheet[0].count('aria-pressed="true"') == 1


def test_done_twice_is_done_once(stage: Scene):
    number = stage.release("head", "पत्ते गिनें", kind="activity")
    parent, kept = stage.browser("parent"), children(stage, "parent")

    assert [mark(parent, number, child=kept["रवि"]) for _tap in range(2)] == [303, 303]
    assert done(stage, number) == [kept["रवि"]]


def test_nobody_marks_for_the_child_of_another(stage: Scene):
    number = stage.release("head", "पत्ते गिनें", kind="activity")

    assert mark(stage.browser("urdu parent"), number, child=children(stage, "parent")["रवि"]) == 404
    assert done(stage, number) == []


def test_an_activity_of_grade_two_is_not_for_the_child_in_grade_five(stage: Scene):
    number = stage.release("head", "दूसरी", group=stage.grades[2], kind="activity")

    assert mark(stage.browser("parent"), number, child=children(stage, "parent")["रवि"]) == 404
    assert done(stage, number) == []


def test_an_activity_of_a_category_is_only_for_the_children_that_are_in_it(stage: Scene):
    with stage.changing():
        little = db.session.scalars(sa.select(Category).where(Category.picture == "baby")).one()
    number = stage.release("head", "छोटों का काम", kind="activity", category=little)

    sheet = re.search(rf'id="a{number}">.*?</article>', page(stage.browser("parent"), "/"), re.S)

    kept = children(stage, "parent")
    assert sheet
    assert re.findall(r'name="child" value="(\d+)"', sheet[0]) == [str(kept["लक्ष्मी"])]


def test_what_is_removed_can_not_be_done(stage: Scene):
    number = stage.release("head", "पत्ते गिनें", kind="activity")
    stage.browser("head").post(f"/announcements/{number}/removal")

    mark(stage.browser("parent"), number)

    assert done(stage, number) == []


def test_who_marks_goes_back_to_the_page_and_the_place(stage: Scene):
    number = stage.release("head", "पत्ते गिनें")
    parent, address = stage.browser("parent"), f"/announcements/{number}/acknowledgement"

    assert parent.post(address, data={"next": "/groups"}).location == f"/groups#a{number}"
    assert parent.post(address, data={"next": "//evil.example/"}).location == f"/#a{number}"


def test_a_parent_of_two_is_one_head(stage: Scene):
    before = head_count(stage, stage.school)
    for child in ("एक", "दो"):
        stage.join("parent", stage.grades[1], child=child)

    assert head_count(stage, stage.school) == before == 7
    assert head_count(stage, stage.grades[1]) == 1


def test_a_category_counts_only_those_whom_it_reaches(stage: Scene):
    """The little ones are grades 1 and 2, where there is one parent; the big ones 3 to 5."""
    assert head_count(stage, stage.school, "baby") == 1
    assert head_count(stage, stage.school, "sums") == 5
    assert head_count(stage, stage.grades[3], "sums") == 4
    assert head_count(stage, stage.grades[3], "baby") == 0


def test_who_is_only_in_a_group_that_rests_is_not_counted(stage: Scene):
    stage.newcomer("Nila", stage.grades[1])
    before = head_count(stage, stage.school)

    stage.archive(stage.grades[1])

    assert head_count(stage, stage.school) == before - 1


def test_the_composer_says_how_many_it_will_reach(stage: Scene):
    """Of a few it says so, and no more."""
    head = stage.newcomer("Asha", stage.school, role="admin")

    form = page(head, f"/groups/{stage.school}/announcements/new")

    assert re.search(r'<b class="num m">8 ', form)
    few = page(stage.newcomer("Nila", stage.grades[1], role="admin"), f"/groups/{stage.grades[1]}/announcements/new")
    assert "few" in few or "थोड़े" in few
    assert not re.search(r'<b class="num m">\d', few)
