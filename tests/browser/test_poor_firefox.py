"""Firefox without a worker, without storage, and in a private window: each reads and posts while there is a signal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("websockets")

from tests.browser.firefox import Firefox, executable, firefox
from tests.browser.phone import unlike_any
from tests.browser.pressing import first_group
from tests.browser.server import Server

pytestmark = [pytest.mark.firefox, pytest.mark.skipif(executable() is None, reason="needs Firefox")]
NOWHERE = "ws://127.0.0.1:9/"
POOR: dict[str, dict[str, Any]] = {
    "no worker": {"dom.serviceWorkers.enabled": False},
    "no storage": {"dom.caches.enabled": False, "dom.indexedDB.enabled": False, "dom.storage.enabled": False},
    "a full disk": {"dom.quotaManager.temporaryStorage.fixedLimit": 0},
    "a private window": {"browser.privatebrowsing.autostart": True},
}
SAID = "(words) => [...document.querySelectorAll('article.card')].some((card) => card.textContent.includes(words))"
WRITE = "(words) => { document.querySelector('textarea[name=text]').value = words }"


@pytest.fixture(params=POOR)
def there(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Firefox]:
    with firefox(tmp_path / "profile", NOWHERE, **POOR[request.param]) as browser:
        browser.open(server.url + server.doors["head"])
        browser.tap("main form button")  # a private window has cookies of its own
        browser.wait_until(lambda: browser.page("() => location.pathname") == "/")
        yield browser


def test_it_reads_and_posts(there: Firefox, server: Server) -> None:
    words, group = f"Said with little {unlike_any()}", first_group(server.signed_in("head"))
    there.open(f"{server.url}/groups/{group}")
    assert there.page("() => document.querySelectorAll('article.card').length") > 0
    there.open(f"{server.url}/groups/{group}/announcements/new")
    there.page(WRITE, words)
    there.page("() => document.getElementById('kind-news').click()")
    there.tap(".dock .btn")
    there.wait_until(lambda: there.page("() => location.pathname") == f"/groups/{group}")
    there.wait_until(lambda: there.page(SAID, words))
    assert words in server.signed_in("head").get(f"/groups/{group}").text
