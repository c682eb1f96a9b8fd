"""What "posted" rests on: one commit a request, one replay, locks taken at once, and promises that survive kill -9."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, redirect
from sqlalchemy.exc import IntegrityError, OperationalError

from community.database import db, now, writing
from community.http import writes
from community.outbox.embedded import run_due
from community.outbox.models import Outbox, handles
from community.people.models import Person
from tests.conftest import Browser, Stage
from tests.house.server import ROOT, environment

LOOKS = {"picture": "mango", "colour": "neem", "language": "hi"}


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """What is said to the database meanwhile: statements, BEGIN as it was said, COMMIT and ROLLBACK."""
    said: list[str] = []

    def statement(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        said.append(text)

    def commit(_connection: object) -> None:
        said.append("COMMIT")

    def rollback(_connection: object) -> None:
        said.append("ROLLBACK")

    def begin(text: str) -> None:
        if text.startswith("BEGIN"):
            said.append(text)

    def lent(connection: Any, *_rest: object) -> None:
        connection.set_trace_callback(begin)  # what SQLite itself heard: SQLAlchemy knows nothing of our BEGIN

    def given_back(connection: Any, *_rest: object) -> None:
        connection.set_trace_callback(None)

    with app.app_context():
        engine = db.engine
    hooks = [("before_cursor_execute", statement), ("commit", commit), ("rollback", rollback)]
    if engine.dialect.name == "sqlite":
        hooks += [("checkout", lent), ("checkin", given_back)]
    for name, hook in hooks:
        sa.event.listen(engine, name, hook)
    try:
        yield said
    finally:
        for name, hook in hooks:
            sa.event.remove(engine, name, hook)


def transactions(said: list[str]) -> list[list[str]]:
    """The statements, cut after each COMMIT and ROLLBACK."""
    found: list[list[str]] = [[]]
    for text in said:
        found[-1].append(text)
        if text in ("COMMIT", "ROLLBACK"):
            found.append([])
    return [one for one in found if one]


def changes(said: list[str]) -> list[list[str]]:
    """The transactions that write."""
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [one for one in transactions(said) if any(text.startswith(verbs) for text in one)]


@pytest.mark.durable
@pytest.mark.sqlite_only
def test_every_connection_of_sqlite_is_durable_and_minds_its_references(app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            with db.engine.connect() as connection:
                wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
                assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
            db.engine.dispose()
        with pytest.raises(IntegrityError), writing():
            db.session.execute(
                sa.text("INSERT INTO child (parent_id, picture, colour, created) VALUES (99, 'x', 'y', 0)")
            )
        db.session.rollback()


@pytest.mark.sqlite_only
def test_whoever_writes_takes_the_lock_at_once_and_whoever_reads_takes_none(stage: Stage) -> None:
    phone = stage.app.test_client()
    with watched(stage.app) as said:
        phone.get(f"/j/{stage.invitation}")
    assert {one[0] for one in transactions(said)} == {"BEGIN"}
    with watched(stage.app) as said:
        assert phone.post(f"/j/{stage.invitation}", data=LOOKS).status_code == 303
    assert [one[0] for one in changes(said)] == ["BEGIN IMMEDIATE"]


def test_a_request_that_writes_commits_once(stage: Stage) -> None:
    member = stage.browser("member")
    requests = (
        (stage.app.test_client(), f"/j/{stage.invitation}", LOOKS),
        (member, "/me/looks", {**LOOKS, "name": "कमला"}),
        (member, f"/groups/{stage.grades[20]}/membership", {}),
    )
    for phone, path, fields in requests:
        phone.get("/")
        with watched(stage.app) as said:
            answer = phone.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, path
        assert [one[-1] for one in changes(said)] == ["COMMIT"], path


def test_a_request_that_reads_changes_nothing(stage: Stage) -> None:
    member = stage.browser("member")
    with watched(stage.app) as said:
        for path in ("/", f"/groups/{stage.grades[3]}", f"/j/{stage.invitation}", "/me", "/code", "/nowhere"):
            member.get(path)
    assert changes(said) == []


@pytest.fixture
def tries(app: Flask) -> list[int]:
    """Two routes of the test's own: one meets its own double, one stumbles for ever."""
    seen: list[int] = []

    @app.post("/test/double")
    @writes
    def double() -> object:
        seen.append(1)
        mark = "same" if len(seen) == 1 else f"other {len(seen)}"
        db.session.add(Person(arrival=mark, **LOOKS))
        db.session.flush()
        return redirect("/", 303)

    @app.post("/test/stumble")
    @writes
    def stumble() -> object:
        seen.append(1)
        db.session.add(Person(arrival=f"kept {len(seen)}", **LOOKS))
        db.session.flush()
        db.session.add(Person(arrival="same", **LOOKS))
        db.session.flush()
        return redirect("/", 303)

    with app.app_context(), writing():
        db.session.add(Person(arrival="same", **LOOKS))
        db.session.commit()
    return seen


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Person.id))) or 0


def test_a_collision_is_tried_once_more(app: Flask, browser: Browser, tries: list[int]) -> None:
    assert browser.post("/test/double").status_code == 303
    assert len(tries) == 2
    assert people(app) == 2


def test_and_only_once_more_and_leaves_nothing(app: Flask, browser: Browser, tries: list[int]) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert browser.post("/test/stumble").status_code == 500
    assert len(tries) == 2
    assert people(app) == 1


