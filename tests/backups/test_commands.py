"""The commands as an operator gives them, what her page says of it, and who was erased stays erased."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import create_app
from community.backups import erased, snapshot
from community.backups.places import KEY, Places
from community.backups.restoring import restore
from community.database import db, now, writing
from community.people.models import Person
from community.sealed.models import SealedMessage, SealedThread
from tests.announcements.scene import Scene
from tests.backups.conftest import FILES
from tests.conftest import Browser, Stage
from tests.house.server import ROOT
from tests.outbox.test_operator import operated, operator  # noqa: F401  fixtures
from tests.promises import at_head
from tests.sealed.alone import SomePhone, asked

Empty = Callable[[], Places]


def command(places: Places, *arguments: str, module: str = "community.backups") -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "INSTANCE": str(places.instance), "BACKUPS": str(places.backups),
        "DATABASE_URL": places.url.render_as_string(hide_password=False),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )


def flask(places: Places, *arguments: str) -> str:
    done = command(places, "--app", "app", *arguments, module="flask")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.large
def test_two_commands_there_and_back(stage: Stage, server: Places, empty: Empty) -> None:
    at_head(stage.app)
    made, there = command(server, "make"), empty()
    assert made.returncode == 0, made.stderr
    assert "read back" in made.stdout and str(server.instance / KEY) in made.stdout
    back = command(there, "restore", str(server.backups), str(server.instance / KEY))
    assert back.returncode == 0, back.stderr
    assert "all checked" in back.stdout and f"{len(FILES)} photos" in back.stdout
    flask(there, "db", "upgrade")
    assert "0 people" in flask(there, "erase-again")
    said = made.stdout + made.stderr + back.stdout + back.stderr
    keys = [path.read_text() for path in (*server.instance.glob("*.key"), *there.instance.glob("*.key"))]
    assert not [key for key in keys if key in said], "a secret was printed"


def test_what_is_missing_is_said_in_words(empty: Empty) -> None:
    done = command(empty(), "restore", "nowhere", "")
    assert done.returncode == 1
    assert done.stderr.startswith("It did not work. Say where the backup and its key are")


def test_the_operator_is_told_when_the_last_good_one_was(
    stage: Stage,
    server: Places,
    operator: Browser,  # noqa: F811
) -> None:
    assert "Not yet" in _row(operator)
    bearer = {"Authorization": f"Bearer {stage.app.config['METRICS_TOKEN']}"}
    assert "aangan_backup_age_seconds -1.0" in operator.get("/metrics", headers=bearer).text
    snapshot.make(server)
    assert "Not yet" not in (row := _row(operator)) and "today" in row
    assert 'class="wrong"' not in row
    with time_machine.travel(now() + timedelta(hours=37), tick=False):
        seconds = operator.get("/metrics", headers=bearer).text.rpartition("aangan_backup_age_seconds ")[2].split()[0]
        assert float(seconds) >= 37 * 3600 - 1
        operator.post("/operator", data={"key": stage.app.config["METRICS_TOKEN"]})
        assert 'class="wrong"' in _row(operator)


def _row(browser: Browser) -> str:
    """What stands beside the words on the operator's page."""
    page = browser.get("/operator?lang=en").text
    return page.partition("The last good backup")[2].partition("</li>")[0]


def forget(person: Person) -> None:
    """What stands in for the whole of an erasing here: her name goes, and whoever listens is told."""
    person.name = None
    erased.gone.send(person)


def erase(app: Flask, number: int, *, change_your_mind: bool = False) -> None:
    with app.app_context():
        with writing():
            person = db.session.get(Person, number)
            assert person
            forget(person)
            db.session.rollback() if change_your_mind else db.session.commit()
        with writing():
            db.session.commit()
        db.session.remove()


def test_a_copy_that_comes_back_forgets_again_who_was_erased_since(stage: Stage, server: Places, empty: Empty) -> None:
    made, there = snapshot.make(server), empty()
    hers, other = stage.people["head"], stage.people["member"]
    with stage.app.app_context():
        came = db.session.get_one(Person, hers).created
    erase(stage.app, other, change_your_mind=True)
    erase(stage.app, hers)
    assert list(erased.listed(server.backups)) == [(hers, came)]
    assert (server.backups / "erased").stat().st_mode & 0o777 == 0o600
    restore(there, made, server.identity)
    erased.bring(server.backups, there.backups)
    url = there.url.render_as_string(hide_password=False)
    app = create_app({"INSTANCE": str(there.instance), "DATABASE_URL": url}, TESTING=True)
    how = app.extensions.pop("erase person")
    nobody_knows_how = app.test_cli_runner().invoke(args=["erase-again"])
    assert nobody_knows_how.exit_code
    erased.erases(app, how)
    assert "1 people" in app.test_cli_runner().invoke(args=["erase-again"]).output
    with app.app_context():
        assert db.session.get_one(Person, hers).name is None
        assert db.session.get_one(Person, other).name is not None
        db.session.remove()
        db.engine.dispose()


def test_a_talk_that_was_erased_for_both_does_not_come_back(stage: Stage, server: Places, empty: Empty) -> None:
    scene = Scene(stage)
    two = [SomePhone(scene.browser("member"), asked(scene)) for _thread in range(2)]
    for phone in two:
        assert phone.begins().status_code == phone.comes().status_code == phone.says().status_code == 303
    made, there = snapshot.make(server), empty()
    assert two[0].erases().status_code == 303
    restore(there, made, server.identity)
    erased.bring(server.backups, there.backups)
    app = create_app(
        {"INSTANCE": str(there.instance), "DATABASE_URL": there.url.render_as_string(hide_password=False)}, TESTING=True
    )
    assert "0 people" in app.test_cli_runner().invoke(args=["erase-again"]).output
    with app.app_context():
        assert db.session.scalars(sa.select(SealedThread.question_id)).all() == [two[1].question]
        assert len(db.session.scalars(sa.select(SealedMessage)).all()) == 1
        db.session.remove()
        db.engine.dispose()


def test_a_number_that_was_given_anew_is_somebody_else(stage: Stage, server: Places) -> None:
    with stage.app.app_context():
        person = db.session.get_one(Person, stage.people["head"])
        line = f"{person.id} {(person.created - timedelta(days=1)).isoformat()} {now().isoformat()}\n"
        server.backups.mkdir()
        (server.backups / "erased").write_text(line)
        erased.erases(stage.app, forget)
        with writing():
            assert erased.again() == 0


def test_the_list_forgets_when_no_snapshot_knows_her_any_more(tmp_path: Path) -> None:
    def line(number: int, days: int) -> str:
        return f"{number} {datetime(2026, 1, 1, tzinfo=UTC).isoformat()} {(now() - timedelta(days=days)).isoformat()}\n"

    (tmp_path / "erased").write_text(line(1, 61) + line(2, 36))
    erased.forget(tmp_path)
    assert [number for number, _came in erased.listed(tmp_path)] == [2]
