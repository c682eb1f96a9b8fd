"""A phone whose browser can be killed at any moment, and started again with everything that it had written down."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.courtyard import FLAGS, executable

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import BrowserContext, Worker
    from playwright.sync_api import Page as Screen

PATIENCE = 60  # seconds that a start may take on a busy machine
HEADLESS = ["--headless=new", "--remote-debugging-port=0", "--window-size=412,823", "about:blank"]


class Mortal:
    """Chromium with a profile in a folder of its own."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self.cookie: SetCookieParam = {"name": "", "value": ""}  # of who is signed in
        self.playwright, self.profile = playwright, profile
        self.start()

    def start(self) -> None:
        port = self.profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        command = [str(executable()), *FLAGS, f"--user-data-dir={self.profile}", *HEADLESS]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, start_new_session=True, **quiet)  # type: ignore[call-overload]
        until = time.monotonic() + PATIENCE
        while not (port.exists() and port.read_text().count("\n")):
            assert time.monotonic() < until, "Chromium did not start"
            time.sleep(0.05)
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port.read_text().split()[0]}")
        self.context: BrowserContext = self.browser.contexts[0]
        self.context.set_default_timeout(30_000)
        self.screen: Screen = self.context.pages[0] if self.context.pages else self.context.new_page()

    def die(self) -> None:
        """As when the battery is taken out: nothing is asked, nothing is said."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=PATIENCE)

    def close(self) -> None:
        self.browser.close()
        self.die()

    @property
    def worker(self) -> Worker:
        """The service worker, as soon as it runs."""
        return (
            self.context.service_workers[0]
            if self.context.service_workers
            else self.context.wait_for_event("serviceworker")
        )


@contextmanager
def mortal(profile: Path) -> Iterator[Mortal]:
    with sync_playwright() as playwright:
        phone = Mortal(playwright, profile)
        try:
            yield phone
        finally:
            phone.die()
