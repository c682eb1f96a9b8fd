"""A PostgreSQL of our own, set as docs/running.md says, in a folder that may be kept for the next time."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa

from tests.house.postgres import OWNER, run_program

# docs/running.md, "PostgreSQL": all else is as PostgreSQL comes.
SETTINGS = {
    "shared_buffers": "2GB", "effective_cache_size": "6GB", "work_mem": "16MB", "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB", "random_page_cost": "1.1", "jit": "off",
}  # fmt: skip
LOCALE = "en_US.UTF-8"


@contextmanager
def cluster(at: Path | None) -> Iterator[Path]:
    """The folder of a running cluster: its socket is in it. Without `at` it goes when it is done."""
    folder = at or Path(tempfile.mkdtemp(prefix="aangan-scale-"))
    try:
        _lay(folder)
        settings = {**SETTINGS, "listen_addresses": "", "unix_socket_directories": str(folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        control = ("pg_ctl", "-D", str(folder / "data"), "-w", "-s", "-t", "600")
        run_program(*control, "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield folder
        finally:
            run_program(*control, "-m", "fast", "stop")
    finally:
        if at is None:
            shutil.rmtree(folder, ignore_errors=True)


def _lay(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
    if not (folder / "data").exists():
        run_program("initdb", "-D", str(folder / "data"), "-U", OWNER, "-A", "trust", "-E", "UTF8",
                    f"--locale={LOCALE}")  # fmt: skip


def database(folder: Path, name: str) -> tuple[str, bool]:
    """The address of this database, and whether it is new."""
    with psycopg.connect(f"host={folder} user={OWNER} dbname=postgres", autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if there is None:
            connection.execute(f'CREATE DATABASE "{name}"')
    url = sa.URL.create("postgresql+psycopg", OWNER, database=name, query={"host": str(folder)})
    return url.render_as_string(hide_password=False), there is None


def drop(folder: Path, name: str) -> None:
    with psycopg.connect(f"host={folder} user={OWNER} dbname=postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
