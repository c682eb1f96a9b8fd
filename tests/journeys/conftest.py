"""The day at school, lived on Flask's test client: no server, no browser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from community.database import db, now, writing
from community.outbox.models import Outbox
from community.people.models import Person
from community.people.sign_in import SignInCode
from tests.browser.day import CAST, OPERATOR, Day, live
from tests.browser.pages import NOBODY, Walk, walk
from tests.browser.phone import TestPhone
from tests.conftest import ALL, POSTGRES, Stage
from tests.house.ground import Ground, hurry, lay
from tests.house.postgres import another_database
from tests.promises import CELERY, keep_all

# In the normal run the rooms of these alone are walked through; in make test-all everybody's.
WALKERS = None if ALL else (NOBODY, "parent", "urdu parent")


@dataclass(frozen=True)
class Tour:
    """The app after the day, everybody's phone, and all the pages."""

    app: Flask
    day: Day
    walk: Walk
    trees: dict[Any, Any] = field(default_factory=dict)  # what the rules have taken apart


def _lasts(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:
    """Celery's workers have one database for all tests, and those of the next file empty it."""
    return "module" if CELERY else "session"


@pytest.fixture(scope="session")
def own_ground(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A database of PostgreSQL that no other test empties; SQLite's are files, one for each."""
    if not POSTGRES or CELERY:
        return ground
    return lay(tmp_path_factory.mktemp("tour-ground"), another_database(POSTGRES, "aangan_tour"))


@pytest.fixture(scope=_lasts)
def tour(own_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """Look, and change nothing: it is lived through once for all tests here."""
    folder = tmp_path_factory.mktemp("tour")
    url = own_ground.prepare(folder, with_school=True)
    app = create_app({"INSTANCE": str(folder), "DATABASE_URL": url}, TESTING=True, METRICS_TOKEN=OPERATOR)
    stage = Stage(hurry(app), own_ground)
    known = {part: TestPhone(stage.browser(part)) for part in CAST}
    nobody, invitation = (lambda: TestPhone(stage.app.test_client())), f"/j/{stage.invitation}"
    _let_one_fail(stage.app)
    day = live(known, nobody, invitation, _door(stage), lambda: _let_go(stage.app))
    walkers = {part: phone for part, phone in day.phones.items() if WALKERS is None or part in WALKERS}
    yield Tour(stage.app, day, walk(walkers, day.starts))
    with stage.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _door(stage: Stage) -> str:
    """The parent's way onto another phone."""
    with stage.app.app_context(), writing():
        parent = db.session.get_one(Person, stage.people["parent"])
        code = SignInCode.issue(parent, issuer=None, lasts=timedelta(hours=1), uses=50)
        db.session.commit()
    return f"/enter/{code}"


def _let_one_fail(app: Flask) -> None:
    """A promise that stumbled, and is not tried again today."""
    with app.app_context(), writing():
        Outbox.promise("push", "one that failed", now() + timedelta(days=1))
        db.session.execute(sa.update(Outbox).where(Outbox.key == "one that failed").values(attempts=3))
        db.session.commit()


def _let_go(app: Flask) -> None:
    """As if the ten seconds were over; what is for tomorrow goes on waiting."""
    with app.app_context():
        with writing():
            soon = sa.update(Outbox).where(Outbox.run_at < now() + timedelta(minutes=1))
            db.session.execute(soon.values(run_at=Outbox.created))
            db.session.commit()
        keep_all()
