"""The cast and the doors: an app on a fresh database for each test, and browsers for each of its people.

The database is SQLite in a folder of the test, or whatever AANGAN_TEST_DATABASE names (PostgreSQL, emptied between tests).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from community.database import Base, db, writing
from community.outbox.embedded import run_due
from community.people.models import Person, SignInCode
from demo import school

HEADERS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    url = os.environ.get("AANGAN_TEST_DATABASE") or f"sqlite:///{tmp_path / 'test.db'}"
    app = create_app({"INSTANCE": str(tmp_path), "DATABASE_URL": url}, TESTING=True)
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Browser(FlaskClient):
    """A client that posts as our own pages do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["headers"] = {**HEADERS, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody is signed in on."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


class Stage:
    """The demo's school, with a browser for each of its people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        app.test_client_class = Browser
        with app.app_context(), writing():
            cast = school.build()
            db.session.commit()
            self.school: int = cast.school.id
            self.grades: dict[int, int] = {number: group.id for number, group in cast.grades.items()}
            self.people: dict[str, int] = {part: person.id for part, person in cast.people.items()}
            assert cast.invitation
            self.invitation: str = cast.invitation.code

    def browser(self, part: str) -> Browser:
        """A new browser on which this part of the cast is signed in."""
        return self.signed_in(self.people[part])

    def signed_in(self, person_id: int) -> Browser:
        from datetime import timedelta

        with self.app.app_context(), writing():
            person = db.session.get(Person, person_id)
            assert person
            code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=5))
            db.session.commit()
        client = self.app.test_client()
        assert client.post(f"/enter/{code}").status_code == 303
        return client  # type: ignore[return-value]

    def release_all(self) -> None:
        """As if the undo were over: whatever waits is due now."""
        from community.outbox.models import Outbox

        with self.app.app_context():
            with writing():
                db.session.execute(sa.update(Outbox).values(run_at=sa.func.coalesce(Outbox.created, Outbox.run_at)))
                db.session.commit()
            while run_due():
                pass


@pytest.fixture
def stage(app: Flask) -> Stage:
    return Stage(app)
