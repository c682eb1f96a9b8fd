"""Somebody who writes with a signal that comes and goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as Gone

from tests.browser.hand import AHEAD, Hand
from tests.browser.lossy import Lossy
from tests.browser.phone import COOKIE
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Worker

PATIENCE = 30  # seconds
READY = """() => Promise.race([navigator.serviceWorker.ready.then(() => true), new Promise((done) => setTimeout(done, 20000, false))])"""
SHELF = """() => new Promise((done, fail) => {
  const opening = indexedDB.open("aangan-queue");
  opening.onerror = fail;
  opening.onsuccess = () => {
    const { result: base } = opening;
    if (!base.objectStoreNames.length) return done([]);
    base.transaction("writes").objectStore("writes").getAll().onsuccess = ({ target }) => done(target.result.map(({ words }) => words), base.close());
  };
})"""
STATES = "(cards) => cards.map((card) => card.querySelector('.tag').dataset.state)"


class Writer:
    """Her phone asks the server through a line that can lose what passes."""

    def __init__(self, browser: Browser, server: Server, line: Lossy, cookie: str, group: int) -> None:
        self.server, self.line, self.group = server, line, group
        self.cookies = {"head": cookie}
        self.hand = Hand(browser, replace(server, url=line.url))
        self.become("head")
        self.hand.open(f"/groups/{group}")
        assert self.hand.screen.evaluate(READY), "the worker did not start"
        self.eventually(lambda: len(self.worker.evaluate(AHEAD)) == 3)
        self.mark = self.hand.screen.evaluate("() => document.documentElement.dataset.person")

    @property
    def worker(self) -> Worker:
        return self.hand.context.service_workers[0]

    @property
    def cards(self) -> Locator:
        return self.hand.screen.locator("[data-list] .card")

    def become(self, part: str) -> None:
        """Somebody of the cast is signed in on this phone, on which the same person stays known."""
        cookie = self.cookies.setdefault(part, "") or self.server.signed_in(part).cookie
        self.cookies[part] = cookie
        self.hand.context.add_cookies([{"name": COOKIE, "value": cookie, "url": self.line.url}])

    def signal(self, there: bool) -> None:
        self.hand.context.set_offline(not there)

    def announce(self, words: str, photo: bytes | None = None, at: str = "") -> None:
        self.hand.open(f"/groups/{self.group}/announcements/new")
        self.hand.write(words, photo)
        self.hand.screen.locator("#at").evaluate("(field, at) => { field.value = at }", at)
        self.hand.tap(".dock .btn")

    def states(self) -> list[Any]:
        with suppress(Gone):
            found: list[Any] = self.cards.evaluate_all(STATES)
            return found
        return ["a page that is another's is loaded anew"]

    def shelf(self) -> list[str]:
        """The words of all that is stored on the phone, as a page sees it."""
        found: list[str] = self.hand.screen.evaluate(SHELF)
        return found

    def until(self, states: list[str]) -> None:
        """Wait for the list to be so."""
        if not states:
            self.hand.screen.wait_for_timeout(1000)
        self.eventually(lambda: self.states() == states, self.states)

    def eventually(self, holds: Callable[[], bool], found: Callable[[], Any] = lambda: "never") -> None:
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, found()
            self.hand.screen.wait_for_timeout(100)

    def do(self, what: str) -> None:
        self.hand.screen.locator(f"[data-do={what}]").first.tap()

    def again(self) -> None:
        """As when the browser says that it is online."""
        self.hand.screen.evaluate("() => { dispatchEvent(new Event('online')) }")

    def sync(self) -> None:
        """The browser's Background Sync, by the developer tools."""
        tools = self.hand.context.new_cdp_session(self.hand.screen)
        found: list[str] = []
        tools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.append(event["registrations"][0]["registrationId"]),
        )
        tools.send("ServiceWorker.enable")
        self.eventually(lambda: bool(found))
        tools.send(
            "ServiceWorker.dispatchSyncEvent",
            {"origin": self.line.url, "registrationId": found[0], "tag": "queue", "lastChance": False},
        )

    def full(self) -> None:
        """As on a full disk: nothing more can be stored."""
        self.worker.evaluate(
            "() => { IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError') } }"
        )
