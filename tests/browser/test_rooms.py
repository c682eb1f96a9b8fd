"""Two people on one phone, through a real Chromium: what one leaves in sight of the other (nothing), and what she finds again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Error as Gone

from tests.browser.hand import AHEAD, Hand
from tests.browser.lossy import Lossy, lossy
from tests.browser.pressing import first_group
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Worker

pytestmark = pytest.mark.browser

PINS = {"head": "274915", "parent": "835026"}
UNSENT = "कल पानी नहीं आएगा, बाल्टी भर लें"
OPAQUE = re.compile(
    r"/(|phone(/\d+)?|me(/pin)?|calendar|code|enter/[\w-]+|groups(/\d+(/announcements/new)?)?|announcements/\d+|offline/waiting)"
)
# Everything that a page or a worker of this browser can read, as one text.
DUMP = """async () => {
  const out = [];
  const words = (value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value && typeof value === "object" ? Object.entries(value).flat().map(words).join(" ") : String(value);
  const store = browsers;
  for (const name of await store.keys()) {
    const cache = await store.open(name);
    for (const one of await cache.keys()) {
      const kept = await cache.match(one);
      out.push(name, one.url, [...kept.headers].join(), words(await kept.arrayBuffer()));
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
    for (const store of base.objectStoreNames) {
      const all = await new Promise((done) => { base.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => done(target.result); });
      out.push(name, store, words(all));
    }
    base.close();
  }
  for (const one of await registration.getNotifications()) out.push(one.title, one.body, words(one.data));
  return out.join("\\n");
}"""
LINES = """() => [document.title, ...document.body.innerText.split("\\n")].map((line) => line.trim()).filter((line) => line.length > 7)"""
STATES = "() => listed().then((all) => all.map(({ state }) => state))"


class Shared:
    """One browser, and whoever holds it."""

    def __init__(self, browser: Browser, server: Server, line: Lossy) -> None:
        self.line, self.server = line, server
        self.hand = Hand(browser, replace(server, url=line.url))
        self.hand.context.grant_permissions(["notifications"], origin=line.url)
        self.doors: dict[str, str] = {}

    @property
    def worker(self) -> Worker:
        return self.hand.context.service_workers[-1]

    def comes_by_link(self, part: str) -> None:
        """Through the link that the demo prints, then a PIN on our own keys."""
        self.hand.open(self.server.doors[part])
        self.hand.tap("main form button")
        self.hand.open("/me/pin")
        for field in ("pin", "again"):
            self.hand.screen.locator(f"#{field}").focus()
            self.types(PINS[part])
        self.hand.tap("form[action='/me/pin'] button.big")
        assert self.hand.path == "/me/pin"
        assert self.opened(), "the worker has her key"

    def types(self, pin: str) -> None:
        for digit in pin:
            self.hand.screen.locator(f"[data-keys] button[value='{digit}']").tap()

    def opened(self) -> bool:
        return self.hand.soon(lambda: bool(self.worker.evaluate("() => typeof room === 'object' && Boolean(room)")))

    def sealed(self) -> int:
        return len(re.findall("/sealed/", self.dump()))

    def comes_in(self, place: int, part: str) -> None:
        self.hand.open("/")
        assert self.hand.path == "/phone"
        self.hand.screen.locator(".people a").nth(place).tap()
        self.hand.screen.wait_for_url("**/phone/*")
        with self.hand.screen.expect_navigation(url=lambda url: url.endswith("/"), wait_until="load"):
            self.types(PINS[part])

    def hides(self) -> None:
        self.hand.press("/phone/hide")
        assert self.hand.path == "/calendar"

    def looks_around(self, *paths: str) -> set[str]:
        """The lines of these pages, as she sees them."""
        seen = set()
        for path in paths:
            self.goes(path)
            seen.update(self.hand.screen.evaluate(LINES))
        return seen

    def goes(self, path: str) -> None:
        """On a slow machine the page before may just become another one, which ends this."""
        with suppress(Gone):
            self.hand.open(path)
        if self.hand.path != path:
            self.hand.open(path)
        self.hand.screen.wait_for_load_state("load")

    def dump(self) -> str:
        return str(self.worker.evaluate(DUMP)) + self.hand.screen.content()


@pytest.fixture
def phone(chromium: Browser, server: Server) -> Iterator[Shared]:
    with lossy(server.url) as line:
        found = Shared(chromium, server, line)
        yield found
        found.hand.close()


def test_nothing_of_one_is_left_in_sight_of_the_other(phone: Shared, server: Server) -> None:
    group = first_group(server.signed_in("head"))
    everybodys = phone.looks_around("/", "/offline", "/code")
    phone.comes_by_link("head")
    hers = phone.looks_around("/", "/groups", "/me", f"/groups/{group}")
    assert phone.hand.soon(lambda: phone.sealed() > 3), "her pages are kept"
    assert phone.hand.soon(lambda: len(phone.worker.evaluate(AHEAD)) == 3), "and what she writes with"
    phone.line.loses = 1.0
    phone.hand.open(f"/groups/{group}/announcements/new")
    phone.hand.write(UNSENT)
    phone.hand.tap(".dock .btn")
    assert phone.hand.path == "/offline/waiting", "without a signal her room is still open, and she writes in it"
    assert phone.hand.soon(lambda: UNSENT in phone.hand.screen.content())
    phone.worker.evaluate(
        "() => registration.showNotification('UNSEEN', { body: 'UNSEEN', data: { path: '/announcements/1' } })"
    )
    phone.hides()
    phone.hand.open("/groups")
    assert not phone.hand.sees("nav.nav"), "without a signal only what was open stays open"
    phone.line.loses = 0.0
    traces = {line for line in hers - everybodys if line not in phone.dump()}
    phone.comes_by_link("parent")
    places = ("/", "/groups", "/me", "/offline/waiting", "/me/pin")
    phone.looks_around(*places)
    parent = server.signed_in("parent")
    theirs = "".join(parent.get(path).text for path in places)
    assert phone.hand.soon(lambda: phone.sealed() > 3)
    left = phone.dump()
    secrets = {*(line for line in hers - everybodys if line not in theirs), UNSENT, "UNSEEN"}
    assert len(secrets) > 10
    assert {line for line in secrets if line in left} == set()
    assert traces >= secrets - {UNSENT, "UNSEEN"}
    history = phone.hand.context.new_cdp_session(phone.hand.screen).send("Page.getNavigationHistory")["entries"]
    shared = history[[one["url"].endswith("/me/pin") for one in history].index(True) :]
    assert {one["title"] for one in shared[1:]} <= {"Aangan", "आँगन", ""}, "one neutral title"
    paths = [one["url"].removeprefix(phone.line.url).partition("#")[0] for one in shared]
    assert [path for path in paths if not OPAQUE.fullmatch(path)] == []
    phone.hides()
    phone.comes_in(0, "head")
    assert phone.hand.soon(lambda: said(server) == 1), "what she wrote goes out once she is back"
    assert phone.hand.soon(lambda: "sent" in phone.worker.evaluate(STATES) or not phone.worker.evaluate(STATES))
    assert said(server) == 1, "once"


def said(server: Server) -> int:
    """How often the server has what was written without a signal."""
    with sqlite3.connect(server.log.parent / "instance" / "aangan.db", timeout=15) as connection:
        [count] = connection.execute("SELECT count(*) FROM translation WHERE text = ?", [UNSENT]).fetchone()
    connection.close()
    return int(count)
