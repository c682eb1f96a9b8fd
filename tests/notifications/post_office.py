"""Hands for these tests: phones that listen, a sender that only notes, and the outbox run to its end."""

import json
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from community.announcements.audience import Audience
from community.announcements.models import UNDO, Announcement
from community.announcements.releasing import release
from community.database import db, writing
from community.groups.models import Category, Group
from community.notifications.models import Delivery
from community.notifications.sender import Letter, Outcome
from community.outbox.batch import run_batch
from community.outbox.models import Outbox
from community.people.models import Person, Phone
from community.subscriptions.models import Listener, Subscription

LOOKS = {"picture": "fish", "colour": "mor"}


class Postman:
    """Accepts every letter, or answers as `says` does; keeps them all."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.says: Callable[[Letter], Outcome] = lambda letter: Outcome(letter.number, "accepted")

    def send(self, letters: Iterable[Letter]) -> list[Outcome]:
        batch = list(letters)
        self.letters += batch
        return [self.says(letter) for letter in batch]

    @property
    def phones(self) -> list[int]:
        """The phone that each letter went to."""
        return [int(letter.endpoint.rsplit("/", 1)[1]) for letter in self.letters]

    def shown(self, phone: int) -> dict[str, Any]:
        (letter,) = [one for one in self.letters if one.endpoint.endswith(f"/{phone}")]
        found: dict[str, Any] = json.loads(letter.body)["notification"]
        return found


@contextmanager
def committed() -> Any:
    with writing():
        yield
        db.session.commit()


def person(name: str, **more: Any) -> int:
    with committed():
        made = Person(
            name=name, arrival=name, **LOOKS, **({"language": "hi", "quiet_from": 0, "quiet_until": 0} | more)
        )
        db.session.add(made)
        db.session.flush()
        return made.id


def listen(*people: int, phone: int | None = None) -> int:
    """A new phone on which these people listen; its number is what its endpoint ends with."""
    with committed():
        browser = db.session.get(Phone, phone) if phone else None
        if browser is None:
            browser = Phone(label="phone")
            db.session.add(browser)
            db.session.flush()
        for number in people:
            found = Subscription.save(
                browser, db.session.get_one(Person, number), endpoint=f"https://push.example/{browser.id}",
                p256dh="p", auth="a", key_id="k",
            )  # fmt: skip
        assert found
        return browser.id


def said(group_id: int, author: int, text: str = "कल छुट्टी है", category: int | None = None, kind: str = "news") -> int:
    """Announced and released; the fan-out is promised."""
    with committed():
        group = db.session.get_one(Group, group_id)
        audience = Audience.of(group, [db.session.get_one(Category, category)] if category else ())
        made = Announcement.publish(
            audience, db.session.get_one(Person, author), key=f"key-{text}-{group_id}", text=text, language="hi",
            kind=kind, role="member",
        )  # fmt: skip
        number = made.id
    with committed():
        db.session.execute(sa.delete(Outbox).where(Outbox.kind == "release"))
        db.session.get_one(Announcement, number).release_at -= UNDO
        release(number)
    return number


COUNTING = ("count", "recount")  # goes on beside everything


def run_all(worker: str = "postman", *, kinds: tuple[str, ...] = ("fan-out", "push", "morning")) -> int:
    """Keep every promise of these kinds that is due; how many batches ran."""
    ran = 0
    while True:
        with committed():
            rows = Outbox.claim(worker, most=1)
            if not rows or rows[0].kind not in (*kinds, *COUNTING):
                _put_back(rows)
                return ran
        run_batch(rows[0], worker)
        ran += rows[0].kind in kinds


def _put_back(rows: list[Outbox]) -> None:
    for row in rows:
        row.lease_until = None


def states(announcement_id: int) -> dict[int, str]:
    """What became of each phone's copy, by the phone's number."""
    wanted = sa.select(Subscription.phone_id, Delivery.state).join(
        Delivery, Delivery.subscription_id == Subscription.id
    )
    return {
        phone: state for phone, state in db.session.execute(wanted.where(Delivery.announcement_id == announcement_id))
    }


def listeners() -> dict[int, set[int]]:
    """The people of each phone."""
    found: dict[int, set[int]] = {}
    for phone, who in db.session.execute(sa.select(Subscription.phone_id, Listener.person_id).join(Listener)):
        found.setdefault(phone, set()).add(who)
    return found
