"""What is raced against each other, by CPU or by the clock, and the push service at the other end."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import certifi

from community.notifications.letter import Letter
from tests.notifications.authority import Papers, papers
from tests.notifications.phone import Phone

HERE = Path(__file__).parent


@dataclass
class Racer:
    """Sends so many messages a round; `run` answers with the CPU seconds of it."""

    messages: int
    run: Callable[[int], float]
    rounds: list[float] = field(default_factory=list)

    def go(self) -> None:
        self.rounds.append(self.messages / self.run(self.messages))

    @property
    def middle(self) -> float:
        """Messages per CPU-second, the median of the rounds."""
        return statistics.median(self.rounds)


def cpu_seconds(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before


def subscriptions(letters: list[Letter]) -> list[dict[str, object]]:
    """As browsers hand them out."""
    return [{"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}} for one in letters]


def letters_to(port: int, body: bytes, phones: int) -> list[Letter]:
    return [Phone().letter(number, f"https://127.0.0.1:{port}", body, topic="a1") for number in range(phones)]


def trusted_in(folder: Path) -> Papers:
    """Papers of an authority of our own, which stands beside all that the world trusts."""
    made = papers(folder)
    made.ca.write_text(made.ca.read_text() + Path(certifi.where()).read_text())
    return made


@contextmanager
def service(trusted: Papers, latency: int = 0, receipts: Path | None = None) -> Iterator[int]:
    """Its port. It writes the path of each message into `receipts`, before it answers."""
    environ = {"KEY": str(trusted.key), "CERT": str(trusted.certificate), "LATENCY": str(latency)}
    environ["RECEIPTS"] = str(receipts or "")
    process = subprocess.Popen(
        ["node", HERE / "push_service.mjs"], env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)
