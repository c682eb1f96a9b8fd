"""After thirty days nothing is left of the deliveries but counts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import admit
from community.groups.models import Group
from community.notifications import folding
from community.notifications.discretion import Told
from community.notifications.folding import fold, fold_daily
from community.notifications.models import KEPT, Delivery, ReachCount
from community.notifications.reach import of
from community.outbox.models import Outbox
from community.people.models import Person
from community.subscriptions.models import Subscription
from tests.notifications.post_office import committed, listen, person, said

pytestmark = pytest.mark.sampled

LOOKS = {"name": "g", "language": "hi", "picture": "school", "colour": "mor"}
LATER = KEPT + timedelta(days=1)


@pytest.fixture
def root(app: Flask, inside: None) -> int:
    """A group of eleven: ten of them have a phone each."""
    head = person("head")
    with committed():
        root = Group.plant(None, **LOOKS).id
    for number in (head, *(person(f"p{place}") for place in range(10))):
        with committed():
            admit(db.session.get_one(Group, root), db.session.get_one(Person, number)).heard_seq = 0
        if number != head:
            listen(number)
    return root


@pytest.fixture
def number(root: int) -> int:
    return sent(root, "एक")


def sent(root: int, text: str) -> int:
    """Announced; shown on seven phones, failed on three."""
    head = db.session.scalars(sa.select(Person.id).order_by(Person.id)).first()
    assert head
    number = said(root, head, text)
    with committed():
        for place, phone in enumerate(db.session.scalars(sa.select(Subscription).order_by(Subscription.id)).all()):
            well = {"state": "sent", "accepted_at": now(), "shown_at": now()} if place < 7 else {"state": "failed"}
            who = phone.listeners[0].person_id
            db.session.add(Delivery(announcement_id=number, subscription_id=phone.id, person_id=who, **well))
    return number


def folded(date: str = "2026-01-01", **more: int) -> None:
    with committed():
        fold(date, **more)


def told(number: int) -> Told:
    db.session.expire_all()
    return of(db.session.get_one(Announcement, number))


def left() -> int:
    return db.session.scalar(sa.select(sa.func.count(Delivery.id))) or 0


def test_the_page_is_the_same_before_and_after(number: int) -> None:
    before = told(number)
    assert before.steps["shown"].low == 5
    with time_machine.travel(now() + LATER, tick=False):
        folded()
        assert left() == 0
        assert told(number) == before


def test_phones_are_counted_too(number: int) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        folded()
    kept = {row.what: (row.people, row.phones) for row in db.session.scalars(sa.select(ReachCount))}
    assert kept["shown"] == (7, 7)
    assert kept["failed"] == (3, 0)
    assert kept["whole"] == (11, 0)


def test_what_is_younger_stays(number: int) -> None:
    with time_machine.travel(now() + KEPT - timedelta(minutes=1), tick=False):
        folded()
    assert left() == 10
    assert db.session.scalar(sa.select(ReachCount)) is None


def test_twice_is_once(number: int) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        folded()
        before = told(number)
        folded()
        assert told(number) == before


def test_a_straggler_does_not_change_what_was_counted(number: int) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        folded()
        before = told(number)
        with committed():
            head = db.session.scalars(sa.select(Person.id)).first()
            db.session.add(Delivery(announcement_id=number, person_id=head, state="failed"))
        folded()
        assert (told(number), left()) == (before, 0)


def test_many_are_folded_some_at_a_time(root: int, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "AT_ONCE", 1)
    sent(root, "दो")
    with time_machine.travel(now() + LATER, tick=False):
        folded()
        assert left() == 10
        assert promised() == ["fold:2026-01-01:1"]
        folded(step=1)
        assert left() == 0


def test_each_folding_promises_the_next(app: Flask, inside: None) -> None:
    with time_machine.travel("2026-05-01T10:00:00Z", tick=False), committed():
        fold_daily()
        fold_daily()
    assert promised() == ["fold:2026-05-02"]
    with time_machine.travel("2026-05-04T00:00:05Z", tick=False):
        folded("2026-05-02")  # the server was off for two days
    assert promised() == ["fold:2026-05-02", "fold:2026-05-05"]


def promised() -> list[str]:
    return list(db.session.scalars(sa.select(Outbox.key).where(Outbox.kind == "fold").order_by(Outbox.id)))
