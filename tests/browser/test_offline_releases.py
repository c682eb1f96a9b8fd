"""Two releases after each other, on the same phone and the same data: nothing that was there breaks."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Error as Gone

from tests.browser.hand import AHEAD
from tests.browser.pressing import first_group
from tests.browser.server import ROOT, serving
from tests.browser.village import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser]
ROUND = "() => getComputedStyle(document.querySelector('article.card')).borderRadius"
STYLE = "() => new URL(document.querySelector('link[rel=stylesheet]').href).pathname"
UPDATE = "async () => { const one = await navigator.serviceWorker.ready; await one.update().catch(() => {}) }"


def release(folder: Path, *, worker: str = "") -> Path:
    """The next release: another stylesheet, another script, another word on each page, and perhaps this in its worker."""
    root = folder / "next"
    for name in ("community", "templates", "static", "translations", "migrations", "demo"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "app.py", root)
    for path, more in (
        ("css/aangan.css", "\n.next{color:red}\n"),
        ("js/zz.js", "self.next = true;\n"),
        ("sw/zz.js", worker),
    ):
        with (root / "static" / path).open("a") as file:
            file.write(more)
    base = root / "templates" / "base.html"
    base.write_text(base.read_text().replace("<body", '<body data-next="1"', 1))
    return root


def test_the_next_release_takes_over_and_what_the_phone_has_stays_readable(chromium: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        reader = Reader(chromium, server, "parent")
        reader.said("Of the first release")
        reader.hand.open("/me")
        reader.brought()
        reader.hand.open("/")
        style, screen = reader.hand.screen.evaluate(STYLE), reader.hand.screen
        [address, *_others] = [one for one in reader.kept() if one.startswith("/announcements/")]
        port = urlsplit(server.url).port or 0
    reader.hand.open("/")
    assert reader.cards(), "while the server starts anew"
    with serving(tmp_path, release(tmp_path), port):
        screen.evaluate(UPDATE)
        screen.wait_for_timeout(1500)
        reader.look()
        screen.wait_for_function("() => self.next")
        assert screen.evaluate(STYLE) != style, "the page that was open is of the new release"
        assert reader.cards()
        reader.hand.context.set_offline(True)
        reader.hand.open(address)
        assert screen.evaluate(STYLE) == style, "what was not opened since is as it was"
        assert screen.evaluate(ROUND) == "20px", "and has its stylesheet"
        reader.hand.close()


def looked_anew(reader: Reader) -> bool:
    """She looks at it; whether the page that is open is of the next release soon. A page that just goes says nothing."""
    with suppress(Gone):
        reader.look()
        reader.hand.screen.wait_for_function("() => self.next", timeout=1000)
        return True
    return False


def test_a_form_of_the_release_before_opens_without_a_signal_and_what_it_sends_is_taken(
    chromium: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path) as server:
        reader = Reader(chromium, server, "parent")
        hand, screen = reader.hand, reader.hand.screen
        place = f"/groups/{first_group(reader.phone)}"
        form = f"{place}/questions/new"
        hand.open(form)
        reader.until(lambda: form in reader.worker.evaluate(AHEAD))
        style = screen.evaluate(STYLE)
        hand.open("/")
        port = urlsplit(server.url).port or 0
    with serving(tmp_path, release(tmp_path), port):
        screen.evaluate(UPDATE)
        reader.until(lambda: reader.worker.evaluate(f"() => !NAME.includes({style!r})"))
        reader.until(lambda: len(hand.context.service_workers) == 1)
        reader.until(lambda: looked_anew(reader))
        hand.open("/me")
        reader.catch_up()
        reader.worker.evaluate("() => tidy()")
        hand.context.set_offline(True)
        hand.open(form)
        assert screen.evaluate(STYLE) == style, "the form is as it was"
        assert screen.evaluate("() => [...document.styleSheets].some((one) => one.cssRules.length)"), "and is dressed"
        assert reader.worker.evaluate("(style) => caches.match(style).then(Boolean)", style), (
            "from what the phone keeps"
        )
        screen.locator("#text").fill("Asked in the form of before")
        hand.tap(".dock .btn")
        assert hand.path == "/offline/waiting"
        hand.context.set_offline(False)
        screen.evaluate("() => { dispatchEvent(new Event('online')) }")
        assert hand.soon(lambda: "Asked in the form of before" in reader.phone.get("/questions").text)
        hand.open(form)
        assert screen.evaluate(STYLE) != style, "with a signal it is of this release"
        reader.until(
            lambda: reader.worker.evaluate(f"() => tidy().then(() => caches.match({style!r})).then((one) => !one)")
        )
        hand.close()


@pytest.mark.parametrize("worker", ["throw new Error('no');", "KEPT.push('/nowhere');", "this is no script"])
def test_a_release_that_fails_to_install_leaves_the_old_one_working(
    chromium: Browser, tmp_path: Path, worker: str
) -> None:
    with serving(tmp_path) as server:
        reader = Reader(chromium, server, "parent")
        reader.hand.open("/me")
        reader.brought()
        reader.which = 0
        port = urlsplit(server.url).port or 0
    with serving(tmp_path, release(tmp_path, worker=worker), port):
        screen = reader.hand.screen
        screen.evaluate(UPDATE)
        screen.wait_for_timeout(1000)
        assert reader.hand.open("/").from_service_worker
        reader.forget_freshness()
        reader.look()
        screen.wait_for_function("() => self.next")
        assert reader.cards()
        reader.hand.context.set_offline(True)
        reader.hand.open("/")
        assert reader.cards()
        reader.hand.close()
