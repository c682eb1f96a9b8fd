"""Whatever is offered, taken, handed over, taken back, dated and ended, in whatever order: the courtyard keeps an admin
who does not end, and nobody comes to lead what was not led by who gave it to her.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from community.database import db, now, writing
from community.delegation.models import Appointment, Void
from community.delegation.taking import take_back, take_on
from community.groups.membership import LastAdmin, Membership, Standing, admit
from community.groups.models import Category, Group
from community.people.models import Person
from tests.conftest import ALL
from tests.house.ground import Ground, hurry

PEOPLE, GROUPS = 4, 4
STEP = st.tuples(
    st.sampled_from(["offer", "office", "hand", "take", "back", "appoint", "date", "leave"]),
    st.integers(0, PEOPLE - 1),
    st.integers(0, PEOPLE - 1),
    st.integers(0, GROUPS - 1),
    st.sampled_from(["member", "responder", "moderator", "admin"]),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, ground: Ground) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("machine")
    url = ground.prepare(folder, with_school=False)
    app = hurry(create_app({"INSTANCE": str(folder), "DATABASE_URL": url}, TESTING=True))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Courtyard:
    """A root, two districts, farmers in one of them; the first of four people looks after it all."""

    def __init__(self) -> None:
        self.root = self._group(None)
        self.groups = [self.root, self._group(self.root), self._group(self.root)]
        self.groups.append(self._group(self.groups[1]))
        self.farmers = Category.make(self.root.id, "Farmers", "en", "wheat", "mor")
        self.groups[3].carry(self.farmers)
        self.people = [Person(picture="parrot", colour="mor", language="en") for _ in range(PEOPLE)]
        db.session.add_all(self.people)
        db.session.flush()
        for person in self.people:
            admit(self.root, person)
        admit(self.root, self.people[0]).role = "admin"
        self.offers: list[Appointment] = []

    def _group(self, parent: Group | None) -> Group:
        return Group.plant(parent, name="g", language="en", picture="tree", colour="mor")

    def led(self) -> set[tuple[int, int]]:
        """(person, group) for all that is led now."""
        return {
            (place, group.id)
            for place, person in enumerate(self.people)
            for group in self.groups
            if Standing.of(person).is_at_least("admin", group)
        }

    def step(self, what: str, by: Person, to: Person, group: Group, role: str) -> None:
        """As the views do it: each thing behind its gate."""
        leads = Standing.of(by).is_at_least("admin", group)
        if what in ("offer", "office", "hand") and leads and role != "member":
            self._offer(what, by, to, group, role)
        elif what == "take" and self.offers:
            take_on(self.offers[-1 - self.groups.index(group) % len(self.offers)], to)
        elif what == "back" and self.offers:
            take_back(self.offers[-1 - self.groups.index(group) % len(self.offers)], by)
        elif what in ("appoint", "date") and leads and by is not to:
            self._appoint(what, by, to, group, role)
        elif what == "leave":
            for held in Standing.of(by).here(group):
                held.end()

    def source(self, what: str, by: Person, group: Group) -> int | None:
        """Whose power it was that somebody has now: the place of who offered it, or gives it back."""
        offer = self.offers[-1 - self.groups.index(group) % len(self.offers)] if self.offers else None
        if offer and what == "take":
            by = offer.issuer
        if offer and what == "back":
            by = db.session.get_one(Person, offer.answered_by)
        return self.people.index(by)

    def _offer(self, what: str, by: Person, to: Person, group: Group, role: str) -> None:
        more: dict[str, Any] = {"office": {"category": self.farmers}, "hand": {"hands_over": True}}.get(what, {})
        self.offers.append(Appointment.offer(group, by, role="admin" if what == "hand" else role, **more))

    def _appoint(self, what: str, by: Person, to: Person, group: Group, role: str) -> None:
        for held in Membership.together(group.id, to.id)[:1]:
            if what == "appoint":
                held.appoint(role, by)
            else:
                held.appoint(held.role, by, now() + timedelta(days=3))


@settings(max_examples=25 if ALL else 6, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=25))
def test_the_courtyard_keeps_an_admin_and_power_only_goes_down(
    house: Flask, steps: list[tuple[str, int, int, int, str]]
) -> None:
    with house.test_request_context(), writing():
        yard = Courtyard()
        for what, by, to, place, role in steps:
            before = yard.led()
            with db.session.begin_nested() as point:
                try:
                    yard.step(what, yard.people[by], yard.people[to], yard.groups[place], role)
                    db.session.flush()
                except (Void, LastAdmin):
                    point.rollback()
            db.session.expire_all()
            for _person, group in yard.led() - before:
                assert (yard.source(what, yard.people[by], yard.groups[place]), group) in before, what
            endless = (Membership.group_id == yard.root.id, Membership.role == "admin", Membership.role_until.is_(None))
            assert db.session.scalar(sa.select(sa.func.count()).where(*endless)), what
        db.session.rollback()
