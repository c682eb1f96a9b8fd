"""What is lost, and what comes twice, when the processes of a fan-out are killed in the middle of it."""

import logging
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.crowd import Crowd, crowd
from bench.figures import Figure
from community.notifications.ranges import MOST
from tests.house.postgres import cluster
from tests.house.server import free_port
from tests.outbox.plant import Plant, plant, redis, wait_for

PHONES, KILLS, WIPES = 14000, 12, 2
# Messages a second of each process, so slow that the last kill too finds a batch under way: kills * LONGEST seconds of
# both rates are less than the phones. A lease of seconds, longer than a batch.
ALONE = {"PUSH_RATE": "400", "OUTBOX_LEASE": "4"}
TOGETHER = {"PUSH_RATE": "200", "OUTBOX_LEASE": "10"}
LONGEST = 2.0  # seconds from the first message of a life to its end
PATIENCE = 120  # seconds for everything to arrive, once nobody is killed any more
COMMAND = "python -m bench kills"
Start = Callable[[], object]


@dataclass(frozen=True)
class Harm:
    """Of one fan-out: how often it was killed, phones that got nothing, copies beyond the first of each phone."""

    kills: int
    lost: int
    repeats: int

    @property
    def repeats_a_kill(self) -> float:
        return self.repeats / self.kills


class Lives:
    """Processes that are killed one after the other, and begin anew."""

    def __init__(self, there: Crowd, plant: Plant, starts: list[Start], chance: random.Random) -> None:
        self.there, self.plant, self.chance = there, plant, chance
        self.running = {start: start() for start in starts}

    def end_one(self) -> None:
        """At a random moment after something has gone out again; whoever is hit begins anew."""
        before = self.sent()
        _need(wait_for(lambda: self.sent() > before, PATIENCE), self.plant)
        time.sleep(self.chance.uniform(0, LONGEST))
        start = self.chance.choice(list(self.running))
        if not self.there.open_promises():
            raise RuntimeError("the fan-out was over before its last kill")
        self.plant.kill(self.running[start])  # type: ignore[arg-type]
        self.running[start] = start()

    def sent(self) -> int:
        return self.there.copies().total()


def endure(lives: Lives, kills: int, between: Callable[[int], object] = lambda _number: None) -> Harm:
    """One announcement to everybody; `between` is called after each kill with how many there were."""
    there = lives.there
    number = there.announce("kills")
    for kill in range(kills):
        lives.end_one()
        between(kill + 1)
    _need(wait_for(lambda: not there.open_promises(), PATIENCE), lives.plant)
    if there.states(number) != {"sent": len(there.phones)}:
        raise RuntimeError(f"not all are noted as sent: {there.states(number)}")
    copies = there.copies()
    return Harm(kills, len(set(there.phones) - set(copies)), copies.total() - len(copies))


def _need(came: bool, plant: Plant) -> None:
    if not came:
        raise RuntimeError(plant.said()[-3000:])


@contextmanager
def scene(phones: int, database: str = "", **settings: str) -> Iterator[tuple[Crowd, Plant]]:
    with crowd(phones, database, counted=True, **settings) as (there, told):
        there.receipts.touch()
        with plant(Path(told["INSTANCE"]), **told) as made:
            yield there, made


def embedded(chance: random.Random, database: str = "", phones: int = PHONES, kills: int = KILLS) -> Harm:
    """The one process of `make run`."""
    with scene(phones, database, PORT=str(free_port()), **ALONE) as (there, made):
        return endure(Lives(there, made, [made.server], chance), kills)


def by_celery(chance: random.Random, database: str, phones: int = PHONES, kills: int = KILLS) -> Harm:
    """A relay and two workers; the broker forgets everything twice."""
    with tempfile.TemporaryDirectory(prefix="aangan-redis-") as name, redis(Path(name)) as broker:
        told = {"JOB_BACKEND": "celery", "BROKER_URL": broker.url}
        with scene(phones, database, **told, **TOGETHER) as (there, made):
            starts: list[Start] = [made.relay, lambda: made.worker(), lambda: made.worker()]
            wipes = set(chance.sample(range(1, kills + 1), min(WIPES, kills)))
            lives = Lives(there, made, starts, chance)
            return endure(lives, kills, lambda kill: broker.wipe() if kill in wipes else None)


def figures() -> list[Figure]:
    logging.getLogger("community").setLevel(logging.ERROR)
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    with ExitStack() as stack:
        first, second = (stack.enter_context(cluster("C.UTF-8")) for _ in range(2))
        harms = {
            "embedded, SQLite": embedded(chance), "embedded, PostgreSQL": embedded(chance, first),
            "Celery, two broker wipes": by_celery(chance, second),
        }  # fmt: skip
    note = f"Kills at random moments of a fan-out to {PHONES} phones, batches of up to {MOST}; seed {seed}."
    return [figure for name, harm in harms.items() for figure in _two(name, harm, note)]


def _two(name: str, harm: Harm, note: str) -> list[Figure]:
    said = f"{harm.kills} x kill -9, {name}"
    return [
        Figure(f"{said}: phones that got nothing", harm.lost, "", "<= 0", COMMAND, note),
        Figure(f"{said}: repeats a kill", harm.repeats_a_kill, "", f"<= {MOST}", COMMAND, f"{harm.repeats} in all."),
    ]
