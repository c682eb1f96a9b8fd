"""The pages of who oversees: for admins of that group, by counts alone; and what members see of those who oversee."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from community.database import db, now, writing
from community.groups.membership import Membership
from community.groups.models import Group
from community.groups.offices import Office
from community.notifications import ring
from community.outbox.models import Outbox
from community.oversight.calls import AdminCall
from community.oversight.models import CounterCheck, GroupCounter
from community.oversight.need import REASONS, bits, reasons, score
from community.oversight.plot import LEAST, WIDTH, kind, squares
from community.people.models import Person, Session
from tests.conftest import Stage
from tests.notifications.post_office import Postman, listen
from tests.oversight.test_counters import count_all

pytestmark = pytest.mark.sampled


@pytest.fixture
def counted(stage: Stage) -> Stage:
    stage.release_all()
    with stage.app.app_context():
        count_all()
    return stage


@pytest.fixture
def asleep(stage: Stage) -> Iterator[Stage]:
    """The teacher of grade 3 was not here for fifteen days."""
    with stage.app.app_context(), writing():
        old = sa.update(Session).where(Session.person_id == stage.people["teacher"])
        db.session.execute(old.values(seen=now() - timedelta(days=15)))
        db.session.get_one(Group, stage.grades[3]).note("looked at", db.session.get_one(Person, stage.people["head"]))
        db.session.commit()
    with stage.app.app_context():
        count_all()
    yield stage


def test_before_the_first_count_it_says_so(stage: Stage) -> None:
    page = stage.browser("head").get(f"/groups/{stage.school}/oversight?lang=en")
    assert "counted for the first time" in page.text


def test_a_group_whose_admin_is_away_is_shown_with_the_next_step(asleep: Stage) -> None:
    page = asleep.browser("head").get(f"/groups/{asleep.school}/oversight?lang=en")
    assert "Who looks after it was not here for 14 days" in page.text
    assert f'action="/groups/{asleep.grades[3]}/call"' in page.text
    assert "Counted:" in page.text


def test_few_people_are_no_number(counted: Stage) -> None:
    """Of every grade the school has less than five."""
    text = counted.browser("head").get(f"/groups/{counted.school}/oversight/map?lang=en").text
    rows = re.findall(r'href="/groups/(\d+)/oversight".*?</li>', text, re.S)
    assert str(counted.grades[3]) in rows
    shown = re.search(rf'<li><a class="row" href="/groups/{counted.grades[3]}/oversight".*?</li>', text, re.S)
    assert shown
    assert "few" in shown.group()


def test_the_map_leads_down_and_up(counted: Stage) -> None:
    page = counted.browser("head").get(f"/groups/{counted.grades[3]}/oversight/map?lang=en")
    assert "No groups are inside this one." in page.text
    assert f'href="/groups/{counted.school}/oversight/map"' in page.text


def test_who_leads_below_is_not_led_above(counted: Stage) -> None:
    teacher = counted.browser("teacher")
    page = teacher.get(f"/groups/{counted.grades[3]}/oversight/map")
    assert page.status_code == 200
    assert f'href="/groups/{counted.school}/oversight/map"' not in page.text
    assert teacher.get(f"/groups/{counted.school}/oversight").status_code == 404


def test_a_call_rings_once_a_day_and_stands_in_her_courtyard(asleep: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    postman = Postman()
    monkeypatch.setattr(ring, "sender", lambda: postman)
    with asleep.app.app_context():
        listen(asleep.people["teacher"])
    head = asleep.browser("head")
    for _tap in range(2):
        assert head.post(f"/groups/{asleep.grades[3]}/call").status_code == 303
    assert "asks you to look at your group" in asleep.browser("teacher").get("/?lang=en").text
    with asleep.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AdminCall)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).where(Outbox.kind == "call-admin")) == 1


def test_who_is_no_admin_any_more_is_not_called(asleep: Stage) -> None:
    asleep.browser("head").post(f"/groups/{asleep.grades[3]}/call")
    with asleep.app.app_context(), writing():
        mine = (Membership.group_id == asleep.grades[3], Membership.person_id == asleep.people["teacher"])
        held = db.session.scalars(sa.select(Membership).where(*mine)).one()
        held.appoint("member", db.session.get_one(Person, asleep.people["head"]))
        db.session.commit()
        found = db.session.scalars(sa.select(AdminCall)).one()
        assert not found.is_wanted()
    assert "asks you to look" not in asleep.browser("teacher").get("/?lang=en").text


def test_members_see_who_oversees_them(counted: Stage) -> None:
    page = counted.browser("member").get(f"/groups/{counted.grades[3]}/overseers?lang=en")
    assert "सुनीता देवी" in page.text
    assert "रमेश गुरुजी" in page.text
    assert "कमला" not in page.text
    assert page.text.index("सुनीता देवी") < page.text.index("रमेश गुरुजी")


def test_who_has_an_office_for_a_category_of_the_group_oversees_it(counted: Stage) -> None:
    with counted.app.app_context(), writing():
        grade, parent = db.session.get_one(Group, counted.grades[3]), counted.people["parent"]
        name = db.session.get_one(Person, parent).name
        given = {"community_id": counted.school, "group_id": counted.school, "given_by": counted.people["head"]}
        db.session.add(Office(category_id=grade.own_categories[0].id, person_id=parent, role="moderator", **given))
        db.session.commit()
    assert name and name in counted.browser("member").get(f"/groups/{counted.grades[3]}/overseers?lang=en").text
    assert name not in counted.browser("member").get(f"/groups/{counted.school}/overseers?lang=en").text


def test_what_the_night_finds_wrong_is_put_right_and_told(counted: Stage) -> None:
    with counted.app.app_context(), writing():
        db.session.execute(sa.update(GroupCounter).where(GroupCounter.group_id == counted.grades[3]).values(people=77))
        db.session.execute(sa.delete(CounterCheck))
        root, tomorrow = counted.school, "2999-01-01"
        Outbox.promise("recount", "by hand", day=tomorrow, community_id=root, after="")
        db.session.commit()
    counted.release_all()
    with counted.app.app_context():
        check = db.session.scalars(sa.select(CounterCheck).where(CounterCheck.day == tomorrow)).one()
        assert check.wrong == 1
        assert check.looked == 9
        assert db.session.scalar(sa.select(GroupCounter.people).where(GroupCounter.group_id == counted.grades[3])) == 4


def test_reasons_are_bits_and_the_graver_ones_come_first() -> None:
    for reason in REASONS:
        assert reasons(bits([reason])) == [reason]
    assert score(0, 10**6) == 0
    assert score(bits(["asleep"]), 5) > score(bits(["died"]), 10**6)
    assert score(bits(["asleep"]), 1000) > score(bits(["asleep"]), 5)


def test_squares_never_overlap_and_can_be_tapped() -> None:
    for from_right in (False, True):
        found, height = squares([0, 1, 5000, 20, 300] * 4, ["calm"] * 20, from_right=from_right)
        for one in found:
            assert one.side >= LEAST
            assert 0 <= one.x <= WIDTH - one.side
            assert one.y + one.side <= height
            for other in found[: one.number]:
                apart = one.x >= other.x + other.side or other.x >= one.x + one.side
                assert apart or one.y >= other.y + other.side or other.y >= one.y + one.side


def test_a_pattern_for_each_kind() -> None:
    assert [kind(9, 0, False), kind(9, 1, False), kind(9, 3, False), kind(9, 9, True)] == [
        "calm", "some", "many", "rests",
    ]  # fmt: skip
