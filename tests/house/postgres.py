"""PostgreSQL of our own, in a folder that goes when it is done: one cluster for each collation that may bite.

Only its socket is open. It does not sync: a test's data may be lost.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

LOCALES = ("en_US.UTF-8", "hi_IN.UTF-8", "C.UTF-8")
OWNER = "postgres"
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60",
         "shared_buffers=64MB", "log_min_messages=fatal")  # fmt: skip


class NoPostgres(RuntimeError):
    """PostgreSQL's programs or a locale are not installed: tests/install.sh does that."""


def program(name: str) -> str:
    """Where one of PostgreSQL's programs lies; Debian keeps them off the path."""
    places = (str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    found = shutil.which(name, path=os.pathsep.join((*places, os.environ.get("PATH", ""))))
    if not found:
        raise NoPostgres(f"{name} is not installed. Run: sh tests/install.sh")
    return found


@contextmanager
def cluster(locale: str) -> Iterator[str]:
    """A running cluster of this locale; gives the address of its empty database."""
    folder = Path(tempfile.mkdtemp(prefix="aangan-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        _run("initdb", "-D", str(folder / "data"), "-U", OWNER, "-A", "trust", "-N", "-E", "UTF8", f"--locale={locale}")
        settings = " ".join(f"-c {setting}" for setting in (*HASTY, f"unix_socket_directories={folder}"))
        control = ("pg_ctl", "-D", str(folder / "data"), "-w", "-s")
        _run(*control, "-l", str(folder / "log"), "-o", settings, "start")
        try:
            _run("createdb", "-h", str(folder), "-U", OWNER, "aangan")
            yield f"postgresql+psycopg://{OWNER}@/aangan?host={folder}"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def another_database(url: str, name: str) -> str:
    """A new, empty database in the same cluster; gives its address."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _run(name: str, *arguments: str) -> None:
    """Run one of the programs as who may own a cluster: it refuses to be root's."""
    command = [program(name), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", OWNER, "--", *command]
    done = subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoPostgres(f"{name} failed:\n{done.stdout}")
