"""Messages per CPU-second of the sender, beside pywebpush, node's web-push and the crypto alone, in the same run.

The push service is another process: its CPU does not count, its TLS does on our side. One message has 426 bytes.
"""

import json
import logging
import os
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher, webpush

from app import create_app
from bench.figures import Figure
from bench.race import Racer, cpu_seconds, letters_to, service, subscriptions, trusted_in
from community.notifications import vapid
from community.notifications.letter import Letter
from community.notifications.sender import Sender, sender
from tests.notifications.authority import Papers
from tests.notifications.phone import base64url

PHONES, SIZE = 2000, 426
ROUNDS = 5
LATENCY = 80  # milliseconds
SUBJECT = "mailto:bench@example.org"
HERE = Path(__file__).parent
COMMAND = "python -m bench push"


@dataclass(frozen=True)
class Scene:
    """Who is pushed to, at a push service on this machine that answers after so many milliseconds."""

    folder: Path
    trusted: Papers
    port: int
    letters: list[Letter]

    @property
    def subscriptions(self) -> list[dict[str, object]]:
        return subscriptions(self.letters)

    @property
    def key(self) -> Path:
        return self.folder / "instance" / "vapid" / f"{self.letters[0].key_id}.pem"

    def moved(self, port: int) -> "Scene":
        moved = [replace(one, endpoint=f"https://127.0.0.1:{port}/push/{one.number}") for one in self.letters]
        return replace(self, port=port, letters=moved)


