"""`make test-all`: everything on SQLite, the functional tests on PostgreSQL in each collation that they touch, and with Celery.

Prints what took how long. Arguments go to pytest, as in `python tests/all.py -k doors`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.house.postgres import LOCALES, NoPostgres, cluster  # noqa: E402

ONLY_SQLITE = "not postgres and not redis"
ONLY_POSTGRES = "not browser and not firefox and not node and not caddy and not redis and not large and not sqlite_only"
# One collation shows it: what is only drawn, or refused before it is looked up, is neither sorted nor compared.
COMPARED = f"{ONLY_POSTGRES} and not any_collation and not patient"
# The rooms whose statements compare paths or put words in order: what a collation can change.
COMPARING = (
    *(f"tests/{room}" for room in (
        "announcements", "bringing", "categories", "groups", "headcount", "mergers", "notifications", "oversight",
        "people", "search",
    )),
    "tests/house/test_migrations.py", "tests/house/test_paths.py",
)  # fmt: skip
CELERYS = (
    "tests/journeys/test_links.py",
    *(f"tests/announcements/test_{name}.py" for name in ("saying", "photo", "words")),
)
NOTHING_CHOSEN = 5  # pytest's word for: no test has these marks and names


def run(marks: str, *paths: str, **environ: str) -> bool:
    lanes = len(os.sched_getaffinity(0)) + 1  # they wait for the database, for browsers, and for what comes later
    pytest = (sys.executable, "-m", "pytest", "-n", str(lanes), "--dist", "loadfile", "--durations=12")
    command = [*pytest, "-m", marks, *sys.argv[1:], *paths]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "AANGAN_NO_SKIP": "1", **environ}, check=False)
    return done.returncode == 0 or (done.returncode == NOTHING_CHOSEN and len(sys.argv) > 1)


def on_sqlite() -> bool:
    return run(ONLY_SQLITE, AANGAN_ALL="1")


def on_postgres(locale: str) -> bool:
    try:
        with cluster(locale) as url:
            chosen = [ONLY_POSTGRES] if locale == LOCALES[0] else [COMPARED, *COMPARING]
            return run(*chosen, AANGAN_TEST_DATABASE=url)
    except NoPostgres as error:
        print(error)
        return False


def on_celery() -> bool:
    """The back end's own tests, then what people do with workers behind it; all on PostgreSQL, Redis and Celery."""
    try:
        with cluster(LOCALES[0]) as url:
            own = run("redis and not browser", "tests/outbox", AANGAN_TEST_DATABASE=url, AANGAN_ALL="1")
            return run(ONLY_POSTGRES, *CELERYS, AANGAN_TEST_DATABASE=url, AANGAN_TEST_CELERY="1") and own
    except NoPostgres as error:
        print(error)
        return False


def main() -> int:
    parts = {"SQLite, browsers, Caddy, large": on_sqlite}
    for locale in LOCALES:
        parts[f"PostgreSQL {locale}"] = lambda locale=locale: on_postgres(locale)  # type: ignore[misc]
    parts["PostgreSQL, Redis and Celery"] = on_celery
    told, failed = [], False
    for name, part in parts.items():
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        well = part()
        failed |= not well
        told.append(f"{time.monotonic() - start:7.0f} s  {'passed' if well else 'FAILED'}  {name}")
    print("\n" + "\n".join(told), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
