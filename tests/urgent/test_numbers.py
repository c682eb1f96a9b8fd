"""Numbers are data: whole, callable, drawn and said; and reached by whoever she is."""

import re
import tomllib

import pytest
from flask.testing import FlaskClient

from community.assets import STATIC
from community.database import db
from community.groups.models import Group
from community.urgent.models import GroupPlace
from community.urgent.numbers import ANYWHERE, FILE, SERVICES, country_of, numbers_of, places
from tests.announcements.scene import Scene, page
from tests.conftest import HEADERS

CALLS = re.compile(r'href="tel:(\d+)"')


@pytest.mark.parametrize("country", tomllib.loads(FILE.read_text()).items(), ids=lambda one: one[0])
def test_the_file_is_whole(country: tuple[str, dict[str, object]]) -> None:
    code, said = country
    assert re.fullmatch("[A-Z]{2}", code)
    assert "https://" in str(said["source"]), "nobody could look it up"
    assert said["zones"] and set(said["numbers"]) <= set(SERVICES)  # type: ignore[call-overload]
    for state, own in said.get("states", {}).items():  # type: ignore[attr-defined]
        assert re.fullmatch("[A-Z]{2}", state)
        assert own.keys() - SERVICES.keys() == {"name", "language"}, f"{code}-{state}"
    for place in (code, *(f"{code}-{state}" for state in said.get("states", {}))):  # type: ignore[attr-defined]
        every = [one.number for one in numbers_of(place)]
        assert every and all(re.fullmatch(r"\d{2,12}", number) for number in every)


def test_a_state_says_others_in_their_place_and_keeps_the_rest() -> None:
    uttar_pradesh, delhi = ([one.number for one in numbers_of(code)] for code in ("IN-UP", "IN-DL"))
    assert uttar_pradesh[:3] == ["112", "1090", "181"]
    assert "1098" in uttar_pradesh
    assert "1094" in delhi


def test_where_the_country_is_not_known_any_mobile_phone_calls_112() -> None:
    assert country_of("Pacific/Chatham") is None
    assert [one.number for one in numbers_of(None)] == [ANYWHERE]


def test_each_service_is_a_drawing_that_is_there() -> None:
    for service in SERVICES.values():
        drawn = (STATIC / "icons" / ("sprite.svg" if service.is_icon else "pictures.svg")).read_text()
        assert f'id="{service.symbol}"' in drawn, service


def test_who_is_not_signed_in_sees_the_numbers_of_home_and_of_any_other_place(browser: FlaskClient) -> None:
    here, there = browser.get("/help"), browser.get("/help?place=BD")
    assert CALLS.findall(here.text)[:3] == ["112", "181", "1098"]
    assert CALLS.findall(there.text)[0] == "999"
    assert CALLS.findall(browser.get("/help?place=<x>").text)[0] == "112"
    assert here.headers["Cache-Control"] == "no-store"
    assert "/groups/" not in here.text, "there is nobody to ask"


def test_a_groups_place_is_true_for_all_below_it(scene: Scene) -> None:
    assert scene.browser("head").post(f"/groups/{scene.school}/place", data={"place": "IN-UP"}).status_code == 303
    assert CALLS.findall(page(scene.browser("Rani"), "/help"))[1] == "1090"
    assert scene.browser("head").post(f"/groups/{scene.grades[3]}/place", data={"place": "LK"}).status_code == 303
    assert CALLS.findall(page(scene.browser("Rani"), "/help"))[0] == "1938"
    assert scene.browser("head").post(f"/groups/{scene.school}/place", data={"place": "XX"}).status_code == 404
    with scene.app.app_context():
        assert GroupPlace.of(db.session.get_one(Group, scene.school)) == "IN-UP"


def test_whoever_does_not_look_after_it_does_not_say_where_it_is(scene: Scene) -> None:
    browser = scene.browser("Rani")
    for answer in (browser.get(f"/groups/{scene.school}/place"), browser.post(f"/groups/{scene.school}/place")):
        assert answer.status_code == 404


def test_the_button_stands_on_the_courtyard_and_on_the_groups_page(scene: Scene) -> None:
    browser = scene.browser("Rani")
    assert 'class="btn no" href="/help"' in page(browser, "/")
    assert f'href="/help?in={scene.grades[3]}"' in page(browser, f"/groups/{scene.grades[3]}")


def test_the_page_without_a_signal_has_the_number_that_every_network_takes(browser: FlaskClient) -> None:
    name = re.findall(r'importScripts\("([^"]+)"', browser.get("/sw.js", headers=HEADERS).text)[0]
    script = browser.get(name).text
    assert 'href="tel:112"' in script or 'href=\\"tel:112\\"' in script
    assert len(set(places())) > len({one[:2] for one in places()})


def test_on_a_phone_of_several_people_the_numbers_need_no_pin(there: Scene) -> None:
    """Whoever holds it may call; of her whose room is locked nothing is there."""
    browser = there.browser("Rani")
    with browser.session_transaction() as cookie:
        cookie["pins"] = True
    shown = browser.get("/help")
    assert shown.status_code == 200
    assert CALLS.findall(shown.text)[0] == "112"
    assert "/help/3" not in shown.text
