"""`python -m bench.asking`: from the tap that sends a question in Chromium to the notification on a responder's phone.

The responder's browser is Firefox, with a push service of our own: see bench/phones.py.
"""

import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.bytes import browser
from bench.figures import Figure, keep
from tests.browser.hand import Hand
from tests.browser.ringing import Place, opened, subscribe

TIMES = 4  # questions of one person that may be open, and one less
COMMAND = "python -m bench.asking"
ANSWERS = """UPDATE membership SET role = 'responder' WHERE child_id IS NULL
AND person_id = (SELECT max(person_id) FROM listener) RETURNING group_id"""


def measure() -> list[float]:
    """Seconds, for each question."""
    with tempfile.TemporaryDirectory(prefix="aangan-asking-") as name, ExitStack() as stack:
        place = stack.enter_context(opened(Path(name)))
        there = stack.enter_context(place.browser())
        subscribe(there, place)
        group = _answers(place)
        asker = place.server.signed_in("teacher")
        hand = Hand(stack.enter_context(browser()), place.server, asker.cookie)
        found = []
        for number in range(TIMES):
            before = len(there.notifications())
            hand.open(f"/groups/{group}/questions/new")
            hand.screen.locator("#text").fill(f"When does the bus come, {number}?")
            started = time.monotonic()
            hand.screen.locator(".dock .btn").tap()
            there.wait_until(lambda seen=before: len(there.notifications()) > seen)
            found.append(time.monotonic() - started)
        hand.close()
        return found


def _answers(place: Place) -> int:
    """Whose phone rings answers in the group which she shares with who asks."""
    with sqlite3.connect(place.folder / "instance" / "aangan.db", timeout=15) as database:
        [group] = database.execute(ANSWERS).fetchone()
    database.close()
    return int(group)


def figures(found: list[float]) -> list[Figure]:
    each = ", ".join(f"{one:.1f}" for one in sorted(found))
    note = f"Asked in Chromium; Firefox ESR and autopush of our own ring, looked at ten times a second: {each}."
    name = "from asking to the responder's notification, median"
    return [Figure(name, statistics.median(found), "s", "<= 3", COMMAND, note)]


if __name__ == "__main__":
    measured = figures(measure())
    for figure in measured:
        print(f"{figure.name}: {figure.value:.2f} {figure.unit} ({figure.goal}). {figure.note}")
    keep(measured)
