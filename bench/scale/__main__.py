"""`python -m bench.scale` makes a PostgreSQL of its own, fills it, and measures the table of the largest tree.

--at DIR keeps the cluster there, and uses what is there already; --only home,move measures these alone; --members and
--memberships make it smaller or larger; --keep writes docs/benchmarks.json and .md.
"""

import argparse
import json
import logging
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

import psycopg
import sqlalchemy as sa

from app import create_app
from bench.figures import Figure, keep, word, written
from bench.scale.cluster import cluster, database, drop
from bench.scale.places import BASE, ORGANISATION, SCHOOL, Place, fill, fill_root
from bench.scale.readers import by_turns, crowd
from bench.scale.rows import COMMAND, ROWS, Ground, size
from bench.server import migrated_app
from community.database import db, writing
from community.groups.models import Group
from community.outbox.models import Outbox

OF_PLACES_ALONE = {"questions"}  # rows for which nothing needs to have been announced


def main() -> None:
    given = _given()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    memberships = max(given.memberships, given.members) // given.members * given.members
    said = ORGANISATION.said_at_root if given.members >= 1_000_000 else 20_000
    place = replace(ORGANISATION, members=given.members, memberships=memberships, said_at_root=said)
    with cluster(given.at) as folder:
        whole = bool(set(given.only) - OF_PLACES_ALONE)
        urls = {one.name: _filled(one, folder, whole=whole) for one in (SCHOOL, place)}
        for one in (SCHOOL, place):
            _tell_sizes(one, urls[one.name])
        figures = _measured(place, urls, folder, given.only)
    if given.keep:
        keep(figures)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--at", type=Path, help="a folder for the cluster, which stays")
    parser.add_argument("--keep", action="store_true", help="write docs/benchmarks.json and .md")
    parser.add_argument("--only", default="", help=f"of: {','.join(ROWS)}")
    parser.add_argument("--members", type=int, default=ORGANISATION.members)
    parser.add_argument("--memberships", type=int, default=0, help="more than members: everybody is in several groups")
    given = parser.parse_args()
    given.only = [name for name in given.only.split(",") if name] or list(ROWS)
    if unknown := set(given.only) - set(ROWS):
        parser.error(f"there is no {', '.join(unknown)}; there is {', '.join(ROWS)}")
    return given


def _filled(place: Place, folder: Path, *, whole: bool) -> str:
    """The address of the place's database, filled. What was done before is not done again.

    Not `whole`: groups and people alone, without what was announced and the counters.
    """
    mark = folder / f"{place.name}.json"
    wanted = json.loads(json.dumps(asdict(place)))
    found = json.loads(mark.read_text()) if mark.exists() else {}
    url, is_new = database(folder, place.name)
    if is_new or found.get("place") != wanted:
        found = {}
        shutil.rmtree(folder / f"{place.name}.instance", ignore_errors=True)
        drop(folder, place.name)
        url, _new = database(folder, place.name)
    _migrate(place, url, folder)
    steps: dict[str, Callable[[], object]] = {
        "place": lambda: fill(place, url) or wanted, "empty_root": lambda: _home(place, url, folder),
        "root": lambda: fill_root(place, url), "counters": lambda: _count(place, url, folder),
    }  # fmt: skip
    for name, step in steps.items():
        if name not in found and (whole or name == "place"):
            began = time.monotonic()
            found[name] = step()
            mark.write_text(json.dumps(found))
            print(f"{place.name}: {name} in {time.monotonic() - began:.0f} s", flush=True)
    return url


def _migrate(place: Place, url: str, folder: Path) -> None:
    app = migrated_app({"INSTANCE": str(folder / f"{place.name}.instance"), "DEMO": "0", "DATABASE_URL": url})
    with app.app_context():
        db.engine.dispose()


def _count(place: Place, url: str, folder: Path) -> None:
    """The counters of all groups, as the outbox makes them, where there are such."""
    try:
        from community.oversight.changes import mark_branch
        from community.oversight.counting import count
        from community.oversight.models import CounterChange
    except ImportError:
        return
    app = create_app({"INSTANCE": str(folder / f"{place.name}.instance"), "DEMO": "0", "DATABASE_URL": url})
    with app.app_context():
        with writing():
            mark_branch(db.session.get_one(Group, BASE))
            db.session.commit()
        while db.session.scalar(sa.select(CounterChange.id).limit(1)):
            with writing():
                count()
                db.session.commit()
            db.session.remove()
        db.session.execute(sa.delete(Outbox))
        db.session.commit()
        db.engine.dispose()


def _home(place: Place, url: str, folder: Path) -> dict[str, float]:
    """The courtyard while the root is silent, in milliseconds."""
    with crowd(place, url, folder) as people:
        [spent] = by_turns([people], "/", times_for(place))
    return {"p50": round(spent.p50, 2), "p95": round(spent.p95, 2)}


def times_for(place: Place) -> int:
    """How often a page is asked for: a small place is for trying things out."""
    return 400 if place.members >= 1_000_000 else 60


def _tell_sizes(place: Place, url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT relname, reltuples::bigint, pg_size_pretty(pg_relation_size(oid)), "
            "pg_size_pretty(pg_indexes_size(oid)) FROM pg_class WHERE relkind = 'r' AND reltuples > 0 "
            "AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC"
        ).fetchall()
        whole = connection.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
    print(f"\n{place.name}, {whole and whole[0]}\n  {'table':<20} {'rows':>12} {'table':>10} {'indexes':>10}")
    for name, count, own, indexes in rows:
        print(f"  {name:<20} {count:>12,} {own:>10} {indexes:>10}")
    print(flush=True)


def _measured(place: Place, urls: dict[str, str], folder: Path, only: list[str]) -> list[Figure]:
    empty = json.loads((folder / f"{place.name}.json").read_text()).get("empty_root", {})
    requests = 10_000 if place.members >= 1_000_000 else 400
    figures = []
    with ExitStack() as open_ones:
        school, organisation = (open_ones.enter_context(crowd(one, urls[one.name], folder)) for one in (SCHOOL, place))
        ground = Ground(school, organisation, urls, folder, empty, requests, times_for(place))
        for name in only:
            found = ROWS[name](ground)
            _print(found)
            figures += found
    for name in ground.missing:
        print(f"{name:<78} not there")
    return [_named(figure, place) for figure in figures]


def _named(figure: Figure, place: Place) -> Figure:
    """A place with more memberships than people has figures of its own: a courtyard there has more doors."""
    if place.memberships == place.members:
        return figure
    ours = figure.name.replace(size(place), f"{place.memberships:,} memberships")
    command = f"{COMMAND} --memberships {place.memberships}"
    each = f"Everybody is in {place.memberships // place.members} groups, and in one in the school."
    note = f"{each} {figure.note}".strip()
    return replace(figure, name=f"{ours} ({place.memberships:,} memberships)", command=command, note=note)


def _print(figures: list[Figure]) -> None:
    for figure in figures:
        value = f"{written(figure.value)} {figure.unit}"
        print(f"{figure.name:<78} {value:>12}  {figure.goal:<8} {word(figure.holds).strip('*')}")
        if figure.note:
            print(f"    {figure.note}")
    print(end="", flush=True)


if __name__ == "__main__":
    main()
