"""What every test starts from: an empty database or the demo's school, laid once a session and then only copied.

SQLite copies a file. PostgreSQL empties its tables and puts the school's rows back.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from flask import Flask

from app import create_app
from community.database import Base, db, writing
from demo.school import Cast, build
from tests.outbox.plant import wait_for
from tests.promises import CELERY

SECRET = "secret.key"  # the school's invitation is derived from it
Rows = dict[sa.Table, list[dict[str, Any]]]


@dataclass
class School:
    """Who is in the prepared school, by number."""

    school: int = 0
    grades: dict[int, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    invitation: str = ""

    @classmethod
    def of(cls, cast: Cast) -> "School":
        assert cast.invitation
        grades = {number: group.id for number, group in cast.grades.items()}
        people = {part: person.id for part, person in cast.people.items()}
        return cls(cast.school.id, grades, people, cast.invitation.code)


class Ground(Protocol):
    school: School

    def prepare(self, folder: Path, *, with_school: bool) -> str:
        """Make a test's database ready, and its secret in `folder`; returns the database's address."""


def hurry(app: Flask) -> Flask:
    """SQLite need not wait for the disk: a test's data need not survive a power cut. PostgreSQL does not wait either."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _hasty)
            db.engine.dispose()
    return app


def _hasty(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Flask]:
    """An app in its own context, with no connection left behind."""
    app = hurry(create_app({"INSTANCE": str(folder), "DATABASE_URL": url}, TESTING=True))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def build_school() -> School:
    with writing():
        made = School.of(build())
        db.session.commit()
    return made


class SqliteGround:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with opened(folder, f"sqlite:///{folder / 'empty.db'}"):
            Base.metadata.create_all(db.engine)
        shutil.copy(folder / "empty.db", folder / "school.db")
        with opened(folder, f"sqlite:///{folder / 'school.db'}"):
            self.school = build_school()

    def prepare(self, folder: Path, *, with_school: bool) -> str:
        shutil.copy(self.folder / SECRET, folder / SECRET)
        shutil.copy(self.folder / ("school.db" if with_school else "empty.db"), folder / "test.db")
        return f"sqlite:///{folder / 'test.db'}"


class PostgresGround:
    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        with opened(folder, url):
            Base.metadata.drop_all(db.engine)
            Base.metadata.create_all(db.engine)
            self.school = build_school()
            self.rows = {table: _rows(table) for table in Base.metadata.sorted_tables}
        self.engine = sa.create_engine(sa.make_url(url), poolclass=sa.NullPool)

    def prepare(self, folder: Path, *, with_school: bool) -> str:
        shutil.copy(self.folder / SECRET, folder / SECRET)
        assert not CELERY or wait_for(self._is_quiet)
        with self.engine.begin() as connection:
            _empty(connection)
            if with_school:
                put_back(connection, self.rows)
        return self.url

    def _is_quiet(self) -> bool:
        """Whether no worker has anything of the last test in its hands; what it had not begun, it does not begin."""
        with self.engine.begin() as connection:
            due = "UPDATE outbox SET run_at = run_at + interval '9 days' WHERE done_at IS NULL AND run_at <= now()"
            held = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND lease_until >= now()"
            return not connection.exec_driver_sql(due).rowcount and not connection.exec_driver_sql(held).scalar()


def put_back(connection: sa.Connection, rows_of: Rows) -> None:
    """These rows into empty tables, and where each table goes on counting."""
    for table, rows in rows_of.items():
        if not rows:
            continue
        connection.execute(sa.insert(table), rows)
        counted = table.autoincrement_column
        if counted is not None and connection.dialect.name == "postgresql":
            last = max(row[counted.name] for row in rows)
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{counted.name}'), {last})"
            )


def _empty(connection: sa.Connection) -> None:
    """Most tables are empty, and TRUNCATE makes new files for each of them: this is four times as fast.

    What is dead in them goes when they are vacuumed, which PostgreSQL does by itself.
    """
    names = [f'"{table.name}"' for table in Base.metadata.sorted_tables]
    filled = connection.exec_driver_sql(f"SELECT {', '.join(f'EXISTS (SELECT FROM {name})' for name in names)}").one()
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # nobody minds the order
    for name in (name for name, has in zip(names, filled, strict=True) if has):
        connection.exec_driver_sql(f"DELETE FROM {name}")
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
    connection.exec_driver_sql(
        "SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), start_value, false) FROM pg_sequences"
        " WHERE last_value IS NOT NULL"
    )


def _rows(table: sa.Table) -> list[dict[str, Any]]:
    """A table's rows, parents before the children that name them (a row's own number orders the tree, too)."""
    order = table.c.path if "path" in table.c else next(iter(table.primary_key))
    return [dict(row) for row in db.session.execute(sa.select(table).order_by(order)).mappings()]


def lay(folder: Path, url: str | None) -> Ground:
    return PostgresGround(folder, url) if url else SqliteGround(folder)
