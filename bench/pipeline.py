"""What a push costs from the promise to its settling; and two workers beside one, on PostgreSQL with Celery."""

import itertools
import logging
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.crowd import Crowd, crowd
from bench.figures import Figure
from bench.push import encoding
from bench.race import Racer, cpu_seconds, letters_to, subscriptions
from community.announcements.models import Announcement
from community.database import db
from community.notifications import payload
from community.outbox.embedded import run_due
from tests.house.postgres import cluster
from tests.outbox.plant import Plant, plant, redis, wait_for

PHONES, ROUNDS = 4000, 5
ALONE = 1000  # phones that a round of encoding is for
MANY = 40000  # for the two workers, so that their beginning and end count for little
COMMAND = "python -m bench pipeline"


@dataclass(frozen=True)
class Cost:
    """The whole way, and pywebpush's encoding of the same bytes alone."""

    whole: Racer
    encode: Racer

    @property
    def ratio(self) -> float:
        return self.whole.middle / self.encode.middle


def measure(rounds: int = ROUNDS) -> Cost:
    """By turns, so that a busy machine is busy for both. SQLite, because its CPU is this process's, too."""
    with crowd(PHONES) as (there, _settings):
        body = _run(there, "the connections are opened")
        with there.app.app_context():
            keys = subscriptions(letters_to(443, body, ALONE))
        cost = Cost(_whole_way(there), encoding(keys, body))
        for _ in range(rounds):
            cost.whole.go()
            cost.encode.go()
    return cost


def _whole_way(there: Crowd) -> Racer:
    keys = itertools.count()
    return Racer(PHONES, lambda _messages: cpu_seconds(lambda: _run(there, f"round {next(keys)}")))


def _run(there: Crowd, key: str) -> bytes:
    """Announce it and keep every promise that follows; what was in each push."""
    number = there.announce(key)
    with there.app.app_context():
        while run_due():
            pass
        body = payload.template(db.session.get_one(Announcement, number), "hi", is_neutral=False)
        db.session.rollback()
    all_arrived(there, number)
    return body


def all_arrived(there: Crowd, announcement: int) -> None:
    states = there.states(announcement)
    if states != {"sent": len(there.phones)}:
        raise RuntimeError(f"not all were sent: {states}")


@dataclass
class Pair:
    """Messages a second by the clock on the wall, with one worker and with two."""

    one: list[float] = field(default_factory=list)
    two: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.two) / statistics.median(self.one)


def two_workers(rounds: int = 3) -> Pair:
    """By turns on one database, each time with new processes that are up before the clock runs."""
    pair = Pair()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aangan-redis-"))
        broker, url = stack.enter_context(redis(Path(folder))), stack.enter_context(cluster("C.UTF-8"))
        there, settings = stack.enter_context(crowd(MANY, url, JOB_BACKEND="celery", BROKER_URL=broker.url))
        for number in range(rounds):
            pair.one.append(_by_workers(1, there, settings, f"one {number}"))
            pair.two.append(_by_workers(2, there, settings, f"two {number}"))
    return pair


def _by_workers(count: int, there: Crowd, settings: dict[str, str], key: str) -> float:
    with plant(Path(settings["INSTANCE"]), **settings) as made_of:
        made_of.relay()
        for _ in range(count):
            made_of.worker()
        warm = there.announce(f"{key}: everybody is up")
        _wait(there, made_of)
        all_arrived(there, warm)
        started = time.perf_counter()
        number = there.announce(key)
        _wait(there, made_of)
        lasted = time.perf_counter() - started
    all_arrived(there, number)
    return len(there.phones) / lasted


def _wait(there: Crowd, made_of: Plant) -> None:
    if not wait_for(lambda: there.open_promises() == 0, 300):
        raise RuntimeError(made_of.said()[-3000:])


def figures() -> list[Figure]:
    logging.getLogger("community").setLevel(logging.ERROR)
    cost, pair = measure(), two_workers()
    note = (
        f"Claim, check, pack, encode, send, settle: {PHONES} phones, SQLite, the push service another process, "
        f"{ROUNDS} interleaved rounds, medians; encode alone {cost.encode.middle:,.0f}."
    )
    found = f"{MANY} phones; messages a second with one {_list(pair.one)}, with two {_list(pair.two)}, by turns."
    return [
        Figure("whole pipeline: messages per CPU-second", cost.whole.middle, "", "", COMMAND, note),
        Figure("whole pipeline against WebPusher.encode() alone", cost.ratio, "", ">= 0.4", COMMAND),
        Figure("two workers against one, PostgreSQL and Celery", pair.ratio, "", ">= 1.6", COMMAND, found),
    ]


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:,.0f}" for value in values)
