"""Hear it on this phone: begin, renew, stop, leave; and addresses that are not to be called."""

from typing import Any

import pytest
import sqlalchemy as sa

from community.database import db, now
from community.people.models import Person, Session
from community.subscriptions.models import Listener, Subscription
from tests.conftest import Browser, Stage
from tests.subscriptions.browser import ENDPOINT, said

pytestmark = pytest.mark.sampled


def listeners(stage: Stage) -> set[tuple[str, int]]:
    """(end of the endpoint, person) of everybody who is pushed to."""
    with stage.app.app_context():
        wanted = sa.select(Subscription.endpoint, Listener.person_id).join(Listener)
        return {(endpoint.rpartition("/")[2], person) for endpoint, person in db.session.execute(wanted)}


def rows(stage: Stage) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Subscription.id))) or 0


def begin(browser: Browser, stage: Stage, token: str = "a", **more: str) -> Any:
    key_id = browser.get("/subscriptions/key").json["key_id"]  # type: ignore[index]
    return browser.post("/subscriptions", data=said(token, key_id=key_id) | more)


def test_a_phone_begins_and_says_so_again(stage: Stage):
    parent = stage.browser("parent")

    assert [begin(parent, stage).status_code for _ in range(2)] == [204, 204]
    assert listeners(stage) == {("a", stage.people["parent"])}


def test_several_phones_of_one_person(stage: Stage):
    for token in "ab":
        begin(stage.browser("parent"), stage, token)

    assert listeners(stage) == {("a", stage.people["parent"]), ("b", stage.people["parent"])}


def test_another_endpoint_of_the_same_phone_replaces_the_first(stage: Stage):
    parent = stage.browser("parent")
    begin(parent, stage, "a")
    with stage.app.app_context():
        db.session.execute(sa.update(Subscription).values(ended_at=now()))
        db.session.commit()
    begin(parent, stage, "b", again="1")

    assert listeners(stage) == {("b", stage.people["parent"])}
    with stage.app.app_context():
        assert db.session.scalar(sa.select(Subscription.ended_at)) is None


@pytest.mark.parametrize("more", [{}, {"again": "1"}])
def test_an_address_that_the_push_service_has_forgotten_is_to_be_exchanged(stage: Stage, more: dict[str, str]):
    parent = stage.browser("parent")
    begin(parent, stage, "a")
    with stage.app.app_context():
        db.session.execute(sa.update(Subscription).values(ended_at=now()))
        db.session.commit()

    assert begin(parent, stage, "a", **more).status_code == 409
    assert begin(parent, stage, "b", **more).status_code == 204
    assert listeners(stage) == {("b", stage.people["parent"])}


def test_renewing_makes_nobody_listen(stage: Stage):
    parent = stage.browser("parent")
    begin(parent, stage)
    parent.post("/me/sign-out")
    assert begin(stage.browser("member"), stage, "c", again="1").status_code == 410
    assert rows(stage) == 0


def test_the_second_person_on_a_phone_joins_the_first_and_each_leaves_alone(stage: Stage):
    phone = stage.browser("parent")
    begin(phone, stage)
    stage_code(stage, phone, "member")
    assert listeners(stage) == {("a", stage.people["parent"])}, "the first still hears when somebody else signs in"
    assert begin(phone, stage, again="1").status_code == 204
    assert listeners(stage) == {("a", stage.people["parent"])}, "and the second only once she has asked for it"
    begin(phone, stage)
    assert listeners(stage) == {("a", stage.people["parent"]), ("a", stage.people["member"])}
    phone.post("/me/sign-out")
    assert listeners(stage) == {("a", stage.people["parent"])}


def stage_code(stage: Stage, phone: Browser, part: str) -> None:
    """Somebody else signs in on the phone."""
    from datetime import timedelta

    from community.database import writing
    from community.people.sign_in import SignInCode

    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people[part])
        code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=5))
        db.session.commit()
    assert phone.post(f"/enter/{code}").status_code == 303


