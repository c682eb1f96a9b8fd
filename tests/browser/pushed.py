"""A phone with Chromium, to which the developer tools push: Google's push service is not asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from community.links.drawing import carried as drawn
from tests.browser.hand import Hand
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Worker

SHOWN = """async () => (await self.registration.getNotifications())
  .map(({ title, body, lang, dir, tag, data }) => ({ title, body, lang, dir, tag, data }))"""
# Chromium forgets a notification that is being shown while somebody lists them: they are counted, and listed afterwards.
COUNTED = """() => {
  const show = self.registration.showNotification.bind(self.registration);
  self.showing = 0;
  self.registration.showNotification = async (...what) => { await show(...what); self.showing += 1; };
}"""
WORDS = "कल छुट्टी है।\n<b>सब</b> सुनें: https://example.org/a"
SHEET = {
    "words": drawn(WORDS), "language": "hi", "direction": "ltr", "group": "कक्षा 3",
    "group_language": "hi", "author": "कमला <script>", "picture": "tree", "colour": "neem", "when": "आज सुबह 9 बजे",
    "photo": True,
}  # fmt: skip


class Pushed:
    """A phone whose worker is awake, and the tools to push to it."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self.hand = Hand(browser, server, server.signed_in("parent").cookie)
        self.hand.context.grant_permissions(["notifications"], origin=server.url)
        self.hand.open("/")
        self.hand.screen.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.registration = ""
        self.pushes = 0
        self.tools: CDPSession = self.hand.context.new_cdp_session(self.hand.screen)
        self.tools.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.tools.send("ServiceWorker.enable")
        while not self.registration:
            self.hand.screen.wait_for_timeout(50)
        self.worker.evaluate(COUNTED)

    def _note(self, event: dict[str, Any]) -> None:
        self.registration = event["registrations"][0]["registrationId"]

    @property
    def worker(self) -> Worker:
        return self.hand.context.service_workers[0]

    def subscribe(self) -> None:
        """As after subscribing, which Chromium cannot do without Google: what pushes need is on the phone."""
        self.worker.evaluate(
            "async () => { self.registration.pushManager.getSubscription = async () => ({}); await keepSheet() }"
        )

    def push(self, data: str) -> None:
        self.pushes += 1
        self.tools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.server.url, "registrationId": self.registration, "data": data},
        )

    def shown(self, count: int = 1) -> list[dict[str, Any]]:
        """The notifications, as soon as all that was pushed is shown: so many, and none that a repeat replaced."""
        assert self.hand.soon(lambda: self.worker.evaluate("() => self.showing") == self.pushes), "not all were shown"
        found: list[dict[str, Any]] = self.worker.evaluate(SHOWN)
        assert len(found) == count, found
        return found

    def kept(self, mark: str, count: int) -> list[str]:
        """The addresses in the worker's store that hold this, as soon as there are so many."""
        for _ in range(100):
            keys = "async () => (await (await caches.open(NEWS)).keys()).map(({ url }) => url)"
            found = [url for url in self.worker.evaluate(keys) if mark in url]
            if len(found) == count:
                return found
            self.hand.screen.wait_for_timeout(50)
        raise AssertionError(found)

    def taken(self, path: str) -> int:
        """When the worker has last heard of this page from the server; 0 where it has none of it."""
        found: int = self.worker.evaluate(
            "async (path) => (await bookOf((await here()).person)).pages[path]?.taken ?? 0", path
        )
        return found

    def clear(self) -> None:
        self.hand.context.set_offline(False)
        self.worker.evaluate(
            "async () => { for (const one of await self.registration.getNotifications()) one.close(); await caches.delete(NEWS) }"
        )


def payload(number: int = 12, **more: Any) -> str:
    shown = {
        "title": "कक्षा 3", "body": "कल छुट्टी है।", "lang": "hi", "dir": "ltr", "navigate": f"/announcements/{number}",
        "tag": f"a{number}", "data": {"delivery": f"token-{number}", "announcement": number, "sheet": SHEET},
    }  # fmt: skip
    return json.dumps({"web_push": 8030, "notification": shown | more})
