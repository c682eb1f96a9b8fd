"""Workers that plan different announcements for the same people at the same moment: each day's last place goes once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from community.database import db, now, writing
from community.days.models import Spent
from community.days.spending import Wish, spend
from tests.notifications.post_office import person

PEOPLE, CEILING, WORKERS = 30, 2, 5


def test_the_last_place_of_a_day_goes_once(app: Flask, inside: None) -> None:
    people = [person(f"p{number}", ceiling=CEILING) for number in range(PEOPLE)]
    day, together = now().date(), Barrier(WORKERS)

    def plan(announcement: int) -> set[int]:
        with app.app_context():
            together.wait()
            with writing():
                may = spend(Wish(announcement, 7, 10), people, day)
                db.session.commit()
            db.session.remove()
            return may

    with ThreadPoolExecutor(WORKERS) as workers:
        told = list(workers.map(plan, range(1, WORKERS + 1)))
    rings = Counter(who for may in told for who in may)
    assert rings == dict.fromkeys(people, CEILING), "nobody more, and no place is lost"
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(Spent))
    assert rows == PEOPLE * CEILING
