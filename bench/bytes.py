"""Bytes and requests of a visit with a real Chromium, a phone's screen and an empty profile.

Counted are the bytes of all answers as they came over the wire, headers included, by whoever asked: the page, the
service worker, the browser itself. Plain http on loopback: no TLS is paid.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.server import COOKIE, Place, courtyard
from bench.wire import Exchange, Wire, wire

QUIET = 1.5  # seconds without traffic that end a visit
SHORTEST = 4.0  # seconds: after two, a page that is looked at reports that, and so it belongs to the visit
LONGEST = 30.0  # seconds after which a visit that is never quiet is an error
# As over a certificate that the world trusts: on one of a private authority Chromium would take no dictionaries.
TRUSTED = "--disable-features=CompressionDictionaryTransportRequireKnownRootCert"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PARTS_OF_A_VISIT = {"/sw.js", "/manifest.webmanifest", "/reading"}
OPEN_PAGES = ("/", "/code", "/language", "/offline")
SIGNED_IN_PAGES = ("/", "/groups", "/me", "/language", "/communities/new")
GROUP_PAGES = ("", "/members", "/children", "/settings", "/announcements/new")


@dataclass(frozen=True)
class Visit:
    """What opening one page moved over the wire."""

    exchanges: tuple[Exchange, ...]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.exchanges)

    @property
    def requests(self) -> int:
        return len(self.exchanges)

    def __str__(self) -> str:
        return ", ".join(f"{one.path} {one.size}" for one in self.exchanges)


@dataclass(frozen=True)
class Crawl:
    """How many pages were there, and the addresses on other hosts that they asked for."""

    pages: int
    strangers: frozenset[str]


@dataclass(frozen=True)
class Weights:
    """The invitation cold and signed out; the group page cold and warm; what a crawl of all main pages saw."""

    invitation: Visit
    cold: Visit
    warm: Visit
    crawl: Crawl


def chromium() -> str | None:
    """Where this machine has Chromium; None where it has none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def measure() -> Weights:
    """All visits, each profile its own, against a freshly seeded app."""
    with courtyard() as (server, place), wire(server.host, server.port) as line, browser() as chrome:
        with phone(chrome) as newcomer:
            invitation = visit(newcomer, line, place.invitation)
        with phone(chrome) as member:
            sign_in(member, line, place.cookie)
            cold, warm = visit(member, line, place.group, installs=True), visit(member, line, place.group)
        _check(cold)
        return Weights(invitation, cold, warm, crawl(chrome, line, place))


def _check(cold: Visit) -> None:
    """A page that lost its worker or its report of reading would only look lighter."""
    if lost := PARTS_OF_A_VISIT - {one.path for one in cold.exchanges}:
        raise RuntimeError(f"the cold visit did not ask for {', '.join(sorted(lost))}")


@contextmanager
def browser(*flags: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])
        yield chrome
        chrome.close()


@contextmanager
def phone(chrome: Browser) -> Iterator[BrowserContext]:
    """An empty profile on a phone's screen."""
    screen = {"width": 412, "height": 823}
    context = chrome.new_context(viewport=screen, device_scale_factor=1.75, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    yield context
    context.close()


def sign_in(person: BrowserContext, line: Wire, cookie: str) -> None:
    if cookie:
        name = f"__Host-{COOKIE}" if line.sealed else COOKIE
        person.add_cookies([{"name": name, "value": cookie, "url": line.url, "secure": bool(line.sealed)}])


def visit(person: BrowserContext, line: Wire, path: str, *, installs: bool = False) -> Visit:
    """Open the page in a new tab, look at it until nothing moves, close the tab.

    With `installs` the browser also reads the manifest and its icon, which without a screen it does only when asked.
    """
    page = person.new_page()
    line.take()
    page.goto(line.url + path, wait_until="load")
    if installs:
        install(person, page)
    until_quiet(page, line)
    page.close()
    return Visit(tuple(line.take()))


def install(person: BrowserContext, page: Page) -> None:
    tools = person.new_cdp_session(page)
    tools.send("Page.getAppManifest")
    tools.send("Page.getInstallabilityErrors")


def until_quiet(page: Page, line: Wire) -> None:
    began = time.monotonic()
    while time.monotonic() - began < SHORTEST or line.quiet_for() < QUIET:
        if time.monotonic() - began > LONGEST:
            raise RuntimeError(f"{page.url} is never quiet")
        page.wait_for_timeout(50)


def crawl(chrome: Browser, line: Wire, place: Place) -> Crawl:
    """Open every main page: signed out, as a member, and as the group's admin."""
    seen: set[str] = set()
    pages = 0
    inside = [*SIGNED_IN_PAGES, *(place.group + page for page in GROUP_PAGES)]
    for cookie, paths in (
        ("", [place.invitation, *OPEN_PAGES]),
        (place.cookie, inside),
        (place.admins_cookie, inside),
    ):
        with phone(chrome) as person:
            sign_in(person, line, cookie)
            person.on("request", lambda request: seen.add(request.url))
            pages += _open_all(person, line, paths)
    ours = urlsplit(line.url).netloc
    return Crawl(pages, frozenset(url for url in seen if urlsplit(url).netloc not in ("", ours)))


def _open_all(person: BrowserContext, line: Wire, paths: list[str]) -> int:
    """How many of these pages there are for this person; each is looked at until it is quiet."""
    page = person.new_page()
    answers = [page.goto(line.url + path, wait_until="networkidle") for path in paths]
    return sum(answer is not None and answer.ok for answer in answers)
