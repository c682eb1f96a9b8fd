"""CPU that a request of the group page costs, beside a plain page of the same bytes in the same run.

Wall time says more of the machine's other guests than of us, so it is the server's own CPU time that counts.
"""

import cProfile
import http.client
import os
import pstats
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.server import COOKIE, THREADS, Server, cookie_header, courtyard, fetch, migrated_app, seed, serving

ROUNDS = 5
REQUESTS = 300
WARM_UP = 60
SIZES = 0.10  # how far the plain page's bytes may be from ours


@dataclass
class Runner:
    """One server under measurement: its page, and the CPU per request of each round, in milliseconds."""

    server: Server
    path: str
    cookie: str = ""
    rounds: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return statistics.median(self.rounds)

    @property
    def best(self) -> float:
        return min(self.rounds)

    def size(self) -> int:
        return len(fetch(self.server, self.path, self.cookie))

    def run(self, requests: int) -> float:
        """CPU milliseconds for each of so many requests, one after the other on one connection."""
        before = cpu_of(self.server.pid)
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=30)
        for _ in range(requests):
            connection.request("GET", self.path, headers=cookie_header(self.cookie))
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self.path} answered {answer.status}")
        connection.close()
        return (cpu_of(self.server.pid) - before) / requests / 1e6


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds per request, the median of the rounds and the best, and the sizes of the pages in bytes."""

    ours: float
    cached: float
    plain: float
    best_ours: float
    best_cached: float
    best_plain: float
    our_bytes: int
    plain_bytes: int

    @property
    def ratio(self) -> float:
        return self.plain / self.ours

    @property
    def cached_ratio(self) -> float:
        return self.plain / self.cached


def cpu_of(pid: int) -> int:
    """Nanoseconds on a CPU (user and system) of a process, all its threads and all its children."""
    tasks = Path(f"/proc/{pid}/task")
    own = sum(_nanoseconds(task / "schedstat") for task in tasks.iterdir())
    return own + sum(cpu_of(child) for task in tasks.iterdir() for child in _children(task))


def _nanoseconds(path: Path) -> int:
    return int(path.read_text().split()[0])


def _children(task: Path) -> list[int]:
    return [int(pid) for pid in (task / "children").read_text().split()]


def measure(rounds: int = ROUNDS, requests: int = REQUESTS) -> Cost:
    """All three servers side by side, their rounds interleaved."""
    with _runners() as (ours, cached, plain):
        everyone = (ours, cached, plain)
        for runner in everyone:
            runner.run(WARM_UP)
        for _ in range(rounds):
            for runner in everyone:
                runner.rounds.append(runner.run(requests))
        return _cost(ours, cached, plain)


def _cost(ours: Runner, cached: Runner, plain: Runner) -> Cost:
    cost = Cost(ours.middle, cached.middle, plain.middle, ours.best, cached.best, plain.best, ours.size(), plain.size())
    if abs(cost.plain_bytes / cost.our_bytes - 1) > SIZES:
        raise RuntimeError(f"the plain page has {cost.plain_bytes} bytes, ours has {cost.our_bytes}")
    return cost


@contextmanager
def _runners() -> Iterator[tuple[Runner, Runner, Runner]]:
    with ExitStack() as stack:
        ours, cached = (
            Runner(server, place.group, place.cookie)
            for server, place in (stack.enter_context(courtyard(FRAGMENT_CACHE=on)) for on in ("0", "1"))
        )
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aangan-plain-"))
        command = [sys.executable, "-m", "bench.plain", str(ours.size())]
        server = stack.enter_context(serving(command, {"INSTANCE": folder, "THREADS": THREADS}))
        yield ours, cached, Runner(server, "/")


def profile(requests: int = 200, lines: int = 25) -> None:
    """Print where the CPU of our page goes, by own time and by cumulated time."""
    with tempfile.TemporaryDirectory(prefix="aangan-bench-") as folder:
        app = migrated_app({"FRAGMENT_CACHE": "0", **os.environ, "INSTANCE": folder})
        place = seed(app)
        client = app.test_client()
        client.set_cookie(COOKIE, place.cookie)
        client.get(place.group)
        with cProfile.Profile() as profiler:
            for _ in range(requests):
                client.get(place.group)
    stats = pstats.Stats(profiler)
    for order in ("tottime", "cumtime"):
        stats.sort_stats(order).print_stats(lines)
