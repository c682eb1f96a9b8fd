"""How soon a real browser shows what was released; and what many phones ask the server for after one announcement."""

import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bench.bytes import browser
from bench.figures import Figure
from bench.wire import Wire, wire
from tests.browser.firefox import Firefox
from tests.browser.pushed import Pushed, payload
from tests.browser.ringing import Place, opened, subscribe
from tests.browser.server import serving

RINGS, PHONES = 7, 8000
COMMAND = "python -m bench phones"


def rings(count: int = RINGS) -> list[float]:
    """Seconds from the end of the undo to the notification in Firefox, for each of so many announcements."""
    with tempfile.TemporaryDirectory(prefix="aangan-rings-") as name, ExitStack() as stack:
        place = stack.enter_context(opened(Path(name)))
        there = stack.enter_context(place.browser())
        subscribe(there, place)
        return [_ring(place, there, f"सूचना {number}") for number in range(count)]


def _ring(place: Place, there: Firefox, words: str) -> float:
    place.announce(words)
    there.wait_until(lambda: words in [one["body"] for one in there.notifications()])
    shown = datetime.now(UTC)
    [released] = place.row("SELECT max(release_at) FROM announcement")
    return (shown - datetime.fromisoformat(released).replace(tzinfo=UTC)).total_seconds()


@dataclass(frozen=True)
class Asked:
    """What the phones asked for: by themselves after the push; and one of them, when its person had tapped."""

    unasked: int
    tapped: int
    heard: int  # notifications that were noted as shown


def asked(phones: int = PHONES) -> Asked:
    """One worker hears the announcement as often as there are phones, each time as another phone would."""
    with tempfile.TemporaryDirectory(prefix="aangan-phones-") as name, serving(Path(name)) as server:
        at = urlsplit(server.url)
        with wire(at.hostname or "", at.port or 0) as line, browser() as chrome:
            pushed = Pushed(chrome, replace(server, url=line.url))
            pushed.subscribe()
            _settle(pushed, line)
            line.take()
            for number in range(phones):
                pushed.push(_copy(number))
            heard = _settle(pushed, line)
            unasked = len(line.take())
            pushed.worker.evaluate("() => { tapped({ path: '/groups', token: 'token-0' }) }")
            _settle(pushed, line)
            return Asked(unasked, len(line.take()), heard)


def _copy(number: int) -> str:
    """The same announcement, with the token of one phone."""
    return payload(12, data={"delivery": f"phone-{number}", "announcement": 12})


def _settle(pushed: Pushed, line: Wire) -> int:
    """Wait until the worker has noted all it heard and the wire is quiet; how many it noted as shown."""
    noted = -1
    while (now_noted := _noted(pushed)) != noted or line.quiet_for() < 3:
        noted = now_noted
        pushed.hand.screen.wait_for_timeout(1500)
    return noted


def _noted(pushed: Pushed) -> int:
    keys = "async () => (await (await caches.open(NEWS)).keys()).length"
    found: int = pushed.worker.evaluate(keys)
    return found


def figures() -> list[Figure]:
    lasted, found = rings(), asked()
    if found.heard != PHONES:
        raise RuntimeError(f"only {found.heard} pushes were shown")
    note = (
        f"Firefox ESR, autopush of our own, {RINGS} announcements, looked at ten times a second: "
        f"{', '.join(f'{one:.1f}' for one in sorted(lasted))}. The clock starts at `release_at`."
    )
    how = "The real worker in Chromium, with a page open, hears a push for each; the wire to the server counts."
    return [
        Figure("from release to the notification, median", statistics.median(lasted), "s", "<= 2", COMMAND, note),
        Figure(f"requests that {PHONES} phones send unasked after one announcement", found.unasked, "", "<= 0",
               COMMAND, how),
        Figure("requests of a phone whose person taps the notification", found.tapped, "", "", COMMAND),
    ]  # fmt: skip
