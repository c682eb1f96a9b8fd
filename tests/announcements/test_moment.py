"""When it goes out and when it ends, as said in the community's time zone, whatever the clock does meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from community.groups.models import Group
from community.outbox.embedded import run_due

from .scene import Scene, cards_on, page

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def head(stage: Scene) -> FlaskClient:
    # Signed in long before: a cookie from the future opens nothing.
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        return stage.newcomer("Asha the second", stage.school, role="admin")


def keep_promises(stage: Scene) -> None:
    with stage.app.app_context():
        while run_due():
            pass


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Asia/Kolkata", "2026-03-08T04:30"),
        ("America/New_York", "2026-03-08T14:00"),
        ("Asia/Kathmandu", "2026-03-08T04:15"),
    ],
)
def test_a_time_is_the_communitys_own(stage: Scene, head: FlaskClient, zone: str, utc: str):
    stage.set(Group, stage.school, zone=zone)
    with time_machine.travel(NOON, tick=False):
        stage.announce(head, "मेला", at="2026-03-08T10:00")

    assert stage.state(stage.said("मेला")).release_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_it_waits_for_its_time(stage: Scene, head: FlaskClient):
    with time_machine.travel(NOON, tick=False):
        stage.announce(head, "मेला", at="2026-03-03T10:00")
    number = stage.said("मेला")

    with time_machine.travel(datetime(2026, 3, 3, 4, 29, 59, tzinfo=UTC), tick=False):
        keep_promises(stage)
        assert stage.state(number).seq is None
    with time_machine.travel(datetime(2026, 3, 3, 4, 30, 1, tzinfo=UTC), tick=False):
        keep_promises(stage)
        assert stage.state(number).released_at == datetime(2026, 3, 3, 4, 30, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        *(("Asia/Kolkata", at) for at in ("2026-03-01T10:00", "2028-01-01T10:00", "tomorrow", "2026-13-45T99:99")),
        ("Asia/Kolkata", "0001-01-01T00:00"),
        ("America/New_York", "9999-12-31T23:59"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_and_nothing_is_lost(stage: Scene, head: FlaskClient, at: str, zone: str):
    stage.set(Group, stage.school, zone=zone)
    with time_machine.travel(NOON, tick=False):
        answer = stage.announce(head, "The fair begins", at=at, kind="activity", expiry="7", pin="1")

    assert answer.status_code == 422
    assert "The fair begins</textarea>" in answer.text
    assert 'id="wrong-at"' in answer.text
    assert f'name="at" value="{at}"' in answer.text
    for ticked in (
        'id="kind-activity" value="activity" checked',
        'id="expiry-7" value="7" checked',
        'id="pin" value="1" checked',
    ):
        assert ticked in answer.text


def test_a_scheduled_form_that_comes_again_late_is_not_late(stage: Scene, head: FlaskClient):
    with time_machine.travel(NOON, tick=False):
        first = stage.announce(head, "मेला", at="2026-03-02T18:00")
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        again = stage.announce(head, "मेला", at="2026-03-02T18:00")

    assert (again.status_code, again.location) == (first.status_code, first.location) == (303, first.location)


def test_a_day_begins_when_it_is_heard(stage: Scene, head: FlaskClient):
    with time_machine.travel(NOON, tick=False):
        stage.announce(head, "मेला", at="2026-03-08T10:00", expiry="1")

    said = stage.state(stage.said("मेला"))

    assert said.expires == said.release_at + timedelta(days=1)


def test_after_its_day_it_is_gone(stage: Scene, head: FlaskClient):
    with time_machine.travel(NOON, tick=False):
        stage.announce(head, "मेला", expiry="1")
    number = stage.said("मेला")
    seen = {}
    for hours in (1, 25):
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            keep_promises(stage)
            seen[hours] = number in cards_on(page(head, "/"))

    assert seen == {1: True, 25: False}


def test_a_clock_set_back_loses_and_doubles_nothing(stage: Scene, head: FlaskClient):
    with time_machine.travel(NOON, tick=False):
        stage.release("head", "पहले")
        stage.announce(head, "घड़ी")
    number = stage.said("घड़ी")

    for minutes in (-60, -30, 1, 2):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            keep_promises(stage)
            if minutes < 0:
                assert stage.state(number).is_waiting

    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        assert cards_on(page(head, "/"))[:2] == [number, stage.said("पहले")]


def test_what_is_said_after_the_clock_was_set_back_still_stands_first(stage: Scene, head: FlaskClient):
    for minutes, text in ((0, "पहले"), (-60, "बाद में"), (-59, "सबसे बाद")):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            stage.release("head", text)

    with time_machine.travel(NOON, tick=False):
        shown = cards_on(page(head, "/"))

    assert shown[:3] == [stage.said(text) for text in ("सबसे बाद", "बाद में", "पहले")]


def test_a_clock_set_back_keeps_the_undo_open(stage: Scene, head: FlaskClient):
    with time_machine.travel(NOON, tick=False):
        stage.announce(head, "घड़ी")
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        keep_promises(stage)
        assert head.post(f"/announcements/{stage.said('घड़ी')}/withdrawal").status_code == 303
