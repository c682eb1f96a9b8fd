"""Somebody with a phone in her hand: opens, presses, writes. Knows addresses and forms, and none of the words."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.browser.courtyard import context_of
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Response

PATIENCE = 30  # seconds
AHEAD = """async () => {
  const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return all.flat().map(({ url }) => new URL(url).pathname).filter((path) => /^\\/(offline\\/waiting|s\\/queue-.+|.+\\/new)$/.test(path));
}"""  # what is fetched before there is no signal: by a page or by the worker, whatever its names became


class Hand:
    """A browser of her own. `cookie` signs her in; `scripts=False` turns JavaScript off."""

    def __init__(
        self, browser: Browser, server: Server, cookie: str = "", *, scripts: bool = True, **wishes: Any
    ) -> None:
        self.server = server
        self.context = context_of(browser, server, cookie, java_script_enabled=scripts, **wishes)
        self.screen = self.context.new_page()
        self.taps, self.scripts = 0, scripts

    @classmethod
    def beside(cls, other: Hand) -> Hand:
        """A second tab of the same browser."""
        found = cls.__new__(cls)
        found.server, found.context, found.screen = other.server, other.context, other.context.new_page()
        found.taps, found.scripts = 0, other.scripts
        return found

    def open(self, path: str = "/") -> Response:
        self.taps = 0
        answer = self.screen.goto(self.server.url + path, wait_until="load")
        assert answer
        return answer

    @property
    def path(self) -> str:
        return self.screen.url.removeprefix(self.server.url).partition("#")[0]

    def tap(self, selector: str) -> None:
        """Tap the first such thing in sight; it leads to another page."""
        with self.screen.expect_navigation(wait_until="load"):
            self.screen.locator(selector).locator("visible=true").first.tap()
        self.taps += 1

    def press(self, action: str) -> None:
        """Tap the button of the first form whose action ends so."""
        self.tap(f'form[action$="{action}"] button')

    def sees(self, selector: str) -> int:
        return self.screen.locator(selector).locator("visible=true").count()

    def card(self, words: str) -> Locator:
        return self.screen.locator("article.card").filter(has_text=words)

    def write(self, words: str, photo: bytes | None = None, kind: str = "news") -> None:
        """Fill the composer that is open."""
        self.screen.locator("textarea[name=text]").fill(words)
        self.screen.locator(f"#kind-{kind}").tap()
        if photo:
            file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
            self.screen.locator("input[name=photo]").set_input_files(file)  # type: ignore[arg-type]

    def wait_for(self, path: str, words: str) -> Locator:
        """Open the page again and again until these words are on it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.open(path)
            if (card := self.card(words)).count():
                return card
            time.sleep(0.5)
        raise AssertionError(f"{words!r} never came to {path}")

    def soon(self, happened: Callable[[], bool]) -> bool:
        """Whether it comes true: a page from the phone is shown first, and becomes true in place."""
        until = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > until:
                return False
            self.screen.wait_for_timeout(50)
        return True

    def close(self) -> None:
        self.context.close()
