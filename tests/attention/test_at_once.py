"""Workers that plan different announcements for the same people at the same moment: each day's last place goes once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event

import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import db, now, writing
from community.days.models import Spent
from community.days.spending import Wish, spend
from tests.notifications.post_office import person

PEOPLE, WORKERS = 30, 5


@pytest.mark.parametrize(("ceiling", "most"), [(2, 10), (6, 1)], ids=["her own ceiling", "a day of the community"])
def test_the_last_place_of_a_day_goes_once(app: Flask, inside: None, ceiling: int, most: int) -> None:
    people = [person(f"p{number}", ceiling=ceiling) for number in range(PEOPLE)]
    day, together = now().date(), Barrier(WORKERS)

    def plan(announcement: int) -> set[int]:
        with app.app_context():
            together.wait()
            with writing():
                may = spend(Wish(announcement, 7, most), people, day)
                db.session.commit()
            db.session.remove()
            return may

    with ThreadPoolExecutor(WORKERS) as workers:
        told = list(workers.map(plan, range(1, WORKERS + 1)))
    rings = Counter(who for may in told for who in may)
    assert rings == dict.fromkeys(people, min(ceiling, most)), "nobody more, and no place is lost"
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(Spent))
    assert rows == PEOPLE * min(ceiling, most)


@pytest.mark.postgres
@pytest.mark.parametrize("dies", [False, True], ids=["commits", "dies"])
def test_who_comes_second_waits_and_takes_only_what_is_left(app: Flask, inside: None, dies: bool) -> None:
    """The first has taken the last place and has not committed yet: a second send waits for what becomes of it."""
    people, day = [person(f"p{number}", ceiling=1) for number in range(3)], now().date()
    took, go = Event(), Event()

    def first() -> None:
        with app.app_context(), writing():
            assert spend(Wish(1, 7, 5), people, day) == set(people)
            took.set()
            assert go.wait(30)
            db.session.rollback() if dies else db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert took.wait(30)
        other = pool.submit(_second, app, people, day)
        while not _waits():
            assert not other.done(), "it did not wait"
        go.set()
        one.result(timeout=30)
        assert other.result(timeout=30) == (set(people) if dies else set())


def _second(app: Flask, people: list[int], day: date) -> set[int]:
    with app.app_context(), writing():
        may = spend(Wish(2, 7, 5), people, day)
        db.session.commit()
        db.session.remove()
        return may


def _waits() -> bool:
    with db.engine.connect() as connection:
        return bool(connection.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")))
