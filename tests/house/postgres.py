"""PostgreSQL of our own, in a folder that goes when it is done: one cluster for each collation that may bite.

Only its socket is open. It does not sync: a test's data may be lost.
"""

import os
import shutil
import subprocess
import tempfile
import time
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
        run_program(
            "initdb", "-D", str(folder / "data"), "-U", OWNER, "-A", "trust", "-N", "-E", "UTF8", f"--locale={locale}"
        )
        settings = " ".join(f"-c {setting}" for setting in (*HASTY, f"unix_socket_directories={folder}"))
        control = ("pg_ctl", "-D", str(folder / "data"), "-w", "-s")
        run_program(*control, "-l", str(folder / "log"), "-o", settings, "start")
        try:
            run_program("createdb", "-h", str(folder), "-U", OWNER, "aangan")
            yield f"postgresql+psycopg://{OWNER}@/aangan?host={folder}"
        finally:
            run_program(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def standby(url: str) -> Iterator[str]:
    """A streaming replica of this cluster, made by pg_basebackup; gives its address."""
    folder = Path(tempfile.mkdtemp(prefix="aangan-pg-copy-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        here = str(sa.make_url(url).query["host"])
        run_program(
            "pg_basebackup", "-h", here, "-U", OWNER, "-D", str(folder / "data"), "-R", "-X", "stream", "-c", "fast"
        )
        settings = " ".join(f"-c {setting}" for setting in (*HASTY, f"unix_socket_directories={folder}"))
        run_program(
            "pg_ctl", "-D", str(folder / "data"), "-w", "-s", "-l", str(folder / "log"), "-o", settings, "start"
        )
        try:
            yield sa.make_url(url).update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        finally:
            halt(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def halt(folder: Path) -> None:
    """Stop the server in this folder, as a power cut does; once is enough."""
    if (folder / "data" / "postmaster.pid").exists():
        run_program("pg_ctl", "-D", str(folder / "data"), "-w", "-s", "-m", "immediate", "stop")


@contextmanager
def bouncer(url: str, servers: int = 2) -> Iterator[str]:
    """PgBouncer in transaction mode before this cluster, with so many connections to it; gives its address.

    Raises NoPostgres where it is not installed.
    """
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        raise NoPostgres("pgbouncer is not installed. Run: sh tests/install.sh")
    folder, address = Path(tempfile.mkdtemp(prefix="aangan-bouncer-")), sa.make_url(url)
    (folder / "users").write_text(f'"{OWNER}" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n{address.database} = host={address.query['host']} user={OWNER}\n[pgbouncer]\n"
        f"unix_socket_dir = {folder}\nlisten_port = 6432\nauth_type = trust\nauth_file = {folder}/users\n"
        f"pool_mode = transaction\ndefault_pool_size = {servers}\nmax_client_conn = 200\nlogfile = {folder}/log\n"
    )
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, OWNER)
    command = [found, "-q", str(folder / "ini")]
    running = subprocess.Popen(["runuser", "-u", OWNER, "--", *command] if os.geteuid() == 0 else command)
    try:
        _wait_for_socket(folder / ".s.PGSQL.6432")
        query = {"host": str(folder), "port": "6432"}
        yield address.update_query_dict(query).render_as_string(hide_password=False)
    finally:
        running.terminate()
        running.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_socket(path: Path) -> None:
    until = time.monotonic() + 20
    while not path.exists():
        if time.monotonic() > until:
            raise NoPostgres("pgbouncer did not start")
        time.sleep(0.05)


def another_database(url: str, name: str) -> str:
    """A new, empty database in the same cluster; gives its address."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def run_program(name: str, *arguments: str) -> None:
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
