"""Me: looks, digits, and a sign-out that is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.people.cast import name, person

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage

SIGNED_IN = ("/me", "/me/looks", "/me/phones", "/me/phones/new", "/children", "/groups")


def test_the_page_leads_to_everything_that_is_mine(stage: Stage) -> None:
    page = stage.browser("parent").get("/me").text
    for way in ("/me/looks", "/language?next=/me", "/children", "/me/phones", "/me/phones/new", "/me/sign-out"):
        assert f'"{way}"' in page
    assert name(stage, "parent") in page


def test_new_looks(stage: Stage) -> None:
    fields = {"picture": "cat", "colour": "mor", "name": "  Meena\u202e  K "}
    assert stage.browser("parent").post("/me/looks", data=fields).location == "/me"
    found = person(stage, "parent")
    assert (found.picture, found.colour, found.name) == ("cat", "mor", "Meena K")


def test_a_name_may_go_again_and_nonsense_changes_nothing(stage: Stage) -> None:
    before = person(stage, "parent")
    stage.browser("parent").post("/me/looks", data={"picture": "../x", "colour": "#fff", "name": " "})
    found = person(stage, "parent")
    assert (found.picture, found.colour, found.name) == (before.picture, before.colour, None)


def test_a_name_that_is_too_long_comes_back_to_be_shortened(stage: Stage) -> None:
    before = name(stage, "parent")
    answer = stage.browser("parent").post("/me/looks", data={"picture": "cat", "name": "न" * 61})
    assert answer.status_code == 422
    assert "न" * 61 in answer.text
    assert name(stage, "parent") == before


def test_a_hostile_name_is_shown_and_does_nothing(stage: Stage) -> None:
    mine = stage.browser("parent")
    mine.post("/me/looks", data={"name": '"><script>alert(1)</script>'})
    for path in ("/me", "/me/looks"):
        assert "<script>alert" not in mine.get(path).text


def test_numbers_in_the_digits_of_my_script(stage: Stage) -> None:
    mine = stage.browser("parent")
    assert "१२३" in mine.get("/me").text
    mine.post("/me/digits", data={"digits": "own"})
    assert person(stage, "parent").native_digits
    mine.post("/me/digits", data={"digits": ""})
    assert not person(stage, "parent").native_digits


def test_a_script_that_counts_in_0_to_9_is_not_asked(stage: Stage) -> None:
    assert "/me/digits" not in stage.browser("english reader").get("/me").text


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_stranger_gets_401(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 401


def test_after_signing_out_the_old_cookie_opens_nothing(stage: Stage) -> None:
    mine = stage.browser("member")
    old = mine.get_cookie("aangan")
    assert old
    answer = mine.post("/me/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    thief = stage.app.test_client()
    for path in SIGNED_IN:
        thief.set_cookie("aangan", old.value)
        assert thief.get(path).status_code == 401
    for path in ("/me/looks", "/me/phones/new", "/children"):
        thief.set_cookie("aangan", old.value)
        assert thief.post(path).status_code == 401
    assert mine.get("/me").status_code == 401


def test_signing_out_twice_ends_at_the_same_door(stage: Stage) -> None:
    mine = stage.browser("member")
    old = mine.get_cookie("aangan")
    assert old
    mine.post("/me/sign-out")
    mine.set_cookie("aangan", old.value)
    assert mine.post("/me/sign-out").location == "/"


def test_signing_out_here_leaves_my_other_phone_alone(stage: Stage) -> None:
    here, there = stage.browser("member"), stage.browser("member")
    here.post("/me/sign-out")
    assert there.get("/me").status_code == 200


def test_another_site_can_not_sign_me_out(stage: Stage) -> None:
    mine = stage.browser("member")
    assert mine.post("/me/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert mine.get("/me").status_code == 200
