"""What of a day was used stands where it is heard and where it is said; owners and everybody choose their own number."""

import re
from datetime import timedelta

import pytest
import time_machine

from community.database import db
from community.days.models import A_DAY, Budget
from community.people.models import Person
from tests.attention.hands import MORNING, allow, join, plant
from tests.conftest import Stage
from tests.notifications.post_office import Postman, person, said


@pytest.fixture(autouse=True)
def clock(inside: None) -> time_machine.Traveller:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def place(stage: Stage) -> dict[str, int]:
    looks = {"language": "en"}
    made = {"owner": person("owner", **looks), "head": person("head", **looks), "member": person("member", **looks)}
    made["root"] = plant()
    made["group"] = plant(made["root"])
    join(made["root"], made["owner"], role="admin")
    join(made["group"], made["head"], role="admin")
    join(made["group"], made["member"])
    allow(made["root"], 2, made["owner"])
    return made


def test_members_and_announcers_see_what_was_used_today(
    stage: Stage, place: dict[str, int], clock: time_machine.Traveller
) -> None:
    member, head = stage.signed_in(place["member"]), stage.signed_in(place["head"])
    group = f"/groups/{place['group']}"
    assert "0 of 2 used today" in member.get(group).text
    said(place["root"], place["owner"], "to all")
    said(plant(place["root"]), place["owner"], "to others")
    for page in (member.get(group), head.get(f"{group}/announcements/new"), member.get(f"{group}/attention")):
        assert "1 of 2 used today" in page.text
    said(place["group"], place["owner"], "here")
    page = head.get(f"{group}/announcements/new").text
    assert "2 of 2 used today" in page and "The day is full here" in page
    clock.shift(timedelta(days=1))
    assert "0 of 2 used today" in member.get(group).text


def test_owners_choose_the_number_and_all_see_who(stage: Stage, place: dict[str, int]) -> None:
    owner, head, member = (stage.signed_in(place[one]) for one in ("owner", "head", "member"))
    at = f"/groups/{place['root']}/attention"
    assert owner.post(at, data={"a_day": "4"}).status_code == 303
    for other in (head, member):
        assert other.post(at, data={"a_day": "9"}).status_code == 404
    for wrong in ("0", "11", "-3", "many", "", "९९९९९९९९९९९९९९९९९९"):
        owner.post(at, data={"a_day": wrong})
    assert Budget.of(place["root"]) == 4
    page = member.get(f"/groups/{place['group']}/attention").text
    assert "Chosen by owner" in re.sub("<[^>]*>", "", page)
    assert Budget.of(1) == A_DAY


def test_everybody_chooses_her_own_ceiling(stage: Stage, place: dict[str, int], postman: Postman) -> None:
    member = stage.signed_in(place["member"])
    assert "0 of 6 used today" in member.get("/me/attention").text
    assert member.post("/me/attention", data={"ceiling": "2"}).status_code == 303
    for wrong in ("0", "21", "x" * 5000):
        member.post("/me/attention", data={"ceiling": wrong})
    db.session.expire_all()
    assert db.session.get_one(Person, place["member"]).ceiling == 2
    assert "wake you at night" not in member.get("/me/attention").text
    assert "wake you at night" in stage.signed_in(place["head"]).get("/me/attention").text


def test_the_composer_offers_urgent_to_who_looks_after_it(stage: Stage, place: dict[str, int]) -> None:
    page = stage.signed_in(place["head"]).get(f"/groups/{place['group']}/announcements/new").text
    assert "Why is it urgent?" in page and "A second person who looks after it has to say so" in page
    alone = stage.signed_in(place["owner"]).get(f"/groups/{place['root']}/announcements/new").text
    assert "You can do it alone once in 7 days" in alone
