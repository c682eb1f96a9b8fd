"""The cast and the doors: an app on a database of its own for each test, and browsers for each of its people.

The database is SQLite in a folder of the test, or what AANGAN_TEST_DATABASE names (PostgreSQL, emptied between tests).
Tests that need more than Python are marked with what they need, and run in `make test-all` (AANGAN_ALL=1), where a
skipped test is a failed one (AANGAN_NO_SKIP=1).
"""

import gc
import os
from collections.abc import Generator, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask, g, session
from flask.testing import FlaskClient
from hypothesis import settings
from xdist.remote import Producer

from app import create_app
from community.database import db, writing
from community.outbox.models import Outbox
from community.people.models import Person
from community.people.session import sign_in
from tests import once
from tests.house.ground import Ground, hurry, lay
from tests.house.postgres import another_database
from tests.promises import CELERY, at_head, keep_all, workers
from tests.sample import ALL, POSTGRES, taken
from tests.sharing import TogetherScheduling
from tests.whispers import listen, whisper

__all__ = ["ALL", "HEADERS", "POSTGRES", "Browser", "Stage"]
HEADERS = {"Sec-Fetch-Site": "same-origin"}
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
NEEDS = {
    "browser": "Chromium",
    "firefox": "Firefox ESR",
    "node": "Node",
    "caddy": "Caddy",
    "postgres": "PostgreSQL",
    "redis": "Redis",
}

once.hold()
listen()
settings.register_profile("no clock", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("no clock")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite_only: says nothing new on PostgreSQL")
    config.addinivalue_line("markers", "any_collation: says nothing new in another collation of PostgreSQL")
    if POSTGRES and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
        os.environ["AANGAN_TEST_DATABASE"] = another_database(POSTGRES, f"aangan_{worker}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave for `make test-all` what needs more than Python, unless it was asked for with -m.

    What only takes long is not even mentioned: there are hundreds.
    """
    if ALL or config.option.markexpr:
        return
    long = {item for item in items if _takes_long(item)}
    config.hook.pytest_deselected(items=list(long))
    items[:] = [item for item in items if item not in long]
    for item in items:
        for mark, thing in NEEDS.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"needs {thing}: make test-all"))


def _takes_long(item: pytest.Item) -> bool:
    """Marked so, one of many that were not drawn, or it needs every form of every page, as everybody, looked for before it begins."""
    marked = any(item.get_closest_marker(mark) for mark in ("large", "patient"))
    marked |= item.get_closest_marker("sampled") is not None and not POSTGRES and not taken(item.nodeid)
    return marked or "crawled" in getattr(item, "fixturenames", ())


def pytest_collection_finish() -> None:
    gc.freeze()  # what is imported by now stays: no sweep needs to look at it again
    gc.set_threshold(20_000, 20, 20)  # as the app does (app.spare_the_collector)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherScheduling:
    return TogetherScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip((yield), item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip((yield), collector.nodeid)


@pytest.fixture(autouse=True)
def _nothing_private_is_logged() -> Iterator[None]:
    """Of whatever is logged from one test to the next, by whomever."""
    yield
    whisper.check()


def _no_skip(report: Report, name: str) -> Report:
    if os.environ.get("AANGAN_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped, which make test-all does not take: {why}"
    return report


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return lay(tmp_path_factory.mktemp("ground"), os.environ.get("AANGAN_TEST_DATABASE"))


@pytest.fixture(scope="session", autouse=CELERY)
def celery(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What keeps the promises, where the run asks for it."""
    assert POSTGRES, "AANGAN_TEST_CELERY needs AANGAN_TEST_DATABASE"
    folder = tmp_path_factory.mktemp("celery")
    url = ground.prepare(folder, with_school=False)
    app = create_app({"INSTANCE": str(folder), "DATABASE_URL": url})
    at_head(app)
    with app.app_context():
        db.engine.dispose()
    with workers(folder, url):
        yield


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path, ground: Ground) -> Iterator[Flask]:
    """The app on an empty database, or on the demo's school where the test asks for `stage`."""
    url = ground.prepare(tmp_path, with_school="stage" in request.fixturenames)
    app = create_app({"INSTANCE": str(tmp_path), "DATABASE_URL": url}, TESTING=True)
    yield app if request.node.get_closest_marker("durable") else hurry(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Browser(FlaskClient):
    """A client that posts as our own pages do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        for sent in ("data", "json", "query_string"):
            whisper.typed(kwargs.get(sent))
        kwargs["headers"] = {**HEADERS, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody is signed in on."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


class Stage:
    """The demo's school, with a browser for each of its people."""

    def __init__(self, app: Flask, ground: Ground) -> None:
        self.app = app
        app.test_client_class = Browser
        self.school: int = ground.school.school
        self.grades: dict[int, int] = dict(ground.school.grades)
        self.people: dict[str, int] = dict(ground.school.people)
        self.invitation: str = ground.school.invitation

    def browser(self, part: str) -> Browser:
        """A new browser on which this part of the cast is signed in."""
        return self.signed_in(self.people[part])

    def signed_in(self, person_id: int) -> Browser:
        """As /enter leaves it, without the way there: most tests begin with somebody who is in."""
        client, answer = self.app.test_client(), self.app.response_class()
        asked = {"method": "POST", "environ_base": client.environ_base, "headers": HEADERS}
        with self.app.test_request_context("/", **asked), writing():
            g.pop("_login_user", None)  # a test that runs in one context: whoever asked last is not on this phone
            sign_in(db.session.get_one(Person, person_id))
            db.session.commit()
            self.app.session_interface.save_session(self.app, session, answer)  # type: ignore[arg-type]
        [cookie] = answer.headers.getlist("Set-Cookie")
        client.set_cookie("aangan", next(iter(SimpleCookie(cookie).values())).value)
        return client  # type: ignore[return-value]

    def release_all(self) -> None:
        """As if the undo were over: whatever waits is due now. Counting for who oversees waits on: it takes the longest."""
        with self.app.app_context():
            with writing():
                due = sa.update(Outbox).where(Outbox.kind.not_in(("count", "recount")))
                db.session.execute(due.values(run_at=sa.func.coalesce(Outbox.created, Outbox.run_at)))
                db.session.commit()
            keep_all()


@pytest.fixture
def stage(app: Flask, ground: Ground) -> Stage:
    return Stage(app, ground)
