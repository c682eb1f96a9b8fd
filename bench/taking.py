"""`python -m bench.taking`: a thousand questions taken by fifty responders at once, over HTTP on PostgreSQL.

Each question is reached for by FIVE of the fifty in the same moment. Prints how often each was taken.
"""

import http.client
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from bench.figures import Figure, keep
from bench.server import COOKIE, THREADS, Server, _sign_in, migrated_app, serving
from community.database import db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person
from community.questions.models import Question, Step
from tests.house.postgres import cluster

QUESTIONS, RESPONDERS, FIVE = 1000, 50, 5
COMMAND = "python -m bench.taking"


@dataclass(frozen=True)
class Race:
    """How many questions were taken, the most steps "taken" of one of them, what the others were told, how long."""

    taken: int
    most: int
    told: Counter[int]
    seconds: float


def measure() -> Race:
    with cluster("C.UTF-8") as url, tempfile.TemporaryDirectory(prefix="aangan-taking-") as folder:
        environ = {"INSTANCE": folder, "DATABASE_URL": url, "DEMO": "0", "THREADS": THREADS}
        app = migrated_app(environ)
        questions, people = _seed(app)
        cookies = [_sign_in(app, person) for person in people]
        with serving([sys.executable, "app.py"], environ) as server:
            started = time.monotonic()
            told = _take_all(server, questions, cookies)
            seconds = time.monotonic() - started
        found = _found(app)
        with app.app_context():
            db.engine.dispose()
        return Race(*found, told, seconds)


def _seed(app: Flask) -> tuple[list[int], list[int]]:
    with app.app_context(), writing():
        group = Group.plant(name="Town", picture="village", colour="haldi", language="en")
        people = [Person(name=f"Person {number}", picture="pot", colour="mor", language="en") for number in range(150)]
        db.session.add_all(people)
        db.session.flush()
        for number, person in enumerate(people):
            admit(group, person, role="responder" if number < RESPONDERS else "member")
        askers = people[RESPONDERS:]
        questions = [
            Question(
                group=group, community_id=group.id, person=askers[number % len(askers)], key=f"taking-{number:06}",
                text="When does the bus come?", language="en", desk=group,
            )
            for number in range(QUESTIONS)
        ]  # fmt: skip
        db.session.add_all(questions)
        db.session.flush()
        made = [one.id for one in questions], [one.id for one in people[:RESPONDERS]]
        db.session.commit()
    return made


def _take_all(server: Server, questions: list[int], cookies: list[str]) -> Counter[int]:
    chance = random.Random(8)
    tries = [(number, cookie) for number in questions for cookie in chance.sample(cookies, FIVE)]
    with ThreadPoolExecutor(len(cookies)) as crowd:
        return Counter(crowd.map(lambda one: _take(server, *one), tries))


def _take(server: Server, number: int, cookie: str) -> int:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    headers = {"Cookie": f"{COOKIE}={cookie}", "Sec-Fetch-Site": "same-origin"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", f"/questions/{number}/taker", urlencode({}), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _found(app: Flask) -> tuple[int, int]:
    with app.app_context():
        taken = db.session.scalar(sa.select(sa.func.count()).where(Question.taken_by.is_not(None))) or 0
        steps = sa.select(sa.func.count()).where(Step.what == "taken").group_by(Step.question_id)
        return taken, max(db.session.scalars(steps), default=0)


def figures(race: Race) -> list[Figure]:
    note = (
        f"{QUESTIONS} questions, {RESPONDERS} responders, {FIVE} reach for each in one moment: "
        f"{race.told[303]} were told that they have it, {race.told[409]} by whom it was taken; "
        f"{race.seconds:.0f} s. "
        f"The most that one question was taken: {race.most} time."
    )
    once = race.taken if race.most == 1 and race.told[303] == race.taken else 0
    return [Figure("questions taken once each, by 50 at once", once, "questions", ">= 1000", COMMAND, note)]


if __name__ == "__main__":
    measured = figures(measure())
    for figure in measured:
        print(f"{figure.name}: {figure.value} ({figure.goal}). {figure.note}")
    keep(measured)
