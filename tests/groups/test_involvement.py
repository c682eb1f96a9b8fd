"""How much of a group one hears: for all one's memberships there at once, and with a way back."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now, writing
from community.groups.involvement import pause_ends
from community.groups.membership import Membership
from community.people.models import Person
from tests.conftest import Stage
from tests.groups.town import field, let_in


def held(stage: Stage, part: str, group: int) -> set[tuple[str, bool]]:
    """(level, whether it is muted now) of each membership, as a set."""
    with stage.app.app_context():
        mine = (Membership.person_id == stage.people[part], Membership.group_id == group)
        found = db.session.scalars(sa.select(Membership).where(*mine))
        return {(one.level, bool(one.muted_until and one.muted_until > now())) for one in found}


@pytest.fixture
def grade(stage: Stage) -> int:
    """The parent is there for two children and for herself."""
    let_in(stage, "parent", stage.grades[2], nickname="दूसरा")
    let_in(stage, "parent", stage.grades[2])
    return stage.grades[2]


@pytest.mark.parametrize("level", ["everything", "urgent", "nothing"])
def test_one_tap_is_for_all_my_memberships(stage: Stage, grade: int, level: str) -> None:
    answer = stage.browser("parent").post(f"/groups/{grade}/involvement", data={"level": level})
    assert answer.location == f"/groups/{grade}/involvement"
    assert held(stage, "parent", grade) == {(level, False)}
    assert held(stage, "parent", stage.grades[5]) == {("everything", False)}


def test_what_was_not_offered_changes_nothing(stage: Stage, grade: int) -> None:
    parent = stage.browser("parent")
    parent.post(f"/groups/{grade}/involvement", data={"level": "nothing"})
    for wild in ("", "all", "x" * 500):
        parent.post(f"/groups/{grade}/involvement", data={"level": wild})
    assert held(stage, "parent", grade) == {("nothing", False)}


def test_a_pause_begins_and_ends(stage: Stage, grade: int) -> None:
    parent, path = stage.browser("parent"), f"/groups/{grade}/mute"
    for pause in ("hour", "morning", "week"):
        parent.post(path, data={"for": pause})
        assert held(stage, "parent", grade) == {("everything", True)}
        parent.post(path)
        assert held(stage, "parent", grade) == {("everything", False)}


def test_a_pause_ends_by_itself(stage: Stage, grade: int) -> None:
    stage.browser("parent").post(f"/groups/{grade}/mute", data={"for": "hour"})
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        assert held(stage, "parent", grade) == {("everything", False)}
        assert "/mute" not in stage.browser("parent").get(f"/groups/{grade}").text


def test_choosing_ends_the_pause(stage: Stage, grade: int) -> None:
    parent = stage.browser("parent")
    parent.post(f"/groups/{grade}/mute", data={"for": "week"})
    parent.post(f"/groups/{grade}/involvement", data={"level": "everything"})
    assert held(stage, "parent", grade) == {("everything", False)}


@pytest.mark.parametrize(
    ("at", "zone", "ends"),
    [
        ("2026-11-23T12:00+05:30", "Asia/Kolkata", "2026-11-24T07:00+05:30"),
        ("2026-11-23T23:59+05:30", "Asia/Kolkata", "2026-11-24T07:00+05:30"),
        ("2026-11-24T02:00+05:30", "Asia/Kolkata", "2026-11-24T07:00+05:30"),
        ("2026-11-24T05:00+05:30", "Asia/Kolkata", "2026-11-25T07:00+05:30"),
        ("2026-11-24T02:00+05:30", "Europe/Berlin", "2026-11-24T07:00+01:00"),
        ("2026-03-28T20:00+01:00", "Europe/Berlin", "2026-03-29T07:00+02:00"),
    ],
)
def test_the_morning_is_hers(at: str, zone: str, ends: str) -> None:
    with time_machine.travel(datetime.fromisoformat(at), tick=False):
        assert pause_ends("morning", Person(zone=zone)) == datetime.fromisoformat(ends)


def test_a_silent_group_shows_so_on_its_page_and_door(stage: Stage, grade: int) -> None:
    parent, bell = stage.browser("parent"), "#bell-off"
    for path in (f"/groups/{grade}", "/", "/groups", f"/groups/{stage.grades[5]}"):
        assert bell not in parent.get(path).text, path
    parent.post(f"/groups/{grade}/involvement", data={"level": "nothing"})
    for path in (f"/groups/{grade}", "/", "/groups"):
        assert bell in parent.get(path).text, path
    again = f'action="/groups/{grade}/involvement"><input type="hidden" name="level" value="everything">'
    assert again in parent.get(f"/groups/{grade}").text
    parent.post(f"/groups/{grade}/mute", data={"for": "week"})
    assert f'action="/groups/{grade}/involvement"' in parent.get(f"/groups/{grade}").text  # still nothing


def test_another_ones_silence_is_not_on_my_doors(stage: Stage) -> None:
    stage.browser("member").post(f"/groups/{stage.grades[3]}/involvement", data={"level": "nothing"})
    for part in ("member", "english reader", "member"):
        silent = part == "member"
        assert ("#bell-off" in stage.browser(part).get("/groups").text) == silent


def test_urgent_only_is_no_silence(stage: Stage, grade: int) -> None:
    parent = stage.browser("parent")
    parent.post(f"/groups/{grade}/involvement", data={"level": "urgent"})
    assert "#bell-off" not in parent.get("/groups").text


def test_the_bell_is_one_tap_away_and_tells_its_state(stage: Stage, grade: int) -> None:
    parent, way = stage.browser("parent"), f'href="/groups/{grade}/involvement"'
    assert way in parent.get(f"/groups/{grade}").text
    page = parent.get(f"/groups/{grade}/involvement").text
    assert 'value="everything" aria-pressed="true"' in page
    assert way not in stage.browser("head").get(f"/groups/{grade}").text  # she looks after it from above


def test_a_further_child_comes_in_as_quietly(stage: Stage, grade: int) -> None:
    stage.browser("parent").post(f"/groups/{grade}/involvement", data={"level": "nothing"})
    let_in(stage, "parent", grade, nickname="तीसरा")
    assert held(stage, "parent", grade) == {("nothing", False)}


def test_coming_back_is_as_it_was(stage: Stage) -> None:
    member, grade = stage.browser("member"), stage.grades[3]
    member.post(f"/groups/{grade}/involvement", data={"level": "nothing"})
    with stage.app.app_context():
        mine = (Membership.person_id == stage.people["member"], Membership.group_id == grade)
        number = db.session.scalars(sa.select(Membership.id).where(*mine)).one()
    left = member.post(f"/memberships/{number}/end").location.partition("left=")[2]
    member.post("/memberships/undo", data={"left": left})
    assert held(stage, "member", grade) == {("nothing", False)}


def test_delicate_is_kept_and_taken_back(stage: Stage) -> None:
    grade, teacher = stage.grades[3], stage.browser("teacher")
    looks = {"name": "The third", "joining": "ask", "posting": "admins"}
    teacher.post(f"/groups/{grade}/settings", data=looks | {"sensitive": "1"})
    assert field(stage, grade, "sensitive") is True
    for path in (f"/groups/{grade}/settings", f"/groups/{grade}/groups/new"):  # what is inside begins like it
        assert 'name="sensitive" value="1" checked' in teacher.get(path).text
    teacher.post(f"/groups/{grade}/settings", data=looks)
    assert field(stage, grade, "sensitive") is False


def test_a_person_without_a_zone_of_ours_still_has_a_page(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        db.session.get_one(Person, stage.people["member"]).zone = "America/New_York"
        db.session.commit()
    assert stage.browser("member").get(f"/groups/{stage.grades[3]}/involvement").status_code == 200
