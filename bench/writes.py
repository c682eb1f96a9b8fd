"""What is written without a signal, over a connection that loses much, by a browser that is killed: does it arrive."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from tests.browser.lossy import Lossy, lossy
from tests.browser.mortal import Mortal, mortal
from tests.browser.phone import COOKIE
from tests.browser.pressing import first_group
from tests.browser.server import serving

WRITES, KILLS, LOSES = 1000, 5, 0.3
PATIENCE = 900  # seconds for everything to arrive
COMMAND = "python -m bench writes"
READY = """() => Promise.race([
  navigator.serviceWorker.ready.then(() => true), new Promise((done) => setTimeout(done, 20000, false)),
])"""
PERSON = "() => document.documentElement.dataset.person"
# As the worker does it with a form that comes to it; only the navigation is left out.
WRITE = """async ([path, person, first, count]) => {
  for (let number = first; number < first + count; number++) {
    const said = { key: crypto.randomUUID(), text: `write ${number}`, kind: "news" };
    const body = new URLSearchParams({ ...said, written_by: person });
    const request = new Request(path, { method: "POST", body });
    await shelve(await entryOf(request, "write"));
  }
}"""
LEFT = "async () => (await listed()).filter(({ state }) => state === 'waits').length"


@dataclass(frozen=True)
class Found:
    """How many of the writes the server has, how many of them more than once, and what the way was like."""

    delivered: int
    twice: int
    posts: int
    lost_requests: int
    lost_answers: int
    kills: int
    seconds: float


def measure(writes: int = WRITES, kills: int = KILLS, seed: int = 7) -> Found:
    """Write without a signal, in between kill the browser; then send until nothing waits, and kill it then, too."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, _place(Path(name)) as (phone, line, path):
        began, chance = time.monotonic(), random.Random(seed)
        person = phone.screen.evaluate(PERSON)
        deaths = sorted(chance.sample(range(1, writes), kills // 2))
        for first, after in zip([0, *deaths], [*deaths, writes], strict=True):
            phone.worker.evaluate(WRITE, [path, person, first, after - first])
            if after != writes:
                _kill(phone, line)
        line.loses = LOSES
        _send(phone, line, writes, [chance.random() for _ in range(kills - len(deaths))])
        delivered, twice = _counted(Path(name), writes)
        lost = (line.lost_requests, line.lost_answers)
        return Found(delivered, twice, line.posts, *lost, kills, time.monotonic() - began)


@contextmanager
def _place(folder: Path) -> Iterator[tuple[Mortal, Lossy, str]]:
    """A phone on which the head's courtyard is open, and the address to which she announces."""
    (folder / "profile").mkdir()
    with serving(folder) as server, lossy(server.url) as line, mortal(folder / "profile") as phone:
        head = server.signed_in("head")
        phone.cookie = {"name": COOKIE, "value": head.cookie, "url": line.url}
        phone.context.add_cookies([phone.cookie])
        phone.screen.goto(f"{line.url}/")
        assert phone.screen.evaluate(READY), "the worker did not start"
        phone.screen.reload()
        yield phone, line, f"{line.url}/groups/{first_group(head)}/announcements"


def _kill(phone: Mortal, line: Lossy) -> None:
    """The browser dies, and is started again on the page without a signal, as its owner would do it."""
    phone.die()
    phone.start()
    phone.context.add_cookies([phone.cookie])  # Chromium writes a cookie down half a minute later
    loses, line.loses = line.loses, 0.0
    phone.screen.goto(f"{line.url}/offline")
    assert phone.screen.evaluate(READY), "the worker did not come back"
    line.loses = loses


def _send(phone: Mortal, line: Lossy, writes: int, deaths: list[float]) -> None:
    """Again and again, as the browser would at every sign of a signal. It dies when that share has gone out."""
    until = time.monotonic() + PATIENCE
    dying = sorted(round(share * writes) for share in deaths)
    while (left := int(phone.worker.evaluate(LEFT))) and time.monotonic() < until:
        phone.worker.evaluate("() => { (async () => { while (await drain()); })() }")
        phone.screen.wait_for_timeout(250)
        if dying and writes - left >= dying[0]:
            dying.pop(0)
            _kill(phone, line)


def _counted(folder: Path, writes: int) -> tuple[int, int]:
    """How many of the writes there are on the server, and how many of them more than once."""
    with sqlite3.connect(folder / "instance" / "aangan.db", timeout=15) as connection:
        question = "SELECT text, COUNT(*) FROM translation WHERE text LIKE 'write %' GROUP BY text"
        found = dict(connection.execute(question).fetchall())
    connection.close()
    wanted = [found.get(f"write {number}", 0) for number in range(writes)]
    return sum(count > 0 for count in wanted), sum(count > 1 for count in wanted)


def figures() -> list[Figure]:
    found = measure()
    note = (
        f"{found.kills} kills (SIGKILL of the whole browser, while writing and while sending). {found.posts} posts for "
        f"{WRITES} writes: {found.lost_requests} requests and {found.lost_answers} answers lost; {found.seconds:.0f} s."
    )
    return [
        Figure("offline writes delivered, of 1,000", found.delivered, "writes", f">= {WRITES}", COMMAND, note),
        Figure("offline writes delivered twice", found.twice, "writes", "<= 0", COMMAND),
    ]