def test_stopping_takes_the_last_one_and_the_phone_along(stage: Stage):
    parent = stage.browser("parent")
    begin(parent, stage)

    assert parent.post("/subscriptions/end").location == "/subscriptions"
    assert rows(stage) == 0
    assert parent.post("/subscriptions/end").status_code == 303, "twice is harmless"


def test_signing_out_stops_it(stage: Stage):
    parent = stage.browser("parent")
    begin(parent, stage)
    parent.post("/me/sign-out")

    assert rows(stage) == 0


def test_closing_my_room_on_another_phone_stops_it_there(stage: Stage):
    lost, mine = stage.browser("parent"), stage.browser("parent")
    begin(lost, stage, "a")
    begin(mine, stage, "b")
    with stage.app.app_context():
        on_lost = sa.select(Subscription.phone_id).where(Subscription.endpoint.endswith("/a"))
        session_id = db.session.scalar(sa.select(Session.id).where(Session.phone_id == on_lost.scalar_subquery()))
    mine.post(f"/sessions/{session_id}/end")

    assert listeners(stage) == {("b", stage.people["parent"])}


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": ""},
        {"endpoint": "https://evil.example/push"},
        {"endpoint": "http://fcm.googleapis.com/fcm/send/a"},
        {"endpoint": "https://fcm.googleapis.com:8443/fcm/send/a"},
        {"endpoint": "https://fcm.googleapis.com@evil.example/a"},
        {"endpoint": "http://127.0.0.1:9/a"},
        {"endpoint": "https://fcm.googleapis.com/" + "a" * 3000},
        {"p256dh": ""},
        {"p256dh": "B" * 87},
        {"auth": "A"},
        {"auth": "A" * 3000},
        {"key_id": "nobodys"},
    ],
    ids=str,
)
def test_what_cannot_be_pushed_to_is_refused_in_words(stage: Stage, wrong: dict[str, str]):
    parent = stage.browser("parent")
    answer = begin(parent, stage, **wrong)

    assert answer.status_code == 422
    assert "<h1>" in answer.text
    assert rows(stage) == 0


def test_an_endpoint_of_another_phone_stays_there(stage: Stage):
    begin(stage.browser("parent"), stage)
    thief = stage.browser("member")
    answer = begin(thief, stage, auth="BBBBBBBBBBBBBBBBBBBBBA")

    assert answer.status_code == 422
    assert listeners(stage) == {("a", stage.people["parent"])}


def test_a_browser_whose_cookies_were_cleared_brings_its_endpoint_along(stage: Stage):
    begin(stage.browser("parent"), stage)
    begin(stage.browser("parent"), stage)

    assert rows(stage) == 1


def test_the_phones_clock_is_hers(stage: Stage):
    parent = stage.browser("parent")
    for zone, expected in (
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("Mars/Olympus", "Asia/Kathmandu"),
        ("", "Asia/Kathmandu"),
    ):
        begin(parent, stage, zone=zone)
        with stage.app.app_context():
            assert db.session.get_one(Person, stage.people["parent"]).zone == expected


def test_the_page_says_whether_it_is_on(stage: Stage):
    parent = stage.browser("parent")
    assert 'data-on=""' in parent.get("/subscriptions").text
    begin(parent, stage)
    page = parent.get("/subscriptions").text
    assert 'data-on="1"' in page
    assert 'data-state="on">' in page, "also without JavaScript"
    assert 'href="/subscriptions"' in parent.get("/me").text


def test_the_key_is_a_point_on_the_curve_and_its_id_is_known(stage: Stage):
    from community.subscriptions.endpoint import check_keys

    key = stage.browser("parent").get("/subscriptions/key").json
    assert key
    with stage.app.app_context():
        check_keys(key["key"], "A" * 22)
    assert ENDPOINT.startswith("https://")
