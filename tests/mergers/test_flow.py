"""Two owners, two phones: the offer, the answer, the yes; and what the people of both are shown."""

import re

import pytest

from tests.house.village import Village


def test_from_the_offer_to_parting(village: Village) -> None:
    things = village.known()
    taker, goer = village.browser("above"), village.browser("admin elsewhere")
    made = goer.post(f"/groups/{things['other_root']}/mergers", data={"side": "guest"})
    again = goer.post(f"/groups/{things['other_root']}/mergers", data={"side": "guest"})
    assert made.status_code == 303
    assert made.location == again.location, "a double tap offers once"
    code = re.search(r"/m/([a-z2-7]{16})", goer.get(made.location).text)
    assert code
    place = f"/m/{code[1]}?in={things['sister_group']}"
    asked = taker.get(place).text
    assert "Group other_root" in asked
    assert "What this means" in asked
    answered = taker.post(f"/m/{code[1]}", data={"group": things["sister_group"]})
    assert answered.status_code == 303
    assert "Above" in goer.get(made.location).text, "she sees who answered"
    assert taker.post(f"{made.location}/agreement").status_code == 409, "only who asked says the last yes"
    assert goer.post(f"{made.location}/agreement").status_code == 303
    assert goer.post(f"{made.location}/agreement").status_code == 303, "a second tap"
    assert goer.get(f"/m/{code[1]}").status_code == 410

    member = village.browser("elsewhere")
    page = member.get(f"/groups/{things['other_root']}").text
    assert "Group other_root is in Group sister_group now." in page
    seen = member.get(made.location).text
    assert "Above" in seen, "who looks after it from above"
    assert "/undo" not in seen
    assert member.post(f"{made.location}/undo").status_code == 404
    assert "Group other_root" in village.browser("sister").get(f"/groups/{things['sister_group']}").text

    assert taker.post(f"{made.location}/undo").status_code == 303
    assert taker.post(f"{made.location}/undo").status_code == 303, "a second tap"
    assert "is in Group" not in member.get(f"/groups/{things['other_root']}").text
    assert member.get(made.location).status_code == 404


def test_what_the_host_asks_the_guests_owner_answers(village: Village) -> None:
    things = village.known()
    taker, goer = village.browser("above"), village.browser("admin elsewhere")
    made = taker.post(f"/groups/{things['open']}/mergers", data={"side": "host"})
    code = re.search(r"/m/([a-z2-7]{16})", taker.get(made.location).text)
    assert code
    assert f"?of={things['other_root']}" in goer.get(f"/m/{code[1]}").text
    meaning = goer.get(f"/m/{code[1]}?of={things['other_root']}").text
    assert "Above" in meaning
    assert "Who looks after Group root can also announce" in meaning
    assert goer.post(f"/m/{code[1]}", data={"group": things["other_root"]}).status_code == 303
    assert goer.post(f"{made.location}/withdrawal").status_code == 303, "either side may still leave it"
    assert taker.post(f"{made.location}/agreement").status_code == 409


@pytest.mark.parametrize("role", ["admin", "member", "stranger"])
def test_who_owns_nothing_is_told_who_can(village: Village, role: str) -> None:
    answer = village.browser(role).get(f"/m/{village.known()['merger_code']}")
    assert answer.status_code == 200
    assert "/m/" not in re.sub(r'href="/language[^"]*"', "", answer.text).split("<main>")[1]
