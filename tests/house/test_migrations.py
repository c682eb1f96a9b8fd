"""Migrations lead up and down on a database with people in it, and end where the models are."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from app import ready
from community.database import Base, UtcDateTime, age, db, now
from tests.house.ground import Rows, _rows, build_school, opened, put_back
from tests.house.postgres import another_database
from tests.house.server import ROOT, environment, refused
from tests.house.village import Village

MIGRATIONS = ROOT / "migrations"
SCRIPT = ScriptDirectory(str(MIGRATIONS))


@pytest.fixture
def url(tmp_path: Path) -> str:
    cluster = os.environ.get("AANGAN_TEST_DATABASE")
    return another_database(cluster, "migrated") if cluster else f"sqlite:///{tmp_path / 'aangan.db'}"


@pytest.fixture
def app(tmp_path: Path, url: str) -> Iterator[Flask]:
    """An app on a database that has nothing in it, not even tables."""
    with opened(tmp_path, url) as app:
        yield app


def indexes() -> set[str]:
    """What the database says of its indexes: Alembic compares neither their conditions nor their uniqueness."""
    if db.engine.dialect.name == "sqlite":
        said = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        said = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    with db.engine.connect() as connection:
        return {re.sub(r"[\s\"]+", " ", definition) for definition in connection.execute(sa.text(said)).scalars()}


def triggers() -> set[str]:
    """What guards rows, as the database says it: Alembic compares none."""
    if db.engine.dialect.name == "sqlite":
        said = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        said = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with db.engine.connect() as connection:
        return set(connection.execute(sa.text(said)).scalars())


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.patient
def test_every_migration_goes_up_and_down_with_people_in_the_database(app: Flask) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    build_school()
    assert rows()["person"] > 5
    _down_and_up_and_down(build_school)


@pytest.mark.parametrize(
    "where",
    [
        pytest.param("PostgreSQL", marks=[pytest.mark.postgres, pytest.mark.any_collation]),
        pytest.param("SQLite", marks=[pytest.mark.large, pytest.mark.sqlite_only]),
    ],
)
def test_every_migration_goes_up_and_down_with_all_that_happens_in_a_village(
    app: Flask, village: Village, where: str
) -> None:
    with village.app.app_context():
        known: Rows = {}
        for table in Base.metadata.sorted_tables:
            known[table] = _rows(table) or [_made_up(table, known)]
        db.session.remove()

    def fill() -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM outbox"))  # a migration may promise something
            put_back(connection, known)

    flask_migrate.upgrade(str(MIGRATIONS))
    fill()
    assert min(rows().values()) > 0
    _down_and_up_and_down(fill)


def _made_up(table: sa.Table, known: Rows) -> dict[str, object]:
    """A row of what never happens in the village; it points at rows that are there."""
    row: dict[str, object] = {}
    for column in table.columns:
        if column.foreign_keys:
            above = next(iter(column.foreign_keys)).column
            row[column.name] = known[above.table][0][above.name]
        elif not column.nullable:
            row[column.name] = _anything(column)
    return row


def _anything(column: sa.Column[Any]) -> object:
    if isinstance(column.type, UtcDateTime | sa.Date | sa.JSON):
        return {UtcDateTime: now(), sa.Date: now().date(), sa.JSON: {}}[type(column.type)]
    return column.type.python_type(1)


def _down_and_up_and_down(fill: Callable[[], object]) -> None:
    filled = rows()
    for step in SCRIPT.walk_revisions():
        flask_migrate.downgrade(str(MIGRATIONS), str(step.down_revision or "base"))
        flask_migrate.upgrade(str(MIGRATIONS), step.revision)
        flask_migrate.downgrade(str(MIGRATIONS), str(step.down_revision or "base"))
    assert tables() == set()
    flask_migrate.upgrade(str(MIGRATIONS))
    db.session.remove()  # it still knows the people of before
    fill()
    assert rows() == filled


@pytest.mark.filterwarnings("ignore:autogenerate skipping")  # those it can not read in SQLite, `indexes` reads
def test_migrations_end_where_the_models_are(app: Flask) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    migrated = indexes(), triggers()
    assert triggers()
    flask_migrate.downgrade(str(MIGRATIONS), "base")
    assert triggers() == set()
    Base.metadata.create_all(db.engine)
    assert (indexes(), triggers()) == migrated


def test_migrations_are_one_line_named_by_date_and_sentence() -> None:
    assert len(SCRIPT.get_heads()) == 1
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert re.fullmatch(r"\d{4}_\d{2}_\d{2}_[a-z0-9_]+_[a-z0-9_]+", path.stem), path.name


def _stamp(revision: str | None) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
        if revision:
            connection.execute(sa.text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})


@pytest.mark.large
@pytest.mark.parametrize(("revision", "which"), [(None, "older"), ("29991231z", "newer")])
def test_a_database_that_is_not_at_head_is_not_served(
    app: Flask, tmp_path: Path, url: str, revision: str | None, which: str
) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    assert age(app) == "head"
    assert ready(app) is app
    _stamp(revision)
    assert age(app) == which
    said = refused(tmp_path, DATABASE_URL=url)
    assert which in said
    assert "make migrate" in said
    assert "/enter/" not in said
    assert "Traceback" not in said


@pytest.mark.large
def test_make_migrate_mends_an_older_one(app: Flask, tmp_path: Path, url: str) -> None:
    """What the refusal says is what works: the command of the Makefile, on a database one step behind."""
    recipe = re.search(r"^migrate:.*\n\t@\$\(BIN\)/flask (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert recipe
    flask_migrate.upgrade(str(MIGRATIONS))
    flask_migrate.downgrade(str(MIGRATIONS), "-1")
    assert age(app) == "older"
    done = subprocess.run(
        [sys.executable, "-m", "flask", *recipe[1].split()], cwd=ROOT, check=False, capture_output=True, text=True,
        env=environment(tmp_path, {"DATABASE_URL": url}),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert age(app) == "head"
