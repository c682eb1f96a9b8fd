"""How soon a voice sounds that lies on the phone: from the tap to its first sound, without a signal, on a slow CPU."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from bench.figures import Figure
from tests.browser.courtyard import chromium
from tests.browser.server import serving
from tests.browser.speaking import spoken
from tests.browser.village import Reader

COMMAND = "python -m bench sound"
ROUNDS, SECONDS = 15, 20
CPU = 6  # times slower
PATIENCE = 60_000  # milliseconds
# The browser says "playing" once sound comes out; the tap is counted from when the finger left the glass.
PROBE = """{
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    this.addEventListener("playing", () => (self.sounded = performance.now()), { once: true });
    return play.call(this);
  };
  addEventListener("click", ({ timeStamp }) => (self.tapped = timeStamp), { capture: true });
}"""


def measure() -> list[float]:
    """Milliseconds from tap to sound, each round in a new tab, the worker asleep before."""
    with tempfile.TemporaryDirectory(prefix="aangan-sound-") as name, serving(Path(name)) as server:
        address = spoken(server, SECONDS)
        with chromium() as browser:
            reader = Reader(browser, server, "parent")
            reader.forget_freshness()
            reader.hand.open("/me")
            reader.until(lambda: address in reader.kept())
            reader.brought()
            reader.hand.context.set_offline(True)
            found = [_once(reader, address) for _ in range(ROUNDS)]
            reader.hand.close()
    return found


def _once(reader: Reader, address: str) -> float:
    page = reader.hand.context.new_page()
    page.add_init_script(PROBE)
    page.goto(f"{reader.server.url}/")
    page.wait_for_load_state("load")
    _slow(reader, page)
    page.locator(f".voice[href='{address}']").tap()
    page.wait_for_function("() => self.sounded", timeout=PATIENCE)
    found: float = page.evaluate("() => self.sounded - self.tapped")
    page.close()
    return found


def _slow(reader: Reader, page: Page) -> None:
    tools = reader.hand.context.new_cdp_session(page)
    tools.send("ServiceWorker.enable")
    tools.send("ServiceWorker.stopAllWorkers")
    tools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    time.sleep(0.2)


def figures() -> list[Figure]:
    found = measure()
    note = (
        f"Real Chromium, CPU x{CPU} (the worker's own is not), no signal, {ROUNDS} new tabs with the worker asleep, "
        f'a voice of {SECONDS} s that was brought ahead; from the click to the browser\'s "playing". '
        f"From {min(found):.0f} to {max(found):.0f} ms. A desktop's sound card, or none: a phone's own is not in it."
    )
    return [Figure("tap to sound, from the phone", statistics.median(found) / 1000, "s", "<= 1", COMMAND, note)]
