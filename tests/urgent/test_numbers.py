"""Numbers are data: whole, callable, drawn and said; and reached by whoever she is."""

import re
import tomllib
from typing import Any

import pytest
from babel.core import get_global
from flask.testing import FlaskClient

from community.assets import STATIC
from community.database import db
from community.groups.models import Group
from community.languages import LANGUAGES
from community.urgent.models import GroupPlace
from community.urgent.numbers import ANYWHERE, FILE, SERVICES, country_of, numbers_of, places
from tests.announcements.scene import Scene, page
from tests.conftest import HEADERS

CALLS = re.compile(r'href="tel:(\d+)"')


# ISO 3166-2. India's in the letters of its number plates, as ISO has them since 2023.
STATES = {
    "IN": "AN AP AR AS BR CG CH DH DL GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD PB PY RJ SK TN TR TS UK UP WB",
    "PK": "BA GB IS JK KP PB SD",
}  # fmt: skip
READ = re.compile(r"(20[0-9]{2}(-[01][0-9])?|undated) https?://[^ ]+")
PLACE = {
    "source": "https://112.gov.in", "zones": ["Asia/Kolkata"], "numbers": {"all": ["112"]},
    "checked": {"112": "2024 https://example.org"},
}  # fmt: skip


def faults(file: dict[str, Any]) -> list[str]:
    """What is wrong in a file of numbers."""
    found = [f"{code}: no such country" for code in file if code not in get_global("territory_zones") or code == "ZZ"]
    for code, said in file.items():
        if "https://" not in said["source"]:
            found.append(f"{code}: nobody could look it up")
        zones = get_global("territory_zones").get(code, [])
        if not said["zones"] or any(get_global("zone_aliases").get(zone, zone) not in zones for zone in said["zones"]):
            found.append(f"{code}: zones of another country")
        found += _wrong_numbers(code, said["numbers"], said["checked"])
        if stale := said["checked"].keys() - {number for numbers in said["numbers"].values() for number in numbers}:
            found.append(f"{code}: not offered there: {stale}")
        for state, own in said.get("states", {}).items():
            found += _wrong_state(code, state, own, said)
    return found


def _wrong_state(code: str, state: str, own: dict[str, Any], said: dict[str, Any]) -> list[str]:
    found = [] if state in STATES.get(code, "").split() else [f"{code}-{state}: no such state"]
    if own.keys() - SERVICES.keys() - {"checked"} != {"name", "language"} or own["language"] not in LANGUAGES:
        found.append(f"{code}-{state}: its name, in a language of the app, and numbers")
    services = {service: one for service, one in own.items() if service in SERVICES}
    if not services:
        found.append(f"{code}-{state}: nothing of its own")
    offered = {number for numbers in services.values() for number in numbers}
    if stale := own.get("checked", {}).keys() - offered:
        found.append(f"{code}-{state}: not offered there: {stale}")
    return found + _wrong_numbers(
        f"{code}-{state}", said["numbers"] | services, said["checked"] | own.get("checked", {})
    )


def _wrong_numbers(place: str, services: dict[str, list[str]], checked: dict[str, str]) -> list[str]:
    every = [number for numbers in services.values() for number in numbers]
    found = [f"{place}: no service {one}" for one in services if one not in SERVICES]
    found += [f"{place}: not a number: {one}" for one in every if not re.fullmatch("[1-9][0-9]{1,11}", one)]
    found += [f"{place}: twice: {one}" for one in every if every.count(one) > 1]
    found += [f"{place}: read nowhere: {one}" for one in every if not READ.fullmatch(checked.get(one, ""))]
    return found if every else [f"{place}: nobody to call"]


def test_the_file_is_whole_and_each_number_was_read_somewhere() -> None:
    assert faults(tomllib.loads(FILE.read_text())) == []


@pytest.mark.parametrize(
    ("code", "changed", "why"),
    [
        ("IN", {}, ""),
        ("XX", {}, "no such country"),
        ("PK", {}, "zones of another country"),
        ("IN", {"zones": []}, "zones of another country"),
        ("IN", {"source": "somebody said so"}, "nobody could look it up"),
        ("IN", {"numbers": {}}, "nobody to call"),
        ("IN", {"numbers": {"all": ["112"], "womn": ["181"]}}, "no service womn"),
        ("IN", {"numbers": {"all": ["112"], "women": ["181"]}}, "read nowhere: 181"),
        ("IN", {"checked": {"112": "everybody knows"}}, "read nowhere: 112"),
        ("IN", {"checked": PLACE["checked"] | {"999": "2024 https://example.org"}}, "not offered there: {'999'}"),
        ("IN", {"numbers": {"all": ["112", "112"]}}, "twice: 112"),
        ("IN", {"numbers": {"all": ["112"], "women": ["112"]}}, "twice: 112"),
        ("IN", {"numbers": {"all": ["11 2"]}}, "not a number"),
        ("IN", {"numbers": {"all": ["११२"]}}, "not a number"),
        ("IN", {"numbers": {"all": ["0"]}}, "not a number"),
        ("IN", {"states": {"XY": {"name": "एक", "language": "hi", "women": []}}}, "IN-XY: no such state"),
        ("IN", {"states": {"UP": {"name": "एक", "language": "hi", "women": ["1090"]}}}, "IN-UP: read nowhere: 1090"),
        ("IN", {"states": {"UP": {"name": "एक", "language": "hi", "women": ["112"]}}}, "IN-UP: twice: 112"),
        ("IN", {"states": {"UP": {"name": "एक", "language": "xx", "women": []}}}, "IN-UP: its name"),
        ("IN", {"states": {"UP": {"language": "hi", "women": []}}}, "IN-UP: its name"),
        ("IN", {"states": {"UP": {"name": "एक", "language": "hi"}}}, "IN-UP: nothing of its own"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_it_is_found(code: str, changed: dict[str, Any], why: str) -> None:
    found = faults({code: PLACE | changed})
    assert any(why in one for one in found) if why else not found


def test_a_country_that_is_said_twice_is_not_read() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(FILE.read_text() + "\n[IN]\n")


def test_a_state_says_others_in_their_place_and_keeps_the_rest() -> None:
    uttar_pradesh, delhi = ([one.number for one in numbers_of(code)] for code in ("IN-UP", "IN-DL"))
    assert uttar_pradesh[:3] == ["112", "1090", "181"]
    assert "1098" in uttar_pradesh
    assert "100" not in uttar_pradesh, "there it became 112"
    assert "102" in delhi
    assert "108" not in delhi
    assert "181" not in [one.number for one in numbers_of("IN-WB")], "the one state without it"


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
