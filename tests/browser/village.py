"""A phone that keeps pages, and somebody elsewhere who announces. Looks into the phone's stores through its worker."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.browser.hand import PATIENCE, Hand
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Worker

ADDRESS = re.compile(r"/announcements/(\d+)")
ROOT = re.compile(r'href="/groups/(\d+)"')


class Reader:
    """Somebody's phone after its first page: the worker is there, and has that page."""

    def __init__(self, browser: Browser, server: Server, part: str) -> None:
        self.server, self.phone, self.head = server, server.signed_in(part), server.signed_in("head")
        self.hand = Hand(browser, server, self.phone.cookie)
        self.which = -1  # of the workers, the newest; another one may have failed to install
        self.hand.open("/")
        self.until(lambda: "/" in self.kept())

    @property
    def worker(self) -> Worker:
        return self.hand.context.service_workers[self.which]

    def until(self, holds: Any) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.hand.context.service_workers and holds():
                return
            self.hand.screen.wait_for_timeout(50)
        raise AssertionError("it never came")

    @property
    def mark(self) -> str:
        """Of who was last seen here."""
        found: str = self.worker.evaluate("async () => (await here()).person ?? ''")
        return found

    def kept(self) -> list[str]:
        """The addresses that the phone has of the person who is here."""
        found: list[str] = self.worker.evaluate(
            """async () => { const { person } = await here();
              if (!person) return [];
              const keys = await (await caches.open(PAGES + person)).keys();
              return keys.map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search)
                .filter((address) => address !== "/offline/book"); }"""
        )
        return found

    def brought(self) -> None:
        """Wait until the worker has followed the list."""
        self.until(
            lambda: self.worker.evaluate(
                "async () => { const { person, due } = await here(); return !!person && !due && !!(await bookOf(person)).at && !bringing }"
            )
        )

    def catch_up(self) -> None:
        """As when the app is opened after some time; no page is opened."""
        self.worker.evaluate(
            "async () => { while (bringing) await new Promise((done) => setTimeout(done, 20)); await bring() }"
        )

    def kept_after_list(self) -> list[str]:
        self.hand.open("/me")
        self.brought()
        return self.kept()

    def forget_freshness(self) -> None:
        """As if time had passed."""
        self.worker.evaluate(
            """async () => { const book = await bookOf((await here()).person); book.at = 0;
              for (const page of Object.values(book.pages)) page.checked = 0; }"""
        )

    def look(self) -> None:
        """She takes the phone out of her pocket."""
        self.forget_freshness()
        self.hand.screen.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    def cards(self) -> list[str]:
        found: list[str] = self.hand.screen.evaluate(
            "() => [...document.querySelectorAll('article.card')].map(({ id }) => id)"
        )
        return found

    def cards_at(self, path: str) -> list[str]:
        self.hand.open(path)
        return self.cards()

    def said(self, words: str) -> int:
        """The head of the school announces it to everybody; its number, once it is out."""
        group = ROOT.search(self.head.get("/groups").text)
        assert group
        self.head.post(f"/groups/{group[1]}/announcements", {"text": words, "kind": "news", "key": uuid4().hex})
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for article in self.head.get(f"/groups/{group[1]}").text.split("<article")[1:]:
                if f">{words}<" in article and "pending" not in article and (found := ADDRESS.search(article)):
                    return int(found[1])
            time.sleep(0.3)
        raise AssertionError("it never went out")

    def stores(self) -> list[str]:
        """The names of all caches on this phone, as a page sees them."""
        found: list[str] = self.hand.screen.evaluate("() => caches.keys()")
        return found

    def text_of(self, address: str) -> str:
        found: str = self.worker.evaluate(
            "async (address) => (await (await (await caches.open(PAGES + (await here()).person)).match(address))?.text()) ?? ''",
            address,
        )
        return found

    def poison(self, address: str, text: str) -> None:
        self.worker.evaluate(
            "async ([address, text]) => (await caches.open(PAGES + (await here()).person)).put(address, new Response(text))",
            [address, text],
        )

    def poison_phone(self, text: str) -> None:
        self.worker.evaluate(
            "async (text) => (await caches.open(PHONE)).put('/offline/phone', new Response(text))", text
        )

    def restart(self) -> None:
        """As if the worker had been ended and begun anew: it knows only what is written."""
        self.worker.evaluate("() => { phone = undefined; for (const mark in books) delete books[mark] }")

    def fill_disk(self) -> None:
        self.worker.evaluate(
            "() => { Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError')) }"
        )

    def quota(self, size: int) -> None:
        """The browser gives this site so many bytes, and no more: as on a full disk."""
        tools = self.hand.context.new_cdp_session(self.hand.screen)
        tools.send("Storage.overrideQuotaForOrigin", {"origin": self.server.url, "quotaSize": size})

    def asked(self) -> list[str]:
        """What is asked of the server from now on, the worker's own requests included."""
        asked: list[str] = []
        self.hand.context.on("request", lambda request: None if _is_kept(request) else asked.append(request.url))
        return asked


def _is_kept(request: Any) -> bool:
    """Whether the worker answered it: its own requests have no frame."""
    return request.service_worker is None
