"""Looking after a group: names, places, rest."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from community.announcements.audience import Audience
from community.audit.models import AuditEntry
from community.database import db
from community.groups.doors import around
from community.groups.models import Category, Group
from tests.conftest import Stage
from tests.groups.town import field, let_in, together

pytestmark = pytest.mark.sampled

LOOKS = {
    "name": "The third",
    "picture": "hut",
    "colour": "jamun",
    "joining": "link",
    "posting": "everyone",
    "level": "Class",
}


def test_everything_can_be_renamed(stage: Stage) -> None:
    grade = stage.grades[3]
    assert stage.browser("teacher").post(f"/groups/{grade}/settings", data=LOOKS).status_code == 303
    assert {name: field(stage, grade, name) for name in LOOKS} == LOOKS
    page = stage.browser("teacher").get(f"/groups/{grade}/settings").text
    assert 'value="The third"' in page


def test_a_refused_form_comes_back_filled(stage: Stage) -> None:
    answer = stage.browser("teacher").post(
        f"/groups/{stage.grades[3]}/settings", data=LOOKS | {"name": " ", "level": "Kept"}
    )
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text
    assert field(stage, stage.grades[3], "name") != " "


def test_values_that_were_not_offered_change_nothing(stage: Stage) -> None:
    grade = stage.grades[3]
    wild = {"name": "x", "picture": "lotus", "colour": "#fff", "joining": "all", "posting": "nobody"}
    stage.browser("teacher").post(f"/groups/{grade}/settings", data=wild)
    assert (field(stage, grade, "picture"), field(stage, grade, "joining")) == ("n3", "ask")


def test_a_photo_comes_and_goes(stage: Stage) -> None:
    grade, teacher = stage.grades[3], stage.browser("teacher")
    shot = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(shot, "JPEG")
    shot.seek(0)
    teacher.post(f"/groups/{grade}/settings", data=LOOKS | {"photo": (shot, "a.jpg")})
    assert field(stage, grade, "photo_id")
    teacher.post(f"/groups/{grade}/settings", data=LOOKS)
    assert field(stage, grade, "photo_id")
    teacher.post(f"/groups/{grade}/settings", data=LOOKS | {"drawing": "1"})
    assert field(stage, grade, "photo_id") is None


def test_what_is_no_photo_is_refused_and_the_rest_kept(stage: Stage) -> None:
    file = (io.BytesIO(b"not a picture"), "a.jpg")
    answer = stage.browser("teacher").post(f"/groups/{stage.grades[3]}/settings", data=LOOKS | {"photo": file})
    assert answer.status_code == 422
    assert 'value="The third"' in answer.text


def test_a_moderator_sees_what_she_may_do_and_no_more(stage: Stage) -> None:
    let_in(stage, "parent", stage.grades[3], "moderator")
    browser = stage.browser("parent")
    page = browser.get(f"/groups/{stage.grades[3]}/settings").text
    assert "/invitations" in page
    assert "/archive" not in page
    assert browser.post(f"/groups/{stage.grades[3]}/settings", data=LOOKS).status_code == 404


def test_a_new_group_inside_once_for_two_taps(stage: Stage) -> None:
    teacher = stage.browser("teacher")
    answers = [teacher.post(f"/groups/{stage.grades[3]}/groups", data=LOOKS | {"key": "same-tap"}) for _ in range(2)]
    assert len({answer.location for answer in answers}) == 1
    made = int(answers[0].location.rsplit("/", 1)[1])
    assert field(stage, made, "parent_id") == stage.grades[3]
    assert teacher.get(answers[0].location).status_code == 200


def test_moving_needs_power_over_both_places(stage: Stage) -> None:
    grade, other = stage.grades[3], stage.grades[2]
    teacher, head = stage.browser("teacher"), stage.browser("head")
    assert teacher.post(f"/groups/{grade}/parent", data={"parent": other}).status_code == 404
    assert head.post(f"/groups/{grade}/parent", data={"parent": other}).status_code == 303
    assert field(stage, grade, "parent_id") == other
    made = teacher.post(f"/groups/{grade}/groups", data=LOOKS | {"key": "inside-of-three"}).location.rsplit("/", 1)[1]
    assert teacher.post(f"/groups/{made}/parent", data={"parent": other}).status_code == 404
    answer = head.post(f"/groups/{grade}/parent", data={"parent": stage.school})
    assert f'value="{other}"' in head.get(answer.location).text


def test_a_group_can_not_go_into_itself_nor_out_of_its_community(stage: Stage) -> None:
    head = stage.browser("head")
    made = head.post(f"/groups/{stage.grades[3]}/groups", data=LOOKS | {"key": "inside-of-three"}).location.rsplit(
        "/", 1
    )[1]
    other = head.post("/communities", data={"shape": "circle", "key": "my-own-circle"}).location.rsplit("/", 1)[1]
    for parent in (made, stage.grades[3], other):
        assert head.post(f"/groups/{stage.grades[3]}/parent", data={"parent": parent}).status_code == 409
    assert head.post(f"/groups/{stage.school}/parent", data={"parent": other}).status_code == 409
    assert head.get(f"/groups/{stage.grades[3]}/parent?in={made}").status_code == 404


def test_the_way_to_a_new_place_is_walked(stage: Stage) -> None:
    head, grade = stage.browser("head"), stage.grades[3]
    here = head.get(f"/groups/{grade}/parent").text
    assert f"in={stage.grades[2]}" in here
    assert f"in={grade}" not in here
    there = head.get(f"/groups/{grade}/parent?in={stage.grades[2]}").text
    assert f'name="parent" value="{stage.grades[2]}"' in there
    assert f"in={stage.school}" in there


def test_two_moves_that_would_make_a_circle(stage: Stage) -> None:
    head = [stage.browser("head"), stage.browser("head")]
    pairs = [(head[0], stage.grades[2], stage.grades[3]), (head[1], stage.grades[3], stage.grades[2])]
    codes = together(lambda one: one[0].post(f"/groups/{one[1]}/parent", data={"parent": one[2]}).status_code, pairs)
    assert sorted(codes) == [303, 409]
    parents = {field(stage, stage.grades[number], "parent_id") for number in (2, 3)}
    assert stage.school in parents


def test_a_branch_rests_and_wakes_together(stage: Stage) -> None:
    head, grade = stage.browser("head"), stage.grades[3]
    inside = int(
        head.post(f"/groups/{grade}/groups", data=LOOKS | {"key": "inside-of-three"}).location.rsplit("/", 1)[1]
    )
    let_in(stage, "member", inside)
    with stage.app.app_context():
        before = Audience.count(db.session.get_one(Group, stage.school))
    assert head.post(f"/groups/{grade}/archive").status_code == 303
    assert (field(stage, grade, "rests"), field(stage, inside, "rests")) == (True, True)
    member = stage.browser("member")
    assert member.post(f"/groups/{inside}/announcements", data={"text": "x", "key": "resting-now"}).status_code == 404
    assert stage.browser("parent").post(f"/groups/{inside}/membership").status_code == 404
    assert stage.browser("parent").post(f"/j/{stage.invitation}").status_code == 410
    assert member.get(f"/groups/{inside}").status_code == 200
    with stage.app.app_context():
        assert Audience.count(db.session.get_one(Group, stage.school)) < before
        assert grade not in [one.id for one in around(db.session.get_one(Group, stage.school))]
    assert f"/groups/{grade}/settings" in head.get(f"/groups/{stage.school}/settings").text
    assert head.post(f"/groups/{grade}/return").status_code == 303
    assert (field(stage, grade, "rests"), field(stage, inside, "rests")) == (False, False)


def test_what_was_archived_itself_does_not_wake_with_what_is_above(stage: Stage) -> None:
    head, grade = stage.browser("head"), stage.grades[3]
    for group_id in (grade, stage.school):
        head.post(f"/groups/{group_id}/archive")
    head.post(f"/groups/{stage.school}/return")
    assert (field(stage, grade, "rests"), field(stage, stage.grades[2], "rests")) == (True, False)
    head.post(f"/groups/{stage.school}/archive")
    head.post(f"/groups/{grade}/return")
    assert field(stage, grade, "rests") is True


def test_another_communitys_category_is_not_there(stage: Stage) -> None:
    head = stage.browser("head")
    other = head.post("/communities", data={"shape": "school", "key": "other-school"}).location.rsplit("/", 1)[1]
    with stage.app.app_context():
        foreign = Category.of(int(other))[0].id
    assert head.post(f"/groups/{stage.grades[3]}/category", data={"category": foreign}).status_code == 404


@pytest.mark.parametrize("what", ["archive", "settings", "parent", "groups", "category"])
def test_every_deed_is_noted(stage: Stage, what: str) -> None:
    with stage.app.app_context():
        before = db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) or 0
    data = LOOKS | {"parent": stage.grades[2], "key": "one-deed-only", "category": "0"}
    stage.browser("head").post(f"/groups/{stage.grades[3]}/{what}", data=data)
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == before + 1