@contextmanager
def scene() -> Iterator[Scene]:
    """The real CA bundle, with our own authority added, for all who take part."""
    with tempfile.TemporaryDirectory(prefix="aangan-push-") as name, ExitStack() as stack:
        folder = Path(name)
        trusted = trusted_in(folder)
        port = stack.enter_context(service(trusted))
        environ = {"INSTANCE": str(folder / "instance"), "PUSH_LOOPBACK": "1", "PUSH_CA": str(trusted.ca)}
        app = create_app({**environ, "PUSH_RATE": "1000000", "VAPID_SUBJECT": SUBJECT})
        stack.enter_context(app.app_context())
        yield Scene(folder, trusted, port, letters_to(port, os.urandom(SIZE // 2).hex().encode(), PHONES))


def ours(there: Scene) -> Racer:
    def run(messages: int) -> float:
        return cpu_seconds(lambda: deliver(sender(), there.letters[:messages]))

    return Racer(PHONES, run)


def deliver(by: Sender, letters: list[Letter]) -> None:
    found = Counter(outcome.what for outcome in by.send(letters))
    if found != {"accepted": len(letters)}:
        raise RuntimeError(f"not all were accepted: {found}")


def encoding(found: list[dict[str, object]], body: bytes) -> Racer:
    """`WebPusher(subscription).encode()` and nothing else."""

    def run(messages: int) -> float:
        return cpu_seconds(lambda: [WebPusher(one).encode(body) for one in found[:messages]])

    return Racer(1000, run)


def crypto() -> Racer:
    """What RFC 8291 cannot do without: a new key and one exchange for each message."""
    phone = ec.generate_private_key(ec.SECP256R1()).public_key()

    def run(messages: int) -> float:
        return cpu_seconds(
            lambda: [ec.generate_private_key(ec.SECP256R1()).exchange(ec.ECDH(), phone) for _ in range(messages)]
        )

    return Racer(2000, run)


def readme(there: Scene) -> Racer:
    """The loop of pywebpush's README: one call for each subscription."""
    os.environ["REQUESTS_CA_BUNDLE"] = str(there.trusted.ca)
    found, body, key = there.subscriptions, there.letters[0].body, str(there.key)

    def loop(messages: int) -> None:
        for one in found[:messages]:
            webpush(one, body, vapid_private_key=key, vapid_claims={"sub": SUBJECT}, ttl=3600)

    return Racer(40, lambda messages: cpu_seconds(lambda: loop(messages)))


@contextmanager
def node(there: Scene) -> Iterator[Racer]:
    """node's web-push, warmed up, in a process that counts its own CPU."""
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", there.folder, "web-push"]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    told = there.folder / "scene.json"
    told.write_text(json.dumps(_told(there)))
    environ = {"MODULES": str(there.folder), "SCENE": str(told), "NODE_EXTRA_CA_CERTS": str(there.trusted.ca)}
    process = subprocess.Popen(
        ["node", HERE / "push_node.mjs"], env={**os.environ, **environ},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def run(messages: int) -> float:
        assert process.stdin and process.stdout
        print(messages, file=process.stdin, flush=True)
        return float(process.stdout.readline())

    try:
        run(300)
        yield Racer(600, run)
    finally:
        process.communicate(timeout=30)


def _told(there: Scene) -> dict[str, object]:
    private = Vapid02.from_file(there.key).private_key.private_numbers().private_value.to_bytes(32)
    keys = {"subject": SUBJECT, "publicKey": vapid.public_key()[1], "privateKey": base64url(private)}
    return {"subscriptions": there.subscriptions, "payload": there.letters[0].body.decode(), "vapidDetails": keys}


@dataclass(frozen=True)
class Race:
    """The medians, in messages per CPU-second, and messages a second at 80 ms of latency: the median and the best."""

    racers: dict[str, Racer]
    distant: list[float]
    waited: float  # the share of the time in which a CPU was not to be had

    def against(self, other: str) -> float:
        return self.racers["ours"].middle / self.racers[other].middle


def measure(rounds: int = ROUNDS) -> Race:
    """All of them by turns, so that a busy machine is busy for each."""
    logging.getLogger("community").setLevel(logging.ERROR)
    with scene() as there, node(there) as by_node:
        racers = {
            "ours": ours(there), "encode": encoding(there.subscriptions, there.letters[0].body), "crypto": crypto(),
            "readme": readme(there), "node": by_node,
        }  # fmt: skip
        deliver(sender(), there.letters)
        for _ in range(rounds):
            for racer in racers.values():
                racer.go()
        with service(there.trusted, LATENCY) as port:
            return Race(racers, *_distant(there.moved(port), rounds))


def _distant(there: Scene, rounds: int) -> tuple[list[float], float]:
    """Messages a second by the clock on the wall, in calls of 2,000, once the connections are open."""
    deliver(sender(), there.letters)
    found, waiting, started = [], _waited(), time.perf_counter()
    for _ in range(rounds * 2):
        before = time.perf_counter()
        deliver(sender(), there.letters)
        found.append(PHONES / (time.perf_counter() - before))
    return found, (_waited() - waiting) / (time.perf_counter() - started)


def _waited() -> float:
    """Seconds that this thread was ready to run, and another had the CPU."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


def figures() -> list[Figure]:
    race = measure()
    said = {name: f"{racer.middle:,.0f} (best {max(racer.rounds):,.0f})" for name, racer in race.racers.items()}
    note = (
        f"{PHONES} phones, {SIZE} bytes, TLS, {ROUNDS} interleaved rounds, medians of messages per CPU-second: sender "
        f"{said['ours']}, encode {said['encode']}, node web-push {said['node']}, README loop {said['readme']}, key "
        f"generation and ECDH {said['crypto']}."
    )
    far = f"Best round {max(race.distant):,.0f}; for {race.waited:.0%} of the time other processes had the CPU."
    return [
        Figure("sender alone: messages per CPU-second", race.racers["ours"].middle, "", "", COMMAND, note),
        Figure("sender against WebPusher.encode() alone", race.against("encode"), "", ">= 0.65", COMMAND),
        Figure("sender against node web-push", race.against("node"), "", ">= 4", COMMAND),
        Figure("sender against pywebpush's README loop", race.against("readme"), "", ">= 60", COMMAND),
        Figure("sender: share of the crypto floor", race.against("crypto"), "", ">= 0.2", COMMAND),
        Figure(
            f"sender at {LATENCY} ms latency, one process: messages a second", statistics.median(race.distant), "",
            ">= 2000", COMMAND, far,
        ),
    ]  # fmt: skip
