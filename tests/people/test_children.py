"""Children: kept, changed, taken out and brought back, and brought into groups."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now, writing
from community.groups.bans import Ban
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Child, Person

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage


def children(stage: Stage, part: str) -> list[Child]:
    with stage.app.app_context():
        return Child.of(db.session.get_one(Person, stage.people[part]))


def groups_of(stage: Stage, child: Child) -> set[int]:
    with stage.app.app_context():
        return set(db.session.scalars(sa.select(Membership.group_id).where(Membership.child_id == child.id)))


def take_out(browser: Browser, child: Child) -> dict[str, str]:
    """What the undo button of the next page sends."""
    answer = browser.post(f"/children/{child.id}/removal")
    assert answer.status_code == 303
    fields = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    assert fields["left"] in browser.get(answer.location).text
    return {"left": fields["left"]}


def test_a_child_is_a_picture_and_a_colour_and_no_more_is_asked(stage: Stage) -> None:
    mine = stage.browser("member")
    page = mine.get("/children").text
    assert set(re.findall(r'name="(\w+)"', page)) - {"viewport"} <= {"picture", "colour", "nickname", "theme"}
    assert mine.post("/children", data={"picture": "cat", "colour": "mor"}).location == "/children"
    [child] = children(stage, "member")
    assert (child.picture, child.colour, child.nickname) == ("cat", "mor", None)


def test_a_second_tap_is_the_same_child_and_a_nickname_makes_another(stage: Stage) -> None:
    mine = stage.browser("member")
    for nickname in ("", "", "Munni", "Munni"):
        mine.post("/children", data={"picture": "cat", "colour": "mor", "nickname": nickname})
    assert [child.nickname for child in children(stage, "member")] == [None, "Munni"]


def test_what_the_page_offers_is_not_worn_by_another_child(stage: Stage) -> None:
    page = stage.browser("parent").get("/children").text
    picture, colour = re.findall(r'value="(\w+)" checked', page)
    worn = children(stage, "parent")
    assert picture not in {child.picture for child in worn}
    assert colour not in {child.colour for child in worn}


def test_a_nickname_that_is_too_long_comes_back(stage: Stage) -> None:
    mine = stage.browser("member")
    answer = mine.post("/children", data={"picture": "cat", "nickname": "क" * 31})
    assert answer.status_code == 422
    assert "क" * 31 in answer.text
    assert 'value="cat" checked' in answer.text
    assert children(stage, "member") == []


def test_looks_change(stage: Stage) -> None:
    mine = stage.browser("parent")
    first, _ = children(stage, "parent")
    assert mine.get(f"/children/{first.id}").status_code == 200
    fields = {"picture": "bee", "colour": "gulab", "nickname": ""}
    assert mine.post(f"/children/{first.id}", data=fields).location == "/children"
    changed, _ = children(stage, "parent")
    assert (changed.picture, changed.colour, changed.nickname) == ("bee", "gulab", None)
    assert groups_of(stage, changed) == {stage.grades[2]}


@pytest.mark.parametrize("verb", ["", "/removal", "/return"])
def test_nobody_touches_a_child_of_somebody_else(stage: Stage, verb: str) -> None:
    hers, mine = children(stage, "parent")[0], stage.browser("head")
    for number in (hers.id, 0, 10**9, 10**18):
        assert mine.post(f"/children/{number}{verb}", data={"picture": "bee"}).status_code == 404
    assert mine.get(f"/children/{hers.id}").status_code == 404
    assert groups_of(stage, hers) == {stage.grades[2]}
    assert children(stage, "parent")[0].picture == hers.picture


def test_a_child_taken_out_is_out_of_its_groups_and_its_parent_s_others_stay(stage: Stage) -> None:
    mine = stage.browser("parent")
    first, second = children(stage, "parent")
    take_out(mine, first)
    assert [child.id for child in children(stage, "parent")] == [second.id]
    assert groups_of(stage, first) == set()
    assert groups_of(stage, second) == {stage.grades[5]}
    assert mine.get(f"/children/{first.id}").status_code == 404


def test_undo_brings_back_the_child_its_group_and_what_was_unheard(stage: Stage) -> None:
    mine = stage.browser("parent")
    first = children(stage, "parent")[0]
    with stage.app.app_context(), writing():
        held = db.session.scalars(sa.select(Membership).where(Membership.child_id == first.id)).one()
        held.level, held.heard_seq = "urgent", 1
        db.session.commit()
    ticket = take_out(mine, first)
    for _again in range(2):
        assert mine.post(f"/children/{first.id}/return", data=ticket).location == "/children"
    assert len(children(stage, "parent")) == 2
    with stage.app.app_context():
        held = db.session.scalars(sa.select(Membership).where(Membership.child_id == first.id)).one()
        assert (held.group_id, held.level, held.heard_seq) == (stage.grades[2], "urgent", 1)


@pytest.mark.parametrize("ticket", ["", "nonsense", "a.b.c"])
def test_without_a_good_ticket_only_the_child_comes_back(stage: Stage, ticket: str) -> None:
    mine, first = stage.browser("parent"), children(stage, "parent")[0]
    take_out(mine, first)
    assert mine.post(f"/children/{first.id}/return", data={"left": ticket}).status_code == 303
    assert len(children(stage, "parent")) == 2
    assert groups_of(stage, first) == set()


def test_a_ticket_is_for_its_child_and_its_time(stage: Stage) -> None:
    mine = stage.browser("parent")
    first, second = children(stage, "parent")
    older = take_out(mine, first)
    take_out(mine, second)
    mine.post(f"/children/{second.id}/return", data=older)
    assert groups_of(stage, second) == set()
    mine.post(f"/children/{first.id}/return", data=older)
    take_out(mine, first)
    mine.post(f"/children/{first.id}/return", data=older)
    assert groups_of(stage, first) == set()


def test_a_ticket_runs_out(stage: Stage) -> None:
    mine, first = stage.browser("parent"), children(stage, "parent")[0]
    ticket = take_out(mine, first)
    with time_machine.travel(now() + timedelta(minutes=11)):
        mine.post(f"/children/{first.id}/return", data=ticket)
    assert groups_of(stage, first) == set()


def test_a_ticket_opens_no_door_that_closed_meanwhile(stage: Stage) -> None:
    mine, first = stage.browser("parent"), children(stage, "parent")[0]
    ticket = take_out(mine, first)
    with stage.app.test_request_context(), writing():
        head = db.session.get_one(Person, stage.people["head"])
        Ban.put(db.session.get_one(Group, stage.grades[2]), db.session.get_one(Person, stage.people["parent"]), head)
        db.session.commit()
    mine.post(f"/children/{first.id}/return", data=ticket)
    assert groups_of(stage, first) == set()


def test_coming_for_a_child_with_one_of_mine_or_a_new_one(stage: Stage) -> None:
    mine, first = stage.browser("parent"), children(stage, "parent")[0]
    mothers = stage.grades[20]
    page = mine.get(f"/groups/{mothers}/children").text
    assert f'name="child" value="{first.id}"' in page
    assert f'action="/groups/{mothers}/membership"' in page
    assert mine.post(f"/groups/{mothers}/membership", data={"child": first.id}).status_code == 303
    assert mothers in groups_of(stage, first)
    assert f'name="child" value="{first.id}"' not in mine.get(f"/groups/{mothers}/children").text
    mine.post(f"/groups/{mothers}/membership", data={"child_picture": "bee", "nickname": "Munni"})
    assert [child.nickname for child in children(stage, "parent")][2:] == ["Munni"]


def test_two_children_in_one_grade_do_not_collide(stage: Stage) -> None:
    mine = stage.browser("parent")
    for child in children(stage, "parent"):
        mine.post(f"/groups/{stage.grades[20]}/membership", data={"child": child.id})
    assert all(stage.grades[20] in groups_of(stage, child) for child in children(stage, "parent"))


def test_a_foreign_child_is_not_brought_anywhere(stage: Stage) -> None:
    hers, mine = children(stage, "urdu parent")[0], stage.browser("parent")
    assert mine.post(f"/groups/{stage.grades[20]}/membership", data={"child": hers.id}).status_code == 404


@pytest.mark.parametrize("part", ["stranger", "archived"])
def test_the_door_for_a_child_stands_only_where_the_group_s_does(stage: Stage, part: str) -> None:
    group_id = stage.grades[20]
    with stage.app.app_context(), writing():
        stranger = Person(picture="hill", colour="mor", language="hi")
        db.session.add(stranger)
        db.session.flush()
        number = stranger.id
        if part == "archived":
            db.session.get_one(Group, group_id).archive(db.session.get_one(Person, stage.people["head"]))
        db.session.commit()
    mine = stage.signed_in(number) if part == "stranger" else stage.browser("parent")
    assert mine.get(f"/groups/{group_id}/children").status_code == 404
    assert mine.get(f"/groups/{10**30}/children").status_code == 404
