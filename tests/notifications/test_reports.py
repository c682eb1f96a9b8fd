"""What phones report: once, by their tokens, and nothing of who switched it off."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.models import Announcement
from community.database import db, now, writing
from community.notifications import views
from community.notifications.models import Delivery
from community.people.models import Person, Phone, Session
from community.subscriptions.models import Listener, Subscription
from tests.conftest import Browser, Stage


class Push:
    """The parent's phone, which has a copy of the school's first announcement."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.browser = stage, stage.browser("parent")
        who = stage.people["parent"]
        with stage.app.app_context(), writing():
            own = db.session.scalars(sa.select(Session).where(Session.person_id == who).order_by(Session.id.desc()))
            phone = db.session.get_one(Phone, own.first().phone_id)  # type: ignore[union-attr]
            keys = {"p256dh": "p", "auth": "a", "key_id": "k"}
            kept = Subscription.save(phone, db.session.get_one(Person, who), endpoint="https://push.example/1", **keys)
            self.announcement = db.session.scalars(sa.select(Announcement.id).where(Announcement.seq == 1)).one()
            made = Delivery(
                announcement_id=self.announcement, subscription_id=kept.id, person_id=who, state="sent",
                accepted_at=now(),
            )  # fmt: skip
            db.session.add(made)
            db.session.flush()
            self.id, self.token, self.phone, self.subscription = made.id, made.token, phone.id, kept.id
            db.session.commit()

    def report(self, browser: Browser | None = None, **fields: Any) -> int:
        return (browser or self.stage.app.test_client()).post("/deliveries", data=fields).status_code  # type: ignore[union-attr]

    def set(self, model: Any, number: int, **values: Any) -> None:
        with self.stage.app.app_context(), writing():
            db.session.execute(sa.update(model).where(model.id == number).values(**values))
            db.session.commit()

    @property
    def moments(self) -> tuple[datetime | None, datetime | None]:
        with self.stage.app.app_context():
            found = db.session.get_one(Delivery, self.id)
            return found.shown_at, found.opened_at


@pytest.fixture
def push(stage: Stage) -> Push:
    return Push(stage)


def test_shown_and_opened_are_noted_once(push: Push) -> None:
    assert push.report(shown=push.token) == 204
    first = push.moments
    assert first[0]
    assert first[1] is None
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        push.report(shown=push.token, opened=push.token)
    assert push.moments[0] == first[0]
    assert push.moments[1]


def test_what_was_opened_was_shown(push: Push) -> None:
    push.report(opened=push.token)
    assert all(push.moments)


def test_a_clock_that_was_set_back_reports_nothing_before_the_copy(push: Push) -> None:
    later = now() + timedelta(days=2)
    push.set(Delivery, push.id, created=later)
    push.report(shown=push.token)
    assert push.moments[0] == later


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 16, "x" * 5000, "' OR 1=1 --", "\x00" * 16, "%" * 16, "क" * 16, "_" * 16]
)
def test_tokens_that_lead_nowhere_are_answered_alike(push: Push, token: str) -> None:
    known = push.browser.post("/deliveries", data={"shown": push.token})
    unknown = push.browser.post("/deliveries", data={"shown": token, "opened": token, "announcement": token})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (204, b"")
    assert {name for name, _ in known.headers} == {name for name, _ in unknown.headers}
    assert push.moments[1] is None


def test_at_most_a_hundred_are_read(push: Push) -> None:
    push.report(shown=["y" * 16] * 100 + [push.token])
    assert push.moments == (None, None)
    push.report(shown=["y" * 16] * 99 + [push.token])
    assert push.moments[0]


def test_who_switched_it_off_reports_nothing(push: Push) -> None:
    push.set(Person, push.stage.people["parent"], reports=False)
    assert push.report(push.browser, shown=push.token, opened=push.token, announcement=push.announcement) == 204
    assert push.moments == (None, None)


def test_on_a_shared_phone_one_no_is_enough(push: Push) -> None:
    with push.stage.app.app_context(), writing():
        other = db.session.get_one(Person, push.stage.people["member"])
        Listener.add(db.session.get_one(Subscription, push.subscription), other)
        other.reports = False
        db.session.commit()
    push.report(opened=push.token)
    assert push.moments == (None, None)


def test_a_page_that_was_looked_at_counts_as_opened_on_this_phone(push: Push) -> None:
    text = push.browser.get(f"/announcements/{push.announcement}").text
    assert 'action="/deliveries" data-heard' in text
    assert push.moments == (None, None), "a GET wrote"
    push.report(push.browser, announcement=push.announcement)
    assert push.moments[1]


def test_another_phone_and_nobody_say_nothing_about_it(push: Push) -> None:
    push.report(push.stage.browser("parent"), announcement=push.announcement)
    push.report(announcement=push.announcement)
    assert push.moments == (None, None)


def test_who_reports_without_end_is_stopped(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "HOURLY", 3)
    assert [push.report(shown="z" * 16) for _ in range(4)] == [204, 204, 204, 429]
    assert push.report(push.browser, shown=push.token) == 204, "another phone at the same address is not held up"


def test_another_site_reports_nothing(push: Push) -> None:
    answer = push.stage.app.test_client().post(
        "/deliveries", data={"shown": push.token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert push.moments == (None, None)
