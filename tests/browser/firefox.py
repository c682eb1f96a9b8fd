"""Firefox ESR without a screen, driven by WebDriver BiDi: no geckodriver, no Selenium.

`Firefox.page(...)` runs in the tab that is open; `Firefox.chrome(...)` with the browser's own rights, which is the only
way to tap a notification where there is no screen.
"""

import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 60  # seconds
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = {
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.userAgentID": None,  # the browser's own
    "remote.prefs.recommended": False,  # else the remote agent turns push off
    "alerts.useSystemBackend": False,  # else showNotification() rejects without D-Bus
    "permissions.default.desktop-notification": 1,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "browser.safebrowsing.downloads.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "dom.push.quotaUpdateDelay": 0,
    "dom.push.retryBaseInterval": 200,  # milliseconds: a push service that went away is asked again soon
}
# The notification that Firefox draws itself, in a window of its own.
TAP = """() => {
  for (const open of Services.wm.getEnumerator("alert:alert")) {
    open.document.getElementById("alertBox").click();
    return true;
  }
  return false;
}"""


class BidiError(RuntimeError):
    """The browser could not do it; the message says why."""


def executable() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """A browser with one tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection, self.numbers = connection, itertools.count(1)
        self.ask("session.new", capabilities={})
        self.tab: str = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self.numbers)
        self.connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self.connection.recv(PATIENCE))
            if said.get("id") == number:
                break
        if said["type"] == "error":
            raise BidiError(f"{method}: {said['error']}: {said['message']}")
        found: dict[str, Any] = said["result"]
        return found

    def sign_in(self, url: str, name: str, cookie: str) -> None:
        host = url.removeprefix("http://").partition(":")[0]
        value = {"type": "string", "value": cookie}
        self.ask("storage.setCookie", cookie={"name": name, "value": value, "domain": host, "httpOnly": True})

    def open(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def page(self, function: str, *given: Any) -> Any:
        """What the function gives in the page, as JSON would carry it; promises are waited for."""
        return self._call(self.tab, function, given)

    def chrome(self, function: str, *given: Any) -> Any:
        windows = self.ask("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"]
        return self._call(windows[0]["context"], function, given)

    def _call(self, context: str, function: str, given: tuple[Any, ...]) -> Any:
        whole = f"async () => JSON.stringify(await ({function})(...{json.dumps(given)}) ?? null)"
        answer = self.ask(
            "script.callFunction", functionDeclaration=whole, awaitPromise=True, target={"context": context},
            userActivation=False,
        )  # fmt: skip
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def tap(self, selector: str) -> None:
        """Press the element as a finger does, where it stands."""
        wanted = {"type": "css", "value": selector}
        found = self.ask("browsingContext.locateNodes", context=self.tab, locator=wanted)["nodes"][0]
        self.page("(selector) => document.querySelector(selector).scrollIntoView({block: 'center'})", selector)
        origin = {"type": "element", "element": {"sharedId": found["sharedId"]}}
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.ask(
            "input.performActions", context=self.tab, actions=[{"type": "pointer", "id": "finger", "actions": steps}]
        )

    def tap_notification(self) -> None:
        self.wait_until(lambda: self.chrome(TAP))

    def notifications(self) -> list[dict[str, Any]]:
        """What the service worker of the open page has shown and nobody has tapped yet."""
        found: list[dict[str, Any]] = self.page(
            "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
            ".map(({title, body, lang, dir, tag, data}) => ({title, body, lang, dir, tag, data}))"
        )
        return found

    def wait_until(self, happened: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := happened():
                return found
            time.sleep(0.1)
        raise AssertionError("it did not happen in time")

    def paths(self) -> list[str]:
        """The addresses of all tabs."""
        return [one["url"] for one in self.ask("browsingContext.getTree")["contexts"]]


@contextmanager
def firefox(profile: Path, push_url: str, **more: Any) -> Iterator[Firefox]:
    """Firefox with this profile, until the block ends; a profile that was there before keeps what it had.

    `more` are further preferences.
    """
    profile.mkdir(exist_ok=True)
    wishes = {**PREFERENCES, "dom.push.serverURL": push_url, **more}
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});" for n, v in wishes.items() if v is not None]
    (profile / "user.js").write_text("\n".join(lines))
    program = executable()
    assert program
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    log = profile.parent / f"{profile.name}.log"
    with log.open("wb") as file:
        process = subprocess.Popen([*command, "--remote-allow-system-access", "about:blank"], stdout=file, stderr=file)
    try:
        with connect(f"{_listening(log, process)}/session", max_size=None) as connection:
            browser = Firefox(connection)
            yield browser
            browser.ask("browser.close")  # so that the profile is written
            process.wait(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(timeout=PATIENCE)


def _listening(log: Path, process: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if found := LISTENS.search(log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError("Firefox did not start:\n" + log.read_text(errors="replace")[-2000:])
