"""The demo after its day, in a browser: any page, as any of the cast, in any language, light and size."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from community.languages import offered
from tests.browser.day import CAST, Day, live
from tests.browser.pages import Page, Walk, walk
from tests.browser.phone import COOKIE, WirePhone
from tests.browser.server import UNDO, Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as Screen

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# Pages are loaded in these; what differs by words is looked at in each that is on offer, in place.
LANGUAGES = {"hi": "ltr", "ur": "rtl", "en": "ltr"}
OFFERED = LANGUAGES | {tongue.code: tongue.direction for tongue in offered()}
SCHEMES = ("light", "dark")
WIDTHS = (320, 360, 412)
HEIGHT = 740
SEND = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}"""
# What a script would choose among, all of it, and what is folded away.
UNFOLD = """() => {
  for (const part of document.querySelectorAll("[data-state], [data-hear], [data-wrong]")) {
    part.hidden = false;
    part.removeAttribute("data-state");
  }
  for (const fold of document.querySelectorAll("details")) fold.open = true;
}"""
LISTEN = """addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI))"""


def executable() -> str | None:
    """Where this machine has Chromium; None where it has none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Courtyard:
    """A running server on which the day was lived, and all its pages."""

    server: Server
    day: Day
    walk: Walk

    @property
    def pages(self) -> list[Page]:
        return self.walk.pages


@contextmanager
def open_courtyard(folder: Path) -> Iterator[Courtyard]:
    with serving(folder, READABLE="0") as server:
        known = {part: server.signed_in(part) for part in CAST}
        let_one_fail(folder / "instance" / "aangan.db")
        day = live(known, server.phone, server.invitation, server.doors["parent"], lambda: time.sleep(UNDO))
        yield Courtyard(server, day, walk(day.phones, day.starts))


def let_one_fail(database: Path) -> None:
    """A promise that stumbled, and is not tried again today."""
    row = ("push", "one that failed", "{}", "2026-01-01 06:30:00", "2099-01-01 06:30:00", 5, 3)
    with sqlite3.connect(database, timeout=15) as connection:
        connection.execute(
            "INSERT INTO outbox (kind, key, args, created, run_at, rank, attempts) VALUES (?, ?, ?, ?, ?, ?, ?)", row
        )
    connection.close()


class Viewer:
    """Looks at pages and writes down what the browser complains about and whom it asks."""

    def __init__(self, browser: Browser, courtyard: Courtyard, *, language: str, scheme: str = "light") -> None:
        self.browser, self.courtyard, self.language, self.scheme = browser, courtyard, language, scheme
        self.screens: dict[str, Screen] = {}
        self.complaints: list[str] = []
        self.asked: set[str] = set()

    def look_at(self, page: Page, width: int = 360) -> Screen:
        """The page, loaded and still, on a screen of that width."""
        screen = self._screen(page.part)
        screen.set_viewport_size({"width": width, "height": HEIGHT})
        if page.fields is None:
            screen.goto(self.courtyard.server.url + page.in_language(self.language), wait_until="load")
        else:
            screen.goto(self.courtyard.server.url + "/offline", wait_until="load")
            with screen.expect_navigation(wait_until="load"):
                screen.evaluate(SEND, [page.in_language(self.language), dict(page.fields)])
        return screen

    def heard(self) -> list[str]:
        """What the browser complained about since the last time one asked."""
        said, self.complaints = self.complaints, []
        return said

    def close(self) -> None:
        for screen in self.screens.values():
            screen.context.close()

    def _screen(self, part: str) -> Screen:
        if part not in self.screens:
            phone = self.courtyard.day.phones[part]
            assert isinstance(phone, WirePhone)
            context = context_of(self.browser, self.courtyard.server, phone.cookie, scheme=self.scheme)
            for name, value, path in phone.keys:
                context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": path}])
            self._listen(context)
            self.screens[part] = context.new_page()
        return self.screens[part]

    def _listen(self, context: BrowserContext) -> None:
        context.add_init_script(LISTEN)
        # A page that is looked at says so, and would be another one the next time.
        context.route("**/reading", lambda route: route.fulfill(status=204))
        context.on("request", lambda request: self.asked.add(request.url))
        context.on("console", self._write_down)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _write_down(self, message: Any) -> None:
        # A refusal is a page of ours with its own status; Chromium reports each as an error.
        is_refusal = "the server responded with a status of" in message.text
        if message.type in ("error", "warning") and not (is_refusal and "/s/" not in message.location["url"]):
            self.complaints.append(message.text)


def context_of(browser: Browser, server: Server, cookie: str = "", **wishes: Any) -> BrowserContext:
    """An empty profile on a phone's screen, signed in where there is a cookie."""
    scheme, language = wishes.pop("scheme", "light"), wishes.pop("language", "hi-IN")
    context = browser.new_context(
        viewport={"width": wishes.pop("width", 360), "height": HEIGHT}, has_touch=True, color_scheme=scheme,
        locale=language, reduced_motion="reduce", **wishes,
    )  # fmt: skip
    context.set_default_timeout(15_000)
    if cookie:
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": server.url}])
    return context