@pytest.mark.postgres
def test_of_two_that_wait_for_each_other_one_begins_anew(app: Flask) -> None:
    """Both are answered, and both have done what they were asked for."""
    meet, tries = threading.Barrier(2, timeout=20), []

    @app.post("/test/cross/<first>/<second>")
    @writes
    def cross(first: str, second: str) -> object:
        tries.append(first)
        for mark in (first, second):
            db.session.execute(sa.update(Person).where(Person.arrival == mark).values(ceiling=Person.ceiling + 1))
            if mark == first and len(tries) <= 2:
                meet.wait()
        return redirect("/", 303)

    with app.app_context(), writing():
        db.session.add_all(Person(arrival=mark, ceiling=1, **LOOKS) for mark in ("one", "two"))
        db.session.commit()
    paths, answers = ("/test/cross/one/two", "/test/cross/two/one"), []

    def tap(path: str) -> None:
        answers.append(app.test_client().post(path, headers={"Sec-Fetch-Site": "same-origin"}).status_code)

    threads = [threading.Thread(target=tap, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, len(tries)) == ([303, 303], 3)
    with app.app_context():
        assert db.session.scalars(sa.select(Person.ceiling)).all() == [3, 3]


@pytest.mark.sqlite_only
def test_sixteen_writers_who_read_first_all_get_through(stage: Stage) -> None:
    """With a deferred BEGIN nearly half of them would fail at once: "database is locked"."""
    codes = []

    def come_in() -> None:
        phone = stage.app.test_client()
        phone.get(f"/j/{stage.invitation}")
        codes.append(phone.post(f"/j/{stage.invitation}", data=LOOKS).status_code)

    threads = [threading.Thread(target=come_in) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * 16


def waiting(app: Flask) -> list[Outbox]:
    """What these tests promised and nobody has kept; what follows from a release is not theirs."""
    with app.app_context():
        ours = (Outbox.kind.in_(["release", "note"]), Outbox.done_at.is_(None))
        return list(db.session.scalars(sa.select(Outbox).where(*ours)))


@pytest.fixture
def kept(app: Flask) -> list[str]:
    """What the handler of "note" was asked to do; it stumbles over "bad"."""
    notes: list[str] = []

    def note(text: str) -> None:
        db.session.add(Person(arrival=text, **LOOKS))
        db.session.flush()
        notes.append(text)
        if text == "bad":
            raise RuntimeError("not today")

    handles(app, "note", note)
    return notes


def promise(app: Flask, text: str) -> None:
    with app.app_context(), writing():
        Outbox.promise("note", f"note:{text}", text=text)
        db.session.commit()


def test_a_promise_and_what_it_does_are_settled_together(app: Flask, kept: list[str]) -> None:
    promise(app, "good")
    promise(app, "good")
    with app.app_context():
        assert run_due() == 1
        assert run_due() == 0
    assert kept == ["good"]
    assert people(app) == 1


def test_a_promise_that_fails_leaves_nothing_and_is_tried_again_later(
    app: Flask, kept: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    promise(app, "bad")
    with app.app_context():
        assert run_due() == 0
        assert run_due() == 0, "not before its time"
    assert kept == ["bad"]
    assert people(app) == 0
    (row,) = waiting(app)
    assert row.attempts == 1
    assert row.run_at > now()
    assert "outbox: note" in caplog.text


def test_who_held_a_promise_too_long_does_not_settle_it(app: Flask, kept: list[str]) -> None:
    app.config["OUTBOX_LEASE"] = timedelta(seconds=-1)
    promise(app, "good")
    with app.app_context():
        with writing():
            (slow,) = Outbox.claim("slow")
            db.session.commit()
        with writing():
            (fast,) = Outbox.claim("fast")
            db.session.commit()
        with writing():
            assert not slow.finish("slow")
            assert fast.finish("fast")
            db.session.commit()


@pytest.mark.large
@pytest.mark.parametrize("moment", ["claimed", "done"])
def test_kill_9_between_promise_and_release_loses_nothing(stage: Stage, moment: str) -> None:
    """A process dies with the lease in its hand; the next one waits until it has ended, and keeps the promise once."""
    stage.release_all()
    head = stage.browser("head")
    path, text = f"/groups/{stage.grades[3]}/announcements", "घंटी अब आठ बजे बजेगी।"
    key = re.search(r'name="key" value="(\w+)"', head.get(f"{path}/new").text)
    assert key
    assert head.post(path, data={"text": text, "key": key[1]}).status_code == 303
    with stage.app.app_context(), writing():
        db.session.execute(sa.update(Outbox).where(Outbox.kind == "release").values(run_at=now()))
        db.session.commit()
    with keeper(stage.app, moment) as mortal:
        assert mortal.wait(30) == -signal.SIGKILL
    (row,) = waiting(stage.app)
    assert row.attempts == 1
    assert row.lease_until
    assert heard(stage, text) == 0
    with keeper(stage.app, "never"):
        until = time.monotonic() + 30
        while waiting(stage.app) and time.monotonic() < until:
            time.sleep(0.1)
    assert waiting(stage.app) == []
    assert heard(stage, text) == 1


@contextmanager
def keeper(app: Flask, moment: str) -> Iterator[subprocess.Popen[bytes]]:
    settings = {"DATABASE_URL": app.config["DATABASE_URL"], "OUTBOX_LEASE": "2"}
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("mortal.py")), moment], cwd=ROOT, stdin=subprocess.DEVNULL,
        env=environment(app.config["INSTANCE"], settings),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def heard(stage: Stage, text: str) -> int:
    return stage.browser("english reader").get(f"/groups/{stage.grades[3]}").text.count(text)


def test_a_database_that_is_busy_for_too_long_is_a_page(app: Flask, browser: Browser) -> None:
    @app.post("/test/busy")
    @writes
    def busy() -> object:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = browser.post("/test/busy")
    assert answer.status_code == 500
    assert "<h1" in answer.text
    assert "locked" not in answer.text
