"""A community of so many phones, ready to be pushed to at a push service on this machine."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import create_app
from bench.race import service, trusted_in
from community.announcements.models import UNDO, Announcement, Audience
from community.announcements.releasing import release
from community.database import Base, db, writing
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.notifications import vapid
from community.notifications.models import Delivery
from community.outbox.models import Outbox
from community.people.models import Person, Phone, fingerprint
from community.subscriptions.models import Listener, Subscription
from tests.notifications.phone import Phone as Keys
from tests.promises import at_head

GROUPS = 40
LOOKS = {"picture": "mango", "colour": "neem", "language": "hi"}
AWAKE = {"quiet_from": 0, "quiet_until": 0}
TEXT = (
    "कल सुबह नौ बजे टीकाकरण शिविर है। अपने बच्चों को साफ़ कपड़ों में लाएँ और टीके का कार्ड साथ रखें। "
    "पानी और छाया का इंतज़ाम रहेगा; जो दूर से आते हैं, उनके लिए बस आठ बजे चौक से चलेगी।"
)


@dataclass(frozen=True)
class Crowd:
    """Who is there, by number; the endpoint of each phone ends with its number."""

    app: Flask
    receipts: Path  # a line for each message that reached the push service: its path
    community: int
    author: int
    phones: list[str]  # the paths of their endpoints

    def announce(self, key: str) -> int:
        """Say it to all of them; the promise of the fan-out is due now. Returns the announcement's number."""
        with self.app.app_context(), writing():
            said = Announcement.publish(
                Audience.of(db.session.get_one(Group, self.community)), db.session.get_one(Person, self.author),
                key=key, text=TEXT, language="hi",
            )  # fmt: skip
            said.release_at -= UNDO
            db.session.flush()
            db.session.execute(sa.delete(Outbox).where(Outbox.kind == "release"))
            release(said.id)
            number: int = said.id
            db.session.commit()
        return number

    def open_promises(self) -> int:
        """How many of the fan-out's are still to be kept; the sweep, ten minutes later, is none of them."""
        with self.app.app_context():
            wanted = sa.select(sa.func.count(Outbox.id)).where(
                Outbox.done_at.is_(None), Outbox.kind.in_(("fan-out", "push")), ~Outbox.key.startswith("sweep")
            )
            count = db.session.scalar(wanted) or 0
            db.session.commit()
            return count

    def states(self, announcement: int) -> dict[str, int]:
        with self.app.app_context():
            by_state = sa.select(Delivery.state, sa.func.count()).where(Delivery.announcement_id == announcement)
            found = {state: count for state, count in db.session.execute(by_state.group_by(Delivery.state))}
            db.session.commit()
            return found

    def copies(self) -> Counter[str]:
        """How many messages each phone got since `receipts` was emptied last."""
        return Counter(self.receipts.read_text().split())


@contextmanager
def crowd(
    phones: int, database: str = "", *, counted: bool = False, **settings: str
) -> Iterator[tuple[Crowd, dict[str, str]]]:
    """The crowd, and the settings with which another process finds it. `counted`: the push service writes receipts."""
    with tempfile.TemporaryDirectory(prefix="aangan-crowd-") as name, ExitStack() as stack:
        folder = Path(name)
        trusted, receipts = trusted_in(folder), folder / "receipts"
        port = stack.enter_context(service(trusted, receipts=receipts if counted else None))
        told = {
            "INSTANCE": name, "DATABASE_URL": database or f"sqlite:///{folder / 'crowd.db'}", "DEMO": "0",
            "PUSH_LOOPBACK": "1", "PUSH_CA": str(trusted.ca), "PUSH_RATE": "1000000", **settings,
        }  # fmt: skip
        app = made(create_app(told))
        try:
            yield gather(app, phones, f"https://127.0.0.1:{port}", receipts), told
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def gather(app: Flask, phones: int, push_service: str, receipts: Path) -> Crowd:
    """Build it in an empty database: forty groups in a tree of two levels, a person a phone."""
    with app.app_context(), writing():
        root = Group.plant(name="ज़िला", picture="map", colour="neela", language="hi", joining="link")
        groups = [
            Group.plant(root, name=f"गाँव {number}", picture="village", colour="neem", language="hi", joining="link")
            for number in range(GROUPS)
        ]
        author = Person(name="आशा", **LOOKS, **AWAKE)
        db.session.add(author)
        db.session.flush()
        admit(root, author, role="admin")
        _people(phones, groups, push_service)
        found = Crowd(app, receipts, root.id, author.id, [f"/push/{number}" for number in range(phones)])
        db.session.commit()
    return found


def _people(phones: int, groups: list[Group], push_service: str) -> None:
    """Rows at once: one by one they would take longer than the fan-out. The phones share sixteen pairs of keys."""
    keys, key_id = [Keys() for _ in range(16)], vapid.public_key()[0]
    first = (db.session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    rows: dict[type[Base], list[dict[str, Any]]] = {
        model: [] for model in (Person, Phone, Subscription, Listener, Membership)
    }
    for number in range(phones):
        endpoint, of = f"{push_service}/push/{number}", keys[number % len(keys)]
        group = groups[number % len(groups)]
        rows[Person].append({"id": first + number, "arrival": f"crowd-{number}", **LOOKS, **AWAKE})
        rows[Phone].append({"id": number + 1, "label": "Android · Chrome"})
        rows[Subscription].append({
            "id": number + 1, "phone_id": number + 1, "endpoint": endpoint, "endpoint_digest": fingerprint(endpoint),
            "p256dh": of.p256dh, "auth": of.auth, "key_id": key_id,
        })  # fmt: skip
        rows[Listener].append({"subscription_id": number + 1, "person_id": first + number})
        rows[Membership].append({
            "community_id": group.community_id, "group_id": group.id, "person_id": first + number,
        })  # fmt: skip
    for model, values in rows.items():
        db.session.execute(sa.insert(model), values)


def made(app: Flask) -> Flask:
    """The same app with the tables in its database."""
    with app.app_context():
        Base.metadata.create_all(db.engine)
    at_head(app)
    return app
