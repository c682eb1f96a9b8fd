"""One moment of the database as a file, what that file must hold, and the way back. SQLite and PostgreSQL alike."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from community.backups.places import Places, settle
from community.backups.vault import Broken

# The same row says the same, whatever the server's settings.
PLAIN = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'"
SUM = """SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM "{}" t"""


class Copied(NamedTuple):
    """What a file of the database holds: its SHA-256, and of each table the rows (PostgreSQL: and their sum)."""

    digest: str
    tables: dict[str, str]


def copy(places: Places, target: Path) -> Copied:
    """The database as it is at one moment, while it is used."""
    tables = _copy_sqlite(places, target) if places.is_sqlite else _dump(places, target)
    return Copied(digest_of(target), tables)


def check_empty(places: Places) -> None:
    """Raises Broken where there is a database already."""
    if places.is_sqlite:
        there = places.database.exists()
    else:
        with _connected(places) as connection:
            there = bool(sa.inspect(connection).get_table_names())
    if there:
        raise Broken("There is a database already. A backup goes into an empty place only")


def check_file(places: Places, path: Path, copied: Copied) -> None:
    """Raises Broken where the file is not what was copied."""
    if digest_of(path) != copied.digest:
        raise Broken("The database in this backup is damaged: its checksum is another one")
    if places.is_sqlite and _sound(path) != copied.tables:
        raise Broken("The database in this backup does not have the rows that it had")


def put_back(places: Places, path: Path, copied: Copied) -> None:
    """Into an empty place, and then looked at there."""
    if places.is_sqlite:
        places.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(path, places.database)
        return settle(places.database)
    _run("pg_restore", places, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(path))
    with _connected(places) as connection:
        if _sums(connection) != copied.tables:
            raise Broken("The database came back with other rows. Drop it, and do not use it")
    return None


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_sqlite(places: Places, target: Path) -> dict[str, str]:
    """By SQLite's own online backup: writers go on, and what is copied is one moment."""
    if not places.database.exists():
        raise Broken("There is no database yet, so there is nothing to keep")
    with closing(sqlite3.connect(places.database, timeout=30)) as source, closing(sqlite3.connect(target)) as copied:
        source.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")
    settle(target)
    return _sound(target)


def _sound(path: Path) -> dict[str, str]:
    """The rows of each table, once SQLite has found nothing wrong with the file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            said = [*connection.execute("PRAGMA integrity_check"), *connection.execute("PRAGMA foreign_key_check")]
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: str(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}  # noqa: S608
        except sqlite3.DatabaseError as error:
            raise Broken(f"The database is damaged: {error}") from None
    if said != [("ok",)]:
        raise Broken(f"The database is damaged: {len(said)} faults")
    return rows


def _dump(places: Places, target: Path) -> dict[str, str]:
    """By pg_dump, from the very snapshot that the rows are counted in."""
    with _connected(places) as connection:
        snapshot = str(connection.scalar(sa.text("SELECT pg_export_snapshot()")))
        _run("pg_dump", places, "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges",
             f"--file={target}")  # fmt: skip
        settle(target)
        return _sums(connection)


def _connected(places: Places) -> Any:
    engine = sa.create_engine(
        places.url, poolclass=sa.NullPool, isolation_level="REPEATABLE READ", hide_parameters=True
    )
    return engine.begin()


def _sums(connection: sa.Connection) -> dict[str, str]:
    connection.exec_driver_sql(PLAIN)
    names = sorted(sa.inspect(connection).get_table_names())
    return {name: str(connection.scalar(sa.text(SUM.format(name)))) for name in names}


def _run(program: str, places: Places, *arguments: str) -> None:
    """One of PostgreSQL's programs; the password goes by the environment, which no list of processes shows."""
    url = places.url.set(drivername="postgresql", password=None).render_as_string()
    environ = os.environ | ({"PGPASSWORD": str(places.url.password)} if places.url.password else {})
    done = subprocess.run(  # noqa: S603  our own arguments
        [_found(program), f"--dbname={url}", *arguments], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Broken(f"{program} failed: {done.stderr.strip()[:400]}")


def _found(program: str) -> str:
    """Debian keeps them off the path; the newest one understands all older servers."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which(program, path=os.pathsep.join([*map(str, places), os.environ.get("PATH", "")]))
    if not found:
        raise Broken(f"{program} is not here. On Debian: apt install postgresql-client")
    return found
