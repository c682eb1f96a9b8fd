"""The sheet for the wall: an address that other phones can open, or none at all."""

import re

import pytest
import sqlalchemy as sa

from community.database import db
from community.invitations.models import Invitation
from tests.conftest import Stage


def poster(stage: Stage) -> str:
    with stage.app.app_context():
        number = db.session.scalars(sa.select(Invitation.id).where(Invitation.group_id == stage.grades[3])).one()
    return f"/invitations/{number}/poster"


def test_in_the_demo_it_says_that_only_this_machine_can_open_it(stage: Stage) -> None:
    page = stage.browser("teacher").get(poster(stage), base_url="http://localhost").text
    assert f"localhost/j/{stage.invitation}" in page
    assert "#alert" in page


def test_the_groups_own_language_stands_first_then_that_of_who_prints_hindi_and_english(stage: Stage) -> None:
    page = stage.browser("teacher").get(poster(stage), query_string={"lang": "ur"}).text
    assert re.findall(r'class="psub" lang="(\w+)" dir="(\w+)"', page) == [("hi", "ltr"), ("ur", "rtl"), ("en", "ltr")]
    page = stage.browser("teacher").get(poster(stage)).text
    assert re.findall(r'class="psub" lang="(\w+)"', page) == ["hi", "en"]
    assert page.startswith("<!doctype html>")


def test_its_steps_are_true_where_one_joins_and_where_one_asks(stage: Stage) -> None:
    """The door's word on the invitation is Join or Ask to come in, and may change while the sheet hangs on the wall."""
    page = stage.browser("teacher").get(poster(stage)).text
    assert "जुड़ें" not in page and "आने के लिए पूछें" not in page


@pytest.mark.parametrize("demo", [True, False])
def test_with_a_public_address_it_carries_that(stage: Stage, demo: bool) -> None:
    stage.app.config.update(DEMO=demo, PUBLIC_URL="https://aangan.example.org")
    page = stage.browser("teacher").get(poster(stage)).text
    assert f"aangan.example.org/j/{stage.invitation}" in page
    assert "#alert" not in page


def test_outside_the_demo_without_a_public_address_there_is_none(stage: Stage) -> None:
    stage.app.config.update(DEMO=False, PUBLIC_URL="")
    answer = stage.browser("teacher").get(poster(stage))
    assert answer.status_code == 503
    assert stage.invitation not in answer.text
