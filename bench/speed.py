"""How soon somebody can read on a slow line: a first visit beside a heavy page, and the same page from the phone."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from bench import heavy
from bench.bytes import phone, sign_in
from bench.figures import Figure
from bench.slow import FAST, SLOW_3G, TWO_G, Profile, slow
from bench.visits import HOME, House, house, settle

COMMAND = "python -m bench speed"
ROUNDS, ROUNDS_2G, AGAIN = 9, 3, 9
CPU = 6  # times slower
PATIENCE = 180_000  # milliseconds
# The paint of the first frame in which the words have a place on the screen: the first paint of all where it is that,
# else the moment after the frame.
PROBE = """{
  const firstPaint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const seen = (began) => firstPaint() ? (self.readable = Math.max(began, firstPaint())) : setTimeout(seen, 20, began);
  const look = (began) => {
    const words = document.querySelector("article p")?.getBoundingClientRect();
    if (!words?.height) requestAnimationFrame(look);
    else if (firstPaint()) setTimeout(() => { self.readable = performance.now(); });
    else setTimeout(seen, 0, began);
  };
  requestAnimationFrame(look);
}"""
LOOK = {"expression": "self.readable", "returnByValue": True}  # what the tools inject to wait would be slowed too
BESIDE = "\thandle /heavy/* {{\n\t\troot * {folder}\n\t\tfile_server {{\n\t\t\tprecompressed br\n\t\t}}\n\t}}\n"


@dataclass(frozen=True)
class Speed:
    """Seconds until the words can be read, each round."""

    ours: list[float]
    heavy: list[float]
    ours_2g: list[float]
    heavy_2g: list[float]
    ours_dialled: list[float]  # with what it takes to be connected
    heavy_dialled: list[float]
    again: list[float]
    cut: list[float]  # again, without a signal
    weight: int  # bytes of the heavy page


def measure() -> Speed:
    with tempfile.TemporaryDirectory(prefix="aangan-heavy-") as name:
        folder = Path(name) / "heavy"
        folder.mkdir()
        Path(name).chmod(0o755)
        weight = heavy.write(folder)
        with house("HTTP/2", BESIDE.format(folder=name)) as (there, chrome), slow("127.0.0.1", there.line.port) as line:
            there.line.port = line.port  # from here on phones call the slow line
            first, first_2g = _race(chrome, there, SLOW_3G, ROUNDS), _race(chrome, there, TWO_G, ROUNDS_2G)
            line.profile = SLOW_3G
            dialled = _race(chrome, there, FAST, ROUNDS_2G)
            line.profile = FAST
            with phone(chrome) as reader:
                again, cut = _again(reader, there)
        return Speed(*first, *first_2g, *dialled, again, cut, weight)


def _race(chrome: Browser, there: House, profile: Profile, rounds: int) -> tuple[list[float], list[float]]:
    """Our group page and the heavy one by turns, each on a phone that was never here."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(2 * rounds):
        with phone(chrome) as reader:
            sign_in(reader, there.line, there.place.cookie)
            path = (there.place.group, "/heavy/index.html")[number % 2]
            found[number % 2].append(_readable(reader, there, path, profile))
    return found


def _again(reader: BrowserContext, there: House) -> tuple[list[float], list[float]]:
    """Home, from a phone that has settled and whose worker sleeps; with a signal, and without."""
    sign_in(reader, there.line, there.place.cookie)
    settle(reader, there)
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(2 * AGAIN):
        reader.set_offline(number % 2 == 1)
        found[number % 2].append(_readable(reader, there, HOME, SLOW_3G, is_cut=number % 2 == 1))
        reader.set_offline(False)
    return found


def _readable(reader: BrowserContext, there: House, path: str, profile: Profile, *, is_cut: bool = False) -> float:
    """Seconds from the tap to the words, in a new tab; every request of the page waits as the profile says."""
    page = reader.new_page()
    page.add_init_script(PROBE)
    tools = reader.new_cdp_session(page)
    tools.send("ServiceWorker.enable")
    tools.send("ServiceWorker.stopAllWorkers")
    speed = profile.rate / 8
    conditions = {"latency": profile.trip * 1000, "downloadThroughput": speed, "uploadThroughput": speed}
    tools.send("Network.emulateNetworkConditions", {"offline": is_cut, **conditions})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.goto(there.line.url + path, wait_until="commit", timeout=PATIENCE)
    found = _looked(page, tools)
    page.close()
    return found / 1000


def _looked(page: Page, tools: CDPSession) -> float:
    """Milliseconds, once the page knows them; it is asked so seldom that asking costs it nothing."""
    for _ in range(PATIENCE // 1000):
        page.wait_for_timeout(1000)
        found: float | None = tools.send("Runtime.evaluate", LOOK)["result"].get("value")
        if found is not None:
            return found
    raise TimeoutError(page.url)


def figures() -> list[Figure]:
    found = measure()
    how = (
        f"Real Chromium, CPU x{CPU} (the worker's own is not slowed), HTTP/2 over TLS behind Caddy. The tools "
        "slow each request of the page, as they did for the peers: connections cost nothing. By turns, medians. The "
        f"other page: {found.weight} bytes of a React application (Playwright's report viewer), its words drawn by a "
        "script from data in the page."
    )
    dialled = "The line itself is slow, below TLS: connecting and handshakes pay too. "
    dialled += f"Ours {_told(found.ours_dialled)} The other {_told(found.heavy_dialled)}"
    lists = ("ours", "heavy", "ours_2g", "heavy_2g", "ours_dialled", "heavy_dialled")
    middles = {name: statistics.median(getattr(found, name)) for name in lists}
    rows = (
        ("Slow 3G, first visit: readable, against 170 kB", middles["ours"] / middles["heavy"], "", "<= 0.35", how),
        ("Slow 3G, first visit: readable", middles["ours"], "s", "", _told(found.ours)),
        ("Slow 3G, first visit: 170 kB readable", middles["heavy"], "s", "", _told(found.heavy)),
        ("2G, first visit: readable, against 170 kB", middles["ours_2g"] / middles["heavy_2g"], "", "<= 0.3", ""),
        ("2G, first visit: readable", middles["ours_2g"], "s", "", _told(found.ours_2g)),
        ("2G, first visit: 170 kB readable", middles["heavy_2g"], "s", "", _told(found.heavy_2g)),
        (
            "Slow 3G with connecting, first visit: readable, against 170 kB",
            middles["ours_dialled"] / middles["heavy_dialled"],
            "",
            "",
            f"{dialled} The other {_told(found.heavy_dialled)}",
        ),
        ("Slow 3G, readable again from the phone", statistics.median(found.again), "s", "<= 1", _told(found.again)),
        ("no signal, readable again from the phone", statistics.median(found.cut), "s", "<= 1", _told(found.cut)),
    )
    return [Figure(name, value, unit, goal, COMMAND, note) for name, value, unit, goal, note in rows]


def _told(seconds: list[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in seconds) + "."
