"""A demo with a push service of its own, and a parent whose phone is Firefox."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.autopush import Autopush, autopush
from tests.browser.firefox import Firefox, firefox
from tests.browser.phone import COOKIE, WirePhone
from tests.browser.pressing import first_group, say
from tests.browser.server import Server, serving

SEEN = "() => [...document.querySelectorAll('[data-state]')].filter((part) => !part.hidden).map((part) => part.dataset.state)"


@dataclass
class Place:
    """The demo with a push service, somebody who announces, and a parent whose phone is Firefox."""

    server: Server
    push: Autopush
    head: WirePhone
    parent: WirePhone
    folder: Path

    def browser(self) -> Any:
        return firefox(self.folder / "profile", self.push.ws)

    def announce(self, words: str) -> None:
        say(self.head, first_group(self.head), words)

    def row(self, question: str) -> tuple[Any, ...]:
        """What the server's database says."""
        with sqlite3.connect(f"file:{self.folder / 'instance' / 'aangan.db'}?mode=ro", uri=True) as database:
            found: tuple[Any, ...] = database.execute(question).fetchone() or ()
        database.close()
        return found

    def endpoint(self) -> tuple[Any, ...]:
        return self.row("SELECT endpoint, ended_at FROM subscription")


@contextmanager
def opened(folder: Path) -> Iterator[Place]:
    with serving(folder, PUSH_LOOPBACK="1") as server, autopush() as push:
        head, parent = server.signed_in("head"), server.signed_in("parent")
        parent.post("/me/quiet", {"switch": "off"})  # whatever the hour is
        yield Place(server, push, head, parent, folder)


def subscribe(browser: Firefox, place: Place) -> None:
    """As a person does it: the page, the tap."""
    browser.sign_in(place.server.url, COOKIE, place.parent.cookie)
    browser.open(place.server.url + "/subscriptions")
    browser.wait_until(lambda: browser.page(SEEN) == ["ask"])
    assert place.endpoint() == (), "nothing is asked or told before the tap"
    browser.tap("[data-ask]")
    browser.wait_until(lambda: browser.page(SEEN) == ["on"])
    assert place.endpoint()[0].startswith(place.push.http)
