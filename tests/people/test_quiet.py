"""Quiet hours by one's own clock, and the switch for what phones tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from community.database import db, writing
from community.notifications.nights import night_ends
from community.people.models import Person
from tests.people.cast import person

if TYPE_CHECKING:
    from tests.conftest import Stage


def hours(stage: Stage, **form: str) -> tuple[int, int]:
    """Her quiet hours after this form."""
    assert stage.browser("parent").post("/me/quiet", data=form).location == "/me/quiet"
    found = person(stage, "parent")
    return found.quiet_from, found.quiet_until


def test_the_night_is_quiet_unless_one_says_otherwise(stage: Stage) -> None:
    page = stage.browser("parent").get("/me/quiet?lang=en").text
    assert "9 at night" in page
    assert "7 in the morning" in page
    assert 'value="on" aria-pressed="true"' in page


def test_each_step_is_an_hour_around_the_clock(stage: Stage) -> None:
    assert hours(stage, **{"from": "22"}) == (22, 7)
    assert hours(stage, until="6") == (22, 6)
    assert hours(stage, **{"from": "0"}) == (0, 6)
    page = stage.browser("parent").get("/me/quiet?lang=en").text
    assert re.findall(r'name="(from|until)" value="(\d+)"', page) == [
        ("from", "23"), ("from", "1"), ("until", "5"), ("until", "7"),
    ]  # fmt: skip


@pytest.mark.parametrize("wild", ["", "24", "-1", "x", "9" * 400, "१०"])
def test_what_is_no_hour_changes_nothing(stage: Stage, wild: str) -> None:
    assert hours(stage, **{"from": wild}) == ((10, 7) if wild == "१०" else (21, 7))


def test_off_and_on_again(stage: Stage) -> None:
    begins, ends = hours(stage, switch="off")
    assert begins == ends
    assert night_ends(person(stage, "parent"), person(stage, "parent").created) is None
    page = stage.browser("parent").get("/me/quiet").text
    assert 'name="from"' not in page
    assert hours(stage, switch="on") == (21, 7)


def test_switching_on_twice_keeps_the_hours(stage: Stage) -> None:
    hours(stage, **{"from": "20"})
    assert hours(stage, switch="on") == (20, 7)


def test_the_two_ends_do_not_meet(stage: Stage) -> None:
    assert hours(stage, **{"from": "7"}) == (21, 7)


@pytest.mark.parametrize(
    ("zone", "clock"), [("Asia/Kolkata", "5:30 in the evening"), ("Europe/Berlin", "1 in the afternoon")]
)
def test_it_says_what_time_it_is_for_her(stage: Stage, zone: str, clock: str) -> None:
    with stage.app.app_context(), writing():
        db.session.get_one(Person, stage.people["parent"]).zone = zone
        db.session.commit()
    browser = stage.browser("parent")
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        page = browser.get("/me/quiet?lang=en").text
    assert clock in page


def test_the_bar_shows_the_night_from_noon_to_noon(stage: Stage) -> None:
    page = stage.browser("parent").get("/me/quiet").text
    assert re.findall(r'<rect x="(\d+)"', page) == [str(place) for place in range(9, 19)]


def test_reports_are_switched_off_and_on(stage: Stage) -> None:
    browser = stage.browser("parent")
    assert 'value="1" aria-pressed="true"' in browser.get("/me/reports").text
    for value, chosen in (("", False), ("", False), ("1", True)):
        assert browser.post("/me/reports", data={"reports": value}).location == "/me/reports"
        assert person(stage, "parent").reports is chosen


def test_both_are_on_my_page_and_told_at_joining(stage: Stage) -> None:
    page = stage.browser("parent").get("/me").text
    assert '"/me/quiet"' in page
    assert '"/me/reports"' in page
    told = stage.app.test_client().get(f"/j/{stage.invitation}?lang=en").text
    assert "Your phone tells whether it showed a message" in told
