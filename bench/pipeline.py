"""What a push costs from the promise to its settling; and two workers beside one, on PostgreSQL with Celery."""

import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pywebpush import WebPusher

from bench.crowd import Crowd, crowd
from bench.figures import Figure
from community.announcements.models import Announcement
from community.database import db
from community.notifications import payload
from community.outbox.embedded import run_due
from tests.house.postgres import cluster
from tests.notifications.phone import Phone
from tests.outbox.plant import Plant, plant, redis, wait_for

PHONES, ROUNDS = 4000, 5
ALONE = 1000  # messages of a round of encoding
MANY = 40000  # for the two workers, so that their beginning and end count for little
COMMAND = "python -m bench pipeline"


@dataclass
class Cost:
    """Messages per CPU-second of each round: the whole way, and pywebpush's encoding of the same bytes alone."""

    whole: list[float] = field(default_factory=list)
    encode: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.whole) / statistics.median(self.encode)


def measure(rounds: int = ROUNDS) -> Cost:
    """By turns, so that a busy machine is busy for both. SQLite, because its CPU is this process's, too."""
    cost = Cost()
    with crowd(PHONES) as (there, _settings):
        encode = Encoding(_run(there, "the connections are opened"))
        for number in range(rounds):
            cost.whole.append(PHONES / _timed(lambda number=number: _run(there, f"round {number}")))
            cost.encode.append(ALONE / _timed(encode.run))
    return cost


def _timed(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before


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


class Encoding:
    """`WebPusher(subscription).encode()` of the same bytes, and nothing else."""

    def __init__(self, body: bytes) -> None:
        phones = [Phone() for _ in range(16)]
        keys = [{"p256dh": one.p256dh, "auth": one.auth} for one in phones]
        self.body, self.found = body, [{"endpoint": "https://push.example/", "keys": one} for one in keys]

    def run(self) -> None:
        for number in range(ALONE):
            WebPusher(self.found[number % 16]).encode(self.body)


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
        f"{ROUNDS} interleaved rounds, medians; encode alone {statistics.median(cost.encode):,.0f}."
    )
    found = f"{MANY} phones; messages a second with one {_list(pair.one)}, with two {_list(pair.two)}, by turns."
    return [
        Figure("whole pipeline: messages per CPU-second", statistics.median(cost.whole), "", "", COMMAND, note),
        Figure("whole pipeline against WebPusher.encode() alone", cost.ratio, "", ">= 0.4", COMMAND),
        Figure("two workers against one, PostgreSQL and Celery", pair.ratio, "", ">= 1.6", COMMAND, found),
    ]


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:,.0f}" for value in values)
